"""Rows of a shop as they come out of its files, without files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from personalization.contracts.row_rules import RowRule, build_rules
from personalization.contracts.source_entries import build_description
from personalization.contracts.sources import SourceDescription
from personalization.datasets.file_facts import number_version
from personalization.datasets.raw_rows import RawFiles
from personalization.pipelines.data_processing.options import Rules
from personalization.pipelines.data_processing.quarantine import type_rows

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

PARAMETERS = Path(__file__).parents[3] / "conf" / "base" / "parameters" / "data_processing.yml"
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
def default_rules() -> Rules:
    """The row rules of ``conf/base``."""
    parameters = yaml.safe_load(PARAMETERS.read_text())
    return Rules(**parameters["data_processing"]["rules"])


@pytest.fixture(scope="session")
def deliver(spark_session):
    """Rows as received from mappings of column to text; what is not given is usual."""

    def delivery(table: str, *rows: dict[str, Any], **entry: Any) -> Delivery:
        description = build_description({"table": table, **entry})
        columns = RawFiles(description)._columns()
        usual = {"source_file": "a.csv", MOMENTS[table]: "2011-12-01 10:00:00", **USUAL[table]}
        data = []
        for number, row in enumerate(rows, start=2):
            told = {"row_number": number, "row_text": str(row), **usual, **row}
            told.setdefault("file_version", number_version(table, told["source_file"]))
            data.append(tuple(told.get(name) for name in columns))
        schema = ", ".join(f"{name} {kind}" for name, kind in columns.items())
        return Delivery(description, spark_session.createDataFrame(data, schema))

    return delivery


@pytest.fixture(scope="session")
def type_given(deliver, default_rules):
    """Rows as typed by the rules of ``conf/base``, or by those that a test gives by reason."""

    def frame(
        table: str, *given: dict[str, Any], rules: dict[str, Any] | None = None, **entry: Any
    ) -> DataFrame:
        asked: dict[str, RowRule] = (
            default_rules.of(table) if rules is None else build_rules(table, rules, "rules")
        )
        return type_rows(deliver(table, *given, **entry), asked)

    return frame


@pytest.fixture(scope="session")
def good(type_given):
    """Typed rows that nothing rejects, as the next steps find them: without the plan behind."""

    def frame(table: str, *given: dict[str, Any], **entry: Any) -> DataFrame:
        return type_given(table, *given, **entry).filter("rejected_by IS NULL").localCheckpoint()

    return frame


@pytest.fixture(scope="session")
def typed(type_given):
    """Typed rows in the order delivered, from mappings of column to text."""

    def rows(table: str, *given: dict[str, Any], **entry: Any) -> list[Any]:
        return type_given(table, *given, **entry).orderBy("source_file", "row_number").collect()

    return rows


@pytest.fixture(scope="session")
def reasons(typed):
    """Why each row is rejected, None where it is good."""

    def found(table: str, *given: dict[str, Any], **entry: Any) -> list[str | None]:
        return [row.rejected_by for row in typed(table, *given, **entry)]

    return found
