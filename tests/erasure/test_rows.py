"""What is told of erased rows, on tables that are made by hand."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from personalization.datasets.delta_parts import DeltaPartsDataset
from personalization.datasets.delta_table import Part
from personalization.datasets.erased_users import ErasedUsers
from personalization.erasure.rows import blank_rejected

pytestmark = pytest.mark.spark

REJECTED = "int_rejected_rows"
COLUMNS = (
    "source string, source_file string, row_number bigint, rejected_by string, row_text string, "
    "interaction_date date, repeats boolean"
)
PLACES = "source string, source_file string, file_version bigint, row_number bigint"
PUBLISHED, OLD = 7, 8


class Tables:
    """A catalog with one table; its files give ids as they are."""

    def __init__(self, rejected: DeltaPartsDataset) -> None:
        self._rejected = rejected

    def get(self, name: str) -> object:
        raw = SimpleNamespace(description=SimpleNamespace(upper_case=()))
        return self._rejected if name == REJECTED else raw

    def load(self, _: str) -> object:
        return self._rejected.load()


def test_rows_of_versions_that_are_not_published_are_not_told(spark, tmp_path):
    table = DeltaPartsDataset(filepath=str(tmp_path / REJECTED))
    broken = ("orders", "a.csv", 9, "price_missing", "o9,u2", None, False)
    table.save(Part(spark.createDataFrame([broken], COLUMNS)))
    places = [("orders", "a.csv", PUBLISHED, 2), ("orders", "a.csv", OLD, 3)]
    erased = ErasedUsers(key=b"0123456789abcdef")
    erased = erased.note(erased.begin("u1", (), "2026-06-30 12:00:00"))
    told = blank_rejected(
        Tables(table), REJECTED, spark.createDataFrame(places, PLACES), erased, [PUBLISHED]
    )
    assert told == 1
    assert sorted(tuple(row) for row in table.load().collect()) == [
        ("orders", "a.csv", 2, "erased", None, None, False),
        broken,
    ]
