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


# Ids and items are a row's own, so that no row depends on another.
TEMPLATES = {
    "users": {
        "user_id": "users-{n}",
        "name": "Name {n}",
        "email": "somebody{n}@example.org",
        "address": "{n} Long Lane",
        "country": "DE",
        "signed_up_ts": "{moment}",
    },
    "products": {
        "item_id": "products-{n}",
        "title": "title {n}",
        "brand": "b",
        "launched_ts": "{moment}",
        "price": "{n}.25",
    },
    "events": {
        "event_id": "e{n}",
        "event_ts": "{moment}",
        "event_kind": "{kind}",
        "session_id": "s{n}",
        "user_id": "events-u{n}",
        "item_id": "events-{n}",
        "quantity": "1",
        "price": "{n}.75",
    },
    "orders": {
        "order_id": "o{n}",
        "line_number": "1",
        "order_ts": "{moment}",
        "user_id": "orders-u{n}",
        "item_id": "orders-{n}",
        "quantity": "2",
        "price": "{n}.5",
    },
    "search_logs": {
        "search_id": "search_logs-{n}",
        "search_ts": "{moment}",
        "session_id": "q{n}",
        "user_id": "search_logs-u{n}",
        "query": "query {n}",
        "clicked_item_id": "search_logs-{n}",
        "clicked_position": "1",
    },
}


def make_row(table: str, number: int, **other: str) -> Row:
    """Row ``number`` of a table, on one of four days; ``other`` values in place of its own."""
    moment = f"2011-12-{1 + number % 4:02} 10:{number % 60:02}:00"
    told = {"n": number, "moment": moment, "kind": KINDS[number % len(KINDS)]}
    return {name: text.format(**told) for name, text in TEMPLATES[table].items()} | other


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
