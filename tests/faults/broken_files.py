"""F4: files that are broken, each in its own way, in every table."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from personalization.contracts.errors import PersonalizationError, RejectedShareError
from personalization.pipelines.data_processing.options import Limits
from tests.faults.bench import after_second, copy_shop
from tests.faults.breakages import BREAKAGES, REFUSED, Broken
from tests.faults.contents import LABELS, count_commits, judge, read_content
from tests.faults.injection import Fault, Injection, Verdict
from tests.faults.shops import SECOND, TABLES, labels_of, make_row, write_csv

if TYPE_CHECKING:
    from pathlib import Path

    from tests.faults.bench import Bench

TABLES_EACH = 2  # every kind is tried in so many tables, in turn
FIRST_ROW = 2  # the one after the header
MANY = range(100, 124)  # more than limits.file_rows


def places_lacking(broken: Broken, ends_at: int) -> list[int]:
    """Places of the rows that do not come in; ``ends_at`` is the row with which a cut file ends."""
    if broken.without_rows:
        return list(range(len(SECOND)))
    if broken.cut:
        return list(range(ends_at - FIRST_ROW, len(SECOND)))
    return [row - FIRST_ROW for row in broken.rejected]


def deliver_broken(kind: str, table: str, bench: Bench, folder: Path) -> Verdict:
    """A broken file beside good ones: its good rows come in, each other one is rejected."""
    broken: Broken = BREAKAGES[kind](table)
    shop = copy_shop(bench.first, folder)
    (shop.inbox / table / broken.name).write_bytes(broken.content)
    report = shop.ingest()
    found = read_content(shop)
    of_file = {row: why for _, file, row, why in found.rejected if file == broken.name}
    last = max(of_file, default=0)
    wanted = {last: broken.cut} if broken.cut else broken.rejected
    labels = labels_of(table, SECOND)
    gone = [labels[place] for place in places_lacking(broken, last)]
    expected = after_second(bench, table).without(gone).anywhere()
    told = [one["file"] for one in report["sources"].get(table, {"files": []})["files"]]
    return judge(
        expected,
        found.anywhere(),
        "" if of_file == wanted else f"rejected: {of_file}, not {wanted}",
        "" if report["totals"]["identity_holds"] else "the numbers do not add up",
        "" if told == [broken.name] else f"files reported: {told}",
        message=f"rejected: {of_file}",
    )


def deliver_refused(kind: str, table: str, bench: Bench, folder: Path) -> Verdict:
    """A file that cannot be understood at all stops the run before anything is written."""
    content, name, wanted = REFUSED[kind](table)
    shop = copy_shop(bench.first, folder)
    commits = count_commits(shop, LABELS)
    (shop.inbox / table / name).write_bytes(content)
    told = ""
    try:
        shop.ingest()
    except PersonalizationError as error:
        told = str(error)
    return judge(
        bench.first.content,
        read_content(shop),
        "" if name in told and table in told else f"source or file is not named: {told}",
        "" if wanted in told else f"'{wanted}' is not told: {told}",
        "something was written" if commits != count_commits(shop, LABELS) else "",
        message=told,
    )


def deliver_too_much(table: str, bench: Bench, folder: Path) -> Verdict:
    """More broken rows than the shop allows stop the run before it publishes."""
    rows = [make_row(table, number) for number in MANY]
    good = write_csv(rows, rows[0])
    lines = good.splitlines(keepends=True)
    shop = copy_shop(bench.first, folder)
    shop.deliver(table, b__csv="".join([*lines[:8], *("broken\n" for _ in lines[8:])]))
    told = ""
    try:
        shop.ingest(limits=Limits())
    except RejectedShareError as error:
        told = str(error)
    return judge(
        bench.first.content,
        read_content(shop),
        "" if f"{table}, file b.csv" in told else f"the run did not stop by name: {told}",
        message=told,
    )


FAULT = Fault(
    "F4",
    "broken files",
    (
        *(
            Injection(f"{table}/{kind}", partial(deliver_broken, kind, table))
            for place, kind in enumerate(BREAKAGES)
            for table in (*TABLES, *TABLES)[place % len(TABLES) :][:TABLES_EACH]
        ),
        *(
            Injection(f"{table}/{kind}", partial(deliver_refused, kind, table))
            for kind in REFUSED
            for table in TABLES
        ),
        *(Injection(f"{t}/too_many_broken_rows", partial(deliver_too_much, t)) for t in TABLES),
    ),
)
