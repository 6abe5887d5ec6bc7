"""F5: rows or whole files are delivered twice, and published once."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tests.faults.bench import after_second, copy_shop
from tests.faults.contents import judge, read_content
from tests.faults.injection import Fault, Injection, Verdict
from tests.faults.shops import FIRST, SECOND, TABLES, make_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.faults.bench import Bench
    from tests.ingestion import Shop

SOME = (*FIRST[::5], *SECOND[::5])  # every fifth row


def deliver_and_some_again(shop: Shop, table: str) -> None:
    shop.deliver(table, b__csv=make_file(table, SECOND))
    shop.ingest()
    shop.deliver(table, c__csv=make_file(table, SOME))


def deliver_some_twice_in_a_file(shop: Shop, table: str) -> None:
    shop.deliver(table, b__csv=make_file(table, (*SECOND, *SECOND[::5])))


def deliver_a_file_again(shop: Shop, table: str) -> None:
    shop.deliver(table, b__csv=make_file(table, SECOND))
    shop.ingest()
    shop.deliver(table, c__csv=make_file(table, SECOND), d__csv=make_file(table, FIRST))


def deliver_a_file_again_under_an_earlier_name(shop: Shop, table: str) -> None:
    shop.deliver(table, b__csv=make_file(table, SECOND))
    shop.ingest()
    shop.deliver(table, Z__csv=make_file(table, SECOND))


def deliver_a_file_twice_at_once(shop: Shop, table: str) -> None:
    shop.deliver(table, b__csv=make_file(table, SECOND), c__csv=make_file(table, SECOND))


DELIVERIES: tuple[Callable[[Shop, str], None], ...] = (
    deliver_and_some_again,
    deliver_some_twice_in_a_file,
    deliver_a_file_again,
    deliver_a_file_again_under_an_earlier_name,
    deliver_a_file_twice_at_once,
)


def deliver_twice(
    delivery: Callable[[Shop, str], None], table: str, bench: Bench, folder: Path
) -> Verdict:
    """Whatever comes twice, the tables are those of a shop to which it came once."""
    shop = copy_shop(bench.first, folder)
    delivery(shop, table)
    report = shop.ingest()
    expected, found = after_second(bench, table), read_content(shop)
    if delivery is deliver_a_file_again_under_an_earlier_name:  # the first by name holds
        expected, found = expected.anywhere(), found.anywhere()
    totals = report["totals"]
    return judge(
        expected,
        found,
        "" if totals["identity_holds"] else "the numbers do not add up",
        message=", ".join(f"{k} {totals[k]}" for k in ("received", "merged", "unchanged")),
    )


FAULT = Fault(
    "F5",
    "delivered twice",
    tuple(
        Injection(f"{table}/{one.__name__}", partial(deliver_twice, one, table))
        for one in DELIVERIES
        for table in TABLES
    ),
)
