"""Runs that ended early, and tables that were changed behind the project's back."""

import pytest

from personalization.contracts.errors import DamagedTableError
from personalization.pipelines.data_processing import nodes
from tests.ingestion import Shop
from tests.pipelines.data_processing.order_files import ORDERS, file, line, totals

pytestmark = pytest.mark.spark


SLOW = pytest.mark.slow
STEPS = ("note_unsettled_files", "publish_interactions")


@pytest.mark.parametrize("step", ["settle_files", *(pytest.param(s, marks=SLOW) for s in STEPS)])
def test_a_run_that_ended_early_is_made_good_by_the_next_whatever_came_meanwhile(
    spark, tmp_path, monkeypatch, step
):
    correcting = {**ORDERS, "changed_files": "correct"}
    shop, clean = (Shop(tmp_path / name, orders=correcting) for name in ("shop", "clean"))
    shop.deliver("orders", a__csv=file(line("o1", 1), line("o2", 2)))
    shop.ingest()
    shop.deliver("orders", a__csv=file(line("o1", 3), line("o9", 9)))
    original = getattr(nodes, step)

    def fail(*_, **__):
        raise InterruptedError(step)

    fail.__name__ = step
    monkeypatch.setattr(nodes, step, fail)
    with pytest.raises(InterruptedError):
        shop.ingest()
    monkeypatch.setattr(nodes, step, original)
    shop.deliver("orders", a__csv=file(line("o1", 4)))
    clean.deliver("orders", a__csv=file(line("o1", 4)))
    shop.ingest()
    clean.ingest()
    assert shop.hashes() == clean.hashes()
    assert totals(shop.ingest()) == (0, 0, 0, 0, 0)


def test_rows_that_vanish_from_the_typed_table_are_told_before_anything_is_published(
    spark, tmp_path
):
    shop = Shop(tmp_path, orders=ORDERS)
    shop.deliver("orders", a__csv=file(line("o1"), line("o2")))
    shop.ingest()
    path = shop.catalog().get("int_orders")._filepath
    shop.load("int_orders").sparkSession.sql(f"DELETE FROM delta.`{path}` WHERE order_id = 'o1'")
    before = shop.hashes()
    shop.deliver("orders", b__csv=file(line("o3")))
    told = "int_orders: of the good rows of file a.csv 1 are there instead of 2"
    with pytest.raises(DamagedTableError, match=told):
        shop.ingest()
    assert shop.hashes() == before
