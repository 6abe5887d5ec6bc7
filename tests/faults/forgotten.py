"""F22: a user is erased: no byte of the person stays, everybody else is as before."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from personalization.erasure.forget import forget, look
from tests.erasure.people import ask
from tests.faults.bench import copy_shop
from tests.faults.contents import judge, read_content
from tests.faults.hostile_strings import STRINGS
from tests.faults.injection import Fault, Injection, Verdict
from tests.faults.shops import (
    FIRST,
    LABEL_COLUMNS,
    SECOND,
    columns_of,
    make_file,
    make_row,
    write_csv,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from tests.faults.bench import Bench
    from tests.ingestion import Shop

TABLES = ("users", "events", "orders", "search_logs")
PLACE = 1  # the row whose user is erased; one of the first file
STEPS = (
    *("note", "int_orders", "int_rejected_rows", "ledger", "prm_user_item_interactions"),
    *("report", "past of int_orders", "settle"),
)
NEW = 40  # number of a row that comes later
SHOWN = 3


class KilledError(Exception):
    """Stands for the end of the process."""


def erase(shop: Shop, user_id: str, announce: Callable[[str], None] | None = None) -> None:
    request = ask(shop, user_id, announce)
    forget(request, look(request))


def erase_twice(step: str, shop: Shop, user_id: str) -> None:
    """The first time ends at a step."""

    def end(announced: str) -> None:
        if announced == step:
            raise KilledError

    try:
        erase(shop, user_id, end)
    except KilledError:
        erase(shop, user_id)
    else:
        raise AssertionError(f"there is no step '{step}'")


def judge_erased(bench: Bench, shop: Shop, user_id: str, label: str) -> Verdict:
    """No hit in any file, and the rows of all others as they were."""
    found = ask(shop, user_id).search()
    hits = [one.file for one in found.found][:SHOWN]
    expected = bench.both.content.without([label])
    return judge(
        expected,
        read_content(shop),
        f"the person stands in {', '.join(hits)}" if hits else "",
        "" if found.files else "no file was searched",
        message=f"{found.files} files searched",
    )


def name_person(table: str) -> tuple[str, str]:
    """User and label of the row about the person."""
    row = make_row(table, PLACE)
    return row["user_id"], row[LABEL_COLUMNS[table]]


def forget_one_of(table: str, bench: Bench, folder: Path) -> Verdict:
    """A person of whom one table tells; a second run finds nothing new."""
    shop = copy_shop(bench.both, folder)
    user_id, label = name_person(table)
    erase(shop, user_id)
    report = shop.ingest()
    verdict = judge_erased(bench, shop, user_id, label)
    again = "files were read again" if report["totals"]["files"] else ""
    return verdict if not again else verdict._replace(passed=False, message=again)


def bring_back(table: str, bench: Bench, folder: Path) -> Verdict:
    """What comes of a person after the erasure is rejected, other rows of the file are not."""
    shop = copy_shop(bench.both, folder)
    user_id, label = name_person(table)
    erase(shop, user_id)
    rows = [make_row(table, PLACE), make_row(table, NEW) | {"user_id": user_id}]
    shop.deliver(table, c__csv=write_csv(rows, columns_of(table)))
    totals = shop.ingest()["totals"]
    verdict = judge_erased(bench, shop, user_id, label)
    if totals["rejected_by"].get("erased") != len(rows) or not totals["identity_holds"]:
        return verdict._replace(passed=False, message=f"not all were rejected: {totals}")
    return verdict


def read_again(bench: Bench, folder: Path) -> Verdict:
    """A file with the person's rows is corrected: the others change, the person stays away."""
    shop = copy_shop(bench.both, folder, orders={"changed_files": "correct"})
    user_id, label = name_person("orders")
    erase(shop, user_id)
    rows = [make_row("orders", n) for n in FIRST]
    shop.deliver("orders", a__csv=write_csv(rows[:-1], columns_of("orders")))
    shop.ingest()
    shop.deliver("orders", a__csv=make_file("orders", FIRST))
    shop.ingest()
    return judge_erased(bench, shop, user_id, label)


def kill_and_go_on(step: str, bench: Bench, folder: Path) -> Verdict:
    """Ended at a step; until a second call has finished no run publishes anything."""
    shop = copy_shop(bench.both, folder)
    user_id, label = name_person("orders")
    erase_twice(step, shop, user_id)
    return judge_erased(bench, shop, user_id, label)


def forget_hostile(text: str, bench: Bench, folder: Path) -> Verdict:
    """An id that means something in SQL, in patterns or in a file of settings."""
    shop = copy_shop(bench.both, folder)
    row = make_row("orders", NEW) | {"user_id": text}
    shop.deliver("orders", c__csv=write_csv([row], columns_of("orders")))
    shop.ingest()
    erase(shop, text)
    return judge_erased(bench, shop, text, row["item_id"])


def forget_nobody(bench: Bench, folder: Path) -> Verdict:
    """Ids that begin as others do, or mean something in SQL, paths or settings, are of nobody."""
    shop = copy_shop(bench.both, folder)
    known = [make_row(table, n)["user_id"] for table in TABLES for n in (*FIRST, *SECOND)]
    near = ("orders-u", "orders-u%", "users-1_", "ORDERS-U1", "*", known[0][:-1])
    near += (f"{known[0]}' OR '1'='1", f"../{known[0]}", f"${{{known[0]}}}", "view")
    somebody = [one for one in near if one not in known and not look(ask(shop, one)).is_nobody]
    verdict = judge(bench.both.content, read_content(shop))
    if somebody:
        return verdict._replace(passed=False, message=f"taken for somebody: {somebody}")
    return verdict


def every(act: Callable[..., Verdict], prefix: str, names: Mapping[str, Any]) -> list[Injection]:
    return [Injection(f"{prefix}/{name}", partial(act, value)) for name, value in names.items()]


FAULT = Fault(
    "F22",
    "erasure of a user",
    (
        *every(forget_one_of, "of", {one: one for one in TABLES}),
        *every(bring_back, "back", {one: one for one in TABLES}),
        *every(kill_and_go_on, "killed_at", {one.replace(" ", "_"): one for one in STEPS}),
        *every(forget_hostile, "id", {one: STRINGS[one] for one in ("sql", "pattern", "unicode")}),
        Injection("file_corrected", read_again),
        Injection("nobody", forget_nobody),
    ),
)
