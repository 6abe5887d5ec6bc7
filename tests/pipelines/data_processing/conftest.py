"""Rows of a shop as they come out of its files, without files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from personalization.contracts.source_entries import build_description
from personalization.contracts.sources import SourceDescription
from personalization.datasets.raw_rows import RawFiles
from personalization.pipelines.data_processing.quarantine import type_rows

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

MOMENTS = {
    "users": "signed_up_ts",
    "products": "launched_ts",
    "events": "event_ts",
    "orders": "order_ts",
    "search_logs": "search_ts",
}
USUAL = {
    "users": {"user_id": "u1"},
    "products": {"item_id": "i1"},
    "events": {"event_kind": "view", "item_id": "i1"},
    "orders": {"item_id": "i1", "quantity": "1", "price": "2.5"},
    "search_logs": {"query": "mug"},
}


@dataclass(frozen=True)
class Delivery:
    """Stands for ``RawFiles`` whose rows are there already."""

    description: SourceDescription
    frame: DataFrame

    def rows(self) -> DataFrame:
        return self.frame


@pytest.fixture(scope="session")
def deliver(spark_session):
    """Rows as received from mappings of column to text; what is not given is usual."""

    def delivery(table: str, *rows: dict[str, Any], **entry: Any) -> Delivery:
        description = build_description({"table": table, **entry})
        columns = RawFiles(description, ())._columns()
        defaults = {"source_file": "a.csv", MOMENTS[table]: "2011-12-01 10:00:00", **USUAL[table]}
        data = [
            tuple(
                {"row_number": n, "row_text": str(row), **defaults, **row}.get(c) for c in columns
            )
            for n, row in enumerate(rows, start=2)
        ]
        schema = ", ".join(f"{name} {kind}" for name, kind in columns.items())
        return Delivery(description, spark_session.createDataFrame(data, schema))

    return delivery


@pytest.fixture(scope="session")
def settle(deliver):
    """Typed rows as the next steps find them in a table: without the plan that made them."""

    def frame(table: str, *given: dict[str, Any], **entry: Any) -> DataFrame:
        return type_rows(deliver(table, *given, **entry)).localCheckpoint()

    return frame


@pytest.fixture(scope="session")
def typed(deliver):
    """Typed rows in the order delivered, from mappings of column to text."""

    def rows(table: str, *given: dict[str, Any], **entry: Any) -> list[Any]:
        frame = type_rows(deliver(table, *given, **entry))
        return frame.orderBy("source_file", "row_number").collect()

    return rows


@pytest.fixture(scope="session")
def reasons(typed):
    """Why each row is rejected, None where it is good."""

    def found(table: str, *given: dict[str, Any], **entry: Any) -> list[str | None]:
        return [row.rejected_by for row in typed(table, *given, **entry)]

    return found
