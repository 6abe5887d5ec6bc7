"""What a repair notes of tables that lack rows, of tables and of files that are not there."""

from __future__ import annotations

import shutil
from datetime import date
from typing import TYPE_CHECKING

import pytest

from personalization.datasets.delta_table import Part
from personalization.datasets.table_care import Finding
from personalization.pipelines.data_processing.ledger import (
    LEDGER,
    Entry,
    ledger_rows,
    read_ledger,
)
from personalization.repair import Repaired, repair_catalog, tell_repaired
from tests.ingestion import Shop

if TYPE_CHECKING:
    from pathlib import Path

    from kedro.io import DataCatalog

DAY = date(2011, 12, 1)
ROWS = "source string, source_file string, file_version long"


def entry(name: str, version: int, received: int) -> Entry:
    return Entry("orders", name, version=version, received=received, good={DAY: received})


@pytest.fixture
def catalog(spark, tmp_path: Path) -> DataCatalog:
    """Typed rows of a.csv; those of b.csv and c.csv were lost, and c.csv is not there any more."""
    shop = Shop(tmp_path, orders={})
    shop.deliver("orders", a__csv="x", b__csv="x")
    catalog = shop.catalog()
    rows = [("orders", "a.csv", 1), ("orders", "a.csv", 1), ("orders", "b.csv", 2)]
    catalog.save("int_orders", Part(spark.createDataFrame(rows, ROWS)))
    ledger = [entry("a.csv", 1, 2), entry("b.csv", 2, 3), entry("c.csv", 3, 1)]
    catalog.save(LEDGER, Part(ledger_rows(ledger)))
    return catalog


def left_in_ledger(catalog: DataCatalog) -> dict[str, bool]:
    return {one.name: one.is_lost for one in read_ledger(catalog.load(LEDGER))}


@pytest.mark.spark
def test_files_are_read_again_or_named_where_they_are_not_there(catalog):
    for _ in range(2):  # what was noted stays noted
        repaired = repair_catalog(catalog)
        assert repaired.again == ("orders/b.csv",)
        assert repaired.missing == ("orders/c.csv",)
        assert left_in_ledger(catalog) == {"a.csv": False, "b.csv": True, "c.csv": True}
    assert any(one.endswith("/prm_users") for one in repaired.absent)
    repaired = repair_catalog(catalog, accept_loss=True)
    assert (repaired.missing, repaired.accepted) == (("orders/c.csv",), True)
    assert left_in_ledger(catalog) == {"a.csv": False, "b.csv": True}


@pytest.mark.spark
def test_a_ledger_that_is_gone_is_made_of_the_typed_rows(catalog):
    shutil.rmtree(catalog.get(LEDGER).location)
    repaired = repair_catalog(catalog)
    assert repaired.again == ("orders/a.csv", "orders/b.csv")
    assert left_in_ledger(catalog) == {"a.csv": True, "b.csv": True}


def test_where_nothing_is_there_nothing_is_noted(tmp_path):
    shop = Shop(tmp_path)
    repaired = repair_catalog(shop.catalog())
    assert repaired == Repaired(())
    assert tell_repaired(repaired) == ["No table is there: is it another --env or --data-root?"]


def test_what_comes_next_is_told():
    whole, damaged = Finding("d/prm_users"), Finding("d/int_orders", "cut", 3, ("4.json.damaged",))
    told = tell_repaired(Repaired((whole, damaged), ("d/prm_items",), ("orders/b.csv",)))
    assert told == [
        "whole: d/prm_users",
        "restored: d/int_orders to version 3 (cut, set aside: 4.json.damaged)",
        "not there: d/prm_items: the next run makes it again",
        "To be read again by the next run: orders/b.csv.",
        "Now run 'kedro run --pipeline=data_processing': it makes good what was lost.",
    ]
    assert tell_repaired(Repaired((whole,))) == ["whole: d/prm_users"]


def test_a_table_without_a_good_version_and_rows_without_a_file_are_told():
    (told,) = tell_repaired(Repaired((Finding("d/int_orders", "cut"),)))
    assert told.startswith("LOST: d/int_orders: no version can be read (cut). Delete this folder")
    (_, lost, _) = tell_repaired(Repaired((Finding("d/x"),), missing=("orders/c.csv",)))
    assert "LOST and the files are not there any more: orders/c.csv. Put them" in lost
    (_, given_up, _) = tell_repaired(
        Repaired((Finding("d/x"),), missing=("orders/c.csv",), accepted=True)
    )
    assert given_up == "Their rows are given up: orders/c.csv."


def test_many_files_are_counted():
    names = tuple(f"orders/{number}.csv" for number in range(2000))
    told = tell_repaired(Repaired((), again=names))[1]
    assert told.endswith("orders/19.csv and 1,980 more.")
