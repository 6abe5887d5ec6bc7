"""Five small tables as CSV files; every row can be told in every table that is made of it."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from tests.ingestion import Shop

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

TABLES = ("users", "products", "events", "orders", "search_logs")
DATED = ("events", "orders", "search_logs")
MOMENTS = {
    "users": "signed_up_ts",
    "products": "launched_ts",
    "events": "event_ts",
    "orders": "order_ts",
    "search_logs": "search_ts",
}
# What tells a row of a file in the tables that are made of it.
LABEL_COLUMNS = {
    "users": "user_id",
    "products": "item_id",
    "events": "item_id",
    "orders": "item_id",
    "search_logs": "search_id",
}
KINDS = ("view", "impression", "cart")
FIRST, SECOND = range(6), range(6, 12)

Row = dict[str, str]


def make_row(table: str, number: int, **other: str) -> Row:
    """Row ``number`` of a table; ids and items are its own, so that no row depends on another."""
    day = f"2011-12-{1 + number % 4:02}"
    moment = f"{day} 10:{number % 60:02}:00"
    user = f"{table}-u{number}"
    rows: dict[str, Row] = {
        "users": {
            "user_id": f"users-{number}",
            "name": f"Name {number}",
            "email": f"somebody{number}@example.org",
            "address": f"{number} Long Lane",
            "country": "DE",
            "signed_up_ts": moment,
        },
        "products": {
            "item_id": f"products-{number}",
            "title": f"title {number}",
            "brand": "b",
            "launched_ts": moment,
            "price": f"{number}.25",
        },
        "events": {
            "event_id": f"e{number}",
            "event_ts": moment,
            "event_kind": KINDS[number % 3],
            "session_id": f"s{number}",
            "user_id": user,
            "item_id": f"events-{number}",
            "quantity": "1",
            "price": f"{number}.75",
        },
        "orders": {
            "order_id": f"o{number}",
            "line_number": "1",
            "order_ts": moment,
            "user_id": user,
            "item_id": f"orders-{number}",
            "quantity": "2",
            "price": f"{number}.5",
        },
        "search_logs": {
            "search_id": f"search_logs-{number}",
            "search_ts": moment,
            "session_id": f"q{number}",
            "user_id": user,
            "query": f"query {number}",
            "clicked_item_id": f"search_logs-{number}",
            "clicked_position": "1",
        },
    }
    return rows[table] | other


def columns_of(table: str) -> list[str]:
    return list(make_row(table, 0))


SOURCES: dict[str, dict[str, Any]] = {
    table: {
        "columns": {name: name for name in columns_of(table)},
        **({"kinds": {kind: kind for kind in KINDS}} if table == "events" else {}),
    }
    for table in TABLES
}


def write_csv(rows: Iterable[Row], columns: Iterable[str]) -> str:
    """A CSV file with a header; columns that a row lacks are empty."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(columns), restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def make_file(table: str, numbers: Iterable[int]) -> str:
    """Rows by their numbers, as a CSV file."""
    return write_csv((make_row(table, number) for number in numbers), columns_of(table))


def open_shop(folder: Path, *only: str, **changed: dict[str, Any]) -> Shop:
    """The shop in a folder.

    Args:
        folder: of files and tables.
        only: tables that it delivers; none named: all.
        changed: keys of a table's description.
    """
    sources = {table: {**SOURCES[table], **changed.get(table, {})} for table in only or TABLES}
    return Shop(folder, **sources)


def labels_of(table: str, numbers: Iterable[int]) -> list[str]:
    """What tells rows, by their numbers."""
    return [make_row(table, number)[LABEL_COLUMNS[table]] for number in numbers]
