"""F3: a file comes again under its name, or its batch's, with other content."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from personalization.contracts.errors import SourceFileError
from tests.faults.bench import copy_shop
from tests.faults.contents import LABELS, count_commits, judge_same, read_content
from tests.faults.injection import Fault, Injection, Verdict
from tests.faults.shops import FIRST, TABLES, columns_of, make_row, write_csv

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.faults.bench import Bench
    from tests.faults.shops import Row
    from tests.ingestion import Shop

CHANGEABLE = {
    "users": "country",
    "products": "brand",
    "events": "quantity",
    "orders": "quantity",
    "search_logs": "query",
}
BOTH_HASHES = re.compile(r"SHA-256 \w{64} before, \w{64} now")
WRITTEN = (*LABELS, *(f"int_{table}" for table in TABLES), "report_ingested_files")


def change_a_value(table: str, rows: list[Row]) -> list[Row]:
    return [rows[0] | {CHANGEABLE[table]: "9"}, *rows[1:]]


def drop_a_row(table: str, rows: list[Row]) -> list[Row]:
    return rows[:-1]


def add_a_row(table: str, rows: list[Row]) -> list[Row]:
    return [*rows, make_row(table, 99)]


def turn_around(table: str, rows: list[Row]) -> list[Row]:
    return rows[::-1]


CHANGES: dict[str, Callable[[str, list[Row]], list[Row]]] = {
    change.__name__: change for change in (change_a_value, drop_a_row, add_a_row, turn_around)
}


def refused(shop: Shop, batch_id: str | None) -> str:
    """What the run says; empty where it is not refused."""
    try:
        shop.ingest(batch_id)
    except SourceFileError as error:
        return str(error)
    return ""


def deliver_other_content(
    change: str, table: str, batch_id: str | None, bench: Bench, folder: Path
) -> Verdict:
    entry: dict[str, Any] = {} if batch_id else {"changed_files": "refuse"}
    # The description is that of the clean shop but for what becomes of changed files.
    shop = copy_shop(bench.first, folder, **{table: entry})
    rows = CHANGES[change](table, [make_row(table, number) for number in FIRST])
    shop.deliver(table, a__csv=write_csv(rows, columns_of(table)))
    commits = count_commits(shop, WRITTEN)
    told = refused(shop, batch_id)
    return judge_same(
        bench.first.content,
        read_content(shop),
        "" if told else "it was not refused",
        "" if BOTH_HASHES.search(told) and "a.csv" in told else f"file or hashes unnamed: {told}",
        "something was written" if commits != count_commits(shop, WRITTEN) else "",
        "batch is not named" if batch_id and f"'{batch_id}'" not in told else "",
        message=told,
    )


FAULT = Fault(
    "F3",
    "same name or batch, other content",
    (
        *(
            Injection(f"{table}/{change}", partial(deliver_other_content, change, table, None))
            for table in TABLES
            for change in CHANGES
        ),
        *(
            Injection(
                f"{table}/same_batch_id",
                partial(deliver_other_content, "change_a_value", table, "b1"),
            )
            for table in TABLES
        ),
    ),
)
