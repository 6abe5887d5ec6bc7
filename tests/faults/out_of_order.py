"""F6: rows come shuffled, files in any order, some rows hours or days late."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from tests.faults.contents import judge, read_content
from tests.faults.injection import Fault, Injection, Verdict
from tests.faults.shops import (
    DATED,
    FIRST,
    MOMENTS,
    SECOND,
    TABLES,
    columns_of,
    make_row,
    open_shop,
    write_csv,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.faults.bench import Bench
    from tests.faults.contents import Content
    from tests.ingestion import Shop

EVERY = (*FIRST, *SECOND)
LATE_HOURS = (1, 6, 24, 48, 72)
LATE_SHARE = 0.05
SEEDS = range(4)
CUT = datetime(2011, 12, 4)  # noqa: DTZ001 - as the files have it
DELIVERED = {
    "delivered": {"matches": r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)", "after_hours": 24}
}
Files = dict[str, dict[str, str]]


def spread(chance: random.Random, table: str) -> dict[str, str]:
    """All rows of a table in any order, in three files of any names."""
    numbers = list(EVERY)
    chance.shuffle(numbers)
    names = chance.sample(["a", "m", "z"], 3)
    parts = (numbers[place::3] for place in range(3))
    rows = ([make_row(table, number) for number in part] for part in parts)
    return {
        f"{name}.csv": write_csv(part, columns_of(table))
        for name, part in zip(names, rows, strict=True)
    }


def write_files(shop: Shop, files: Files, names: set[str] | None = None) -> None:
    for table, of_table in files.items():
        for name, text in of_table.items():
            if names is None or name in names:
                (shop.inbox / table / name).write_text(text)


def deliver_shuffled(seed: int, runs: int, bench: Bench, folder: Path) -> Verdict:
    """All rows in any order and any file, in one run or one file of each table a run."""
    chance = random.Random(seed)
    files = {table: spread(chance, table) for table in TABLES}
    expected = bench.both.content.anywhere()
    shop = open_shop(folder / "shop")
    names = ["a.csv", "m.csv", "z.csv"]
    chance.shuffle(names)
    steps = [set(names)] if runs == 1 else [set(names[:1]), set(names[1:])]
    for step in steps:
        write_files(shop, files, step)
        shop.ingest()
    return judge(expected, read_content(shop).anywhere(), message=f"{runs} runs")


def file_by_arrival(hours: int, seed: int) -> Files:
    """A file for each day, with the rows that came in on it; some came ``hours`` late."""
    chance = random.Random(seed)
    files: Files = {}
    for table in DATED:
        late = set(chance.sample(EVERY, max(1, round(LATE_SHARE * len(EVERY)))))
        days: dict[str, list[Any]] = defaultdict(list)
        for number in EVERY:
            row = make_row(table, number)
            moment = datetime.fromisoformat(row[MOMENTS[table]])
            arrival = moment + timedelta(hours=hours if number in late else 0)
            days[f"{arrival:%Y-%m-%d}.csv"].append(row)
        files[table] = {day: write_csv(rows, columns_of(table)) for day, rows in days.items()}
    return files


def known_before_cut(shop: Shop) -> Content:
    """What the tables hold of rows that were known before the cut."""
    found = read_content(shop)
    known = set()
    for table in ("prm_user_item_interactions", "prm_impressions", "prm_searches"):
        label = "search_id" if table == "prm_searches" else "item_id"
        rows = shop.load(table).filter(f"known_at <= TIMESTAMP '{CUT:%Y-%m-%d}'").select(label)
        known |= {(table, row[0]) for row in rows.collect()}
    return found.only(lambda row: (row.table, row.label) in known)


def both_whenever_known(bench: Bench) -> Content:
    """What both deliveries publish of the dated tables, apart from when it was known."""

    def make() -> Content:
        found = read_content(open_shop(bench.both.folder), "known_at")
        return found.only(lambda row: row.table not in ("prm_users", "prm_items")).anywhere()

    made: Content = bench.once("both, whenever known", make)
    return made


def deliver_late(hours: int, seed: int, bench: Bench, folder: Path) -> Verdict:
    """Files by day of arrival: the same as if nothing had been late, and the past stays as it was.

    Rows are known when their file came, so that a late one may not change what was known before.
    """
    expected = both_whenever_known(bench)
    files = file_by_arrival(hours, seed)
    early = {name for of_table in files.values() for name in of_table if name < f"{CUT:%Y-%m-%d}"}
    shop = open_shop(folder / "shop", *DATED, **dict.fromkeys(DATED, DELIVERED))
    write_files(shop, files, early)
    shop.ingest()
    before = known_before_cut(shop)
    write_files(shop, files)
    shop.ingest()
    past = judge(before, known_before_cut(shop))
    return judge(
        expected,
        read_content(shop, "known_at").anywhere(),
        "" if past.passed else f"what was known before {CUT:%Y-%m-%d} changed: {past.message}",
        "" if before.rows else "nothing was known before the cut",
        message=f"{hours} h late; {before.rows.total()} rows known before stay as they were",
    )


FAULT = Fault(
    "F6",
    "late and out of order",
    (
        *(Injection(f"shuffled_{s}", partial(deliver_shuffled, s, 1)) for s in SEEDS),
        *(Injection(f"shuffled_in_two_runs_{s}", partial(deliver_shuffled, s, 2)) for s in SEEDS),
        *(
            Injection(f"late_by_{hours}_h_{seed}", partial(deliver_late, hours, seed))
            for hours in LATE_HOURS
            for seed in range(2)
        ),
    ),
)
