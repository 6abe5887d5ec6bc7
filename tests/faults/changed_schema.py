"""F8: a file comes with a column added, missing, renamed, retyped, or in another place."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from personalization.contracts.errors import PersonalizationError
from personalization.pipelines.data_processing.options import Limits
from tests.faults.bench import after_second, copy_shop
from tests.faults.contents import LABELS, count_commits, judge, read_content
from tests.faults.injection import Fault, Injection, Verdict
from tests.faults.shops import MOMENTS, SECOND, TABLES, columns_of, make_row, write_csv

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.faults.bench import Bench

MANY = range(100, 112)  # enough for limits.file_rows
ADDED = "loyalty_points"
# A number, or a moment where a table has none.
RETYPED = {
    "users": "signed_up_ts",
    "products": "price",
    "events": "quantity",
    "orders": "price",
    "search_logs": "clicked_position",
}


def add_column(table: str) -> str:
    rows = [make_row(table, number, **{ADDED: "7"}) for number in SECOND]
    return write_csv(rows, [*columns_of(table), ADDED])


def move_columns(table: str) -> str:
    return write_csv((make_row(table, number) for number in SECOND), columns_of(table)[::-1])


def drop_column(table: str, column: str) -> str:
    rows = [make_row(table, number) for number in SECOND]
    return write_csv(
        [{k: v for k, v in row.items() if k != column} for row in rows],
        [name for name in columns_of(table) if name != column],
    )


def rename_column(table: str, column: str) -> str:
    rows = write_csv((make_row(table, number) for number in SECOND), columns_of(table))
    return rows.replace(column, f"their_{column}", 1)


def retype_column(table: str, _: str) -> str:
    column = RETYPED[table]
    return write_csv((make_row(table, n, **{column: "many"}) for n in MANY), columns_of(table))


def accept(change: Callable[[str], str], table: str, bench: Bench, folder: Path) -> Verdict:
    """A column more, or columns in another order, cost nothing; what is not read is reported."""
    shop = copy_shop(bench.first, folder)
    shop.deliver(table, b__csv=change(table))
    report = shop.ingest()
    unread = ADDED in str(report["sources"][table])
    return judge(
        after_second(bench, table),
        read_content(shop),
        "the added column is not reported" if change is add_column and not unread else "",
        message="accepted",
    )


def stop(
    change: Callable[[str, str], str], place: str, table: str, bench: Bench, folder: Path
) -> Verdict:
    """A column that is not there, or not what it was, stops the run and is named."""
    column = MOMENTS[table] if place == "moment" else columns_of(table)[0]
    shop = copy_shop(bench.first, folder)
    shop.deliver(table, b__csv=change(table, column))
    watched = list(LABELS)
    if change is not retype_column:  # only the rows show it, so that they have been typed
        watched += [f"int_{table}", "report_ingested_files"]
    commits = count_commits(shop, watched)
    told = ""
    try:
        shop.ingest(limits=Limits())
    except PersonalizationError as error:
        told = str(error)
    wanted = RETYPED[table] if change is retype_column else column
    return judge(
        bench.first.content,
        read_content(shop),
        "" if wanted in told and "b.csv" in told else f"file or column is not named: {told}",
        "something was written" if commits != count_commits(shop, watched) else "",
        message=told,
    )


PLACES = {
    "missing_key": (drop_column, "key"),
    "missing_moment": (drop_column, "moment"),
    "renamed_key": (rename_column, "key"),
    "renamed_moment": (rename_column, "moment"),
    "retyped": (retype_column, ""),
}
FAULT = Fault(
    "F8",
    "changed schema",
    (
        *(Injection(f"{t}/added", partial(accept, add_column, t)) for t in TABLES),
        *(Injection(f"{t}/moved", partial(accept, move_columns, t)) for t in TABLES),
        *(
            Injection(f"{table}/{name}", partial(stop, change, place, table))
            for name, (change, place) in PLACES.items()
            for table in TABLES
        ),
    ),
)
