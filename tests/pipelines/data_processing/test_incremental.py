"""Files come one by one, late, twice, corrected, or not whole: the table is the same."""

import random
from dataclasses import replace

import pytest

from personalization.contracts.errors import RejectedShareError, SourceFileError
from personalization.pipelines.data_processing.derivation import Derivation, InteractionWeights
from personalization.pipelines.data_processing.options import Limits, Rebuilt
from tests.ingestion import Shop
from tests.pipelines.data_processing.order_files import (
    MART,
    ORDERS,
    STRICT,
    file,
    line,
    orders_of,
    totals,
)

pytestmark = pytest.mark.spark
# A shop that corrects an order by telling it again; its lines have no numbers.
CORRECTING = {
    "columns": {ours: name for ours, name in ORDERS["columns"].items() if ours != "line_number"},
    "key": ["order_id", "item_id"],
    "changed_rows": "correct",
    "delivered": {"matches": r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)"},
}


@pytest.fixture
def shop(spark, tmp_path):
    return Shop(tmp_path, orders=ORDERS)


def test_a_run_takes_only_what_is_new_and_a_repeated_one_nothing(shop):
    shop.deliver("orders", a__csv=file(line("o1"), line("o2", day=2)))
    assert totals(shop.ingest()) == (1, 2, 2, 0, 0)
    shop.deliver("orders", b__csv=file(line("o3", day=3)))
    assert totals(shop.ingest()) == (1, 1, 1, 0, 0)
    version = shop.version(MART)
    assert totals(shop.ingest()) == (0, 0, 0, 0, 0)
    assert shop.version(MART) == version
    found = orders_of(shop)
    assert {name: row.batch_id for name, row in found.items()} == {
        "o1": "b1",
        "o2": "b1",
        "o3": "b2",
    }


@pytest.mark.slow
def test_a_file_written_again_with_the_same_content_is_not_read(shop):
    shop.deliver("orders", a__csv=file(line("o1")))
    shop.ingest()
    shop.deliver("orders", a__csv=file(line("o1")))
    assert totals(shop.ingest()) == (0, 0, 0, 0, 0)


def test_a_file_that_comes_again_under_another_name_merges_nothing(shop):
    shop.deliver("orders", b__csv=file(line("o1"), line("o2")))
    shop.ingest()
    before = shop.hashes()
    shop.deliver("orders", c__csv=file(line("o1"), line("o2")))
    assert totals(shop.ingest()) == (1, 2, 0, 2, 0)
    assert shop.hashes() == before


DELIVERIES = {
    "d1__csv": file(line("o1", 1), line("o2", 1), line("o1", 1)),
    "d2__csv": file(line("o3", 2), line("o1", 1), line("late", 1)),
    "d3__csv": file(line("o4", 3), line("o3", 2), "broken\n", line("late", 1)),
    "d4__csv": file(line("o5", 4), line("late2", 2), line("o5", 4)),
}


@pytest.fixture(scope="module")
def at_once(spark_session, tmp_path_factory):
    shop = Shop(tmp_path_factory.mktemp("at_once"), orders=ORDERS)
    shop.deliver("orders", **DELIVERIES)
    report = shop.ingest()
    rejected = hash_rejected(shop)
    return shop.hashes(), rejected, report


def hash_rejected(shop):
    rows = shop.load("int_rejected_rows").collect()
    return sorted((r.source_file, r.row_number, r.rejected_by, r.row_text) for r in rows)


SLOW = pytest.mark.slow


@pytest.mark.parametrize("seed", [0, *(pytest.param(n, marks=SLOW) for n in (1, 2))])
def test_any_order_of_deliveries_gives_the_same_tables(at_once, shop, seed):
    names = list(DELIVERIES)
    random.Random(seed).shuffle(names)
    for name in names:
        shop.deliver("orders", **{name: DELIVERIES[name]})
        report = shop.ingest()
        assert report["totals"]["identity_holds"]
    hashes, rejected, _ = at_once
    assert shop.hashes() == hashes
    assert hash_rejected(shop) == rejected


def test_a_row_is_rejected_as_duplicate_within_a_file_and_there_already_from_another(at_once):
    report = at_once[2]
    assert report["totals"]["received"] == 3 + 3 + 4 + 3
    assert report["totals"]["merged"] == len({"o1", "o2", "o3", "o4", "o5", "late", "late2"})
    assert report["totals"]["rejected_by"] == {"duplicate": 1 + 1, "too_few_fields": 1}
    assert report["totals"]["unchanged"] == 1 + 2
    assert at_once[1] == [
        ("d1.csv", 4, "duplicate", line("o1", 1).strip()),
        ("d3.csv", 4, "too_few_fields", "broken"),
        ("d4.csv", 4, "duplicate", line("o5", 4).strip()),
    ]


def test_other_content_under_the_same_name_is_refused_before_anything_is_written(shop):
    shop.deliver("orders", a__csv=file(line("o1")))
    shop.ingest()
    versions = [shop.version(name) for name in (MART, "int_orders", "report_ingested_files")]
    shop.deliver("orders", a__csv=file(line("o1", quantity=2)))
    told = r"a.csv: it was ingested before with other content \(SHA-256 \w{64} before, \w{64} now"
    with pytest.raises(SourceFileError, match=told):
        shop.ingest()
    assert versions == [shop.version(n) for n in (MART, "int_orders", "report_ingested_files")]
    with pytest.raises(SourceFileError, match="batch 'b1' was ingested before with other content"):
        shop.ingest("b1")


def test_a_correction_replaces_what_the_old_file_brought_and_nothing_else(spark, tmp_path):
    shop = Shop(tmp_path, orders={**ORDERS, "changed_files": "correct"})
    shop.deliver(
        "orders",
        a__csv=file(line("o1"), line("gone", 5), line("both")),
        b__csv=file(line("o2"), line("both")),
    )
    shop.ingest()
    shop.deliver("orders", a__csv=file(line("o1", quantity=7), line("new", 2)))
    report = shop.ingest()
    assert totals(report) == (1, 2, 2, 0, 0)
    found = orders_of(shop)
    assert {name: row.quantity for name, row in found.items()} == dict(
        zip(("o1", "new", "o2", "both"), (7.0, 1.0, 1.0, 1.0), strict=True)
    )
    assert found["both"].source_file == "b.csv"
    assert found["o2"].batch_id == "b1"


@pytest.mark.slow
def test_days_are_rebuilt_from_corrected_files_where_corrections_are_refused(shop):
    shop.deliver("orders", a__csv=file(line("o1", 1)), b__csv=file(line("o2", 2)))
    shop.ingest()
    shop.deliver("orders", a__csv=file(line("o1", 1, quantity=3)))
    with pytest.raises(SourceFileError, match=r"rebuild its days with --params=from="):
        shop.ingest(rebuilt=Rebuilt("2011-12-02", "2011-12-02"))
    report = shop.ingest(rebuilt=Rebuilt("2011-12-01", "2011-12-01"))
    assert [one["file"] for one in report["sources"]["orders"]["files"]] == ["a.csv"]
    assert orders_of(shop)["o1"].quantity == 3.0
    before = shop.hashes()
    again = shop.ingest(rebuilt=Rebuilt("2011-12-01", "2011-12-31"))
    assert totals(again) == (2, 2, 0, 2, 0)
    assert shop.hashes() == before
    assert shop.load("int_orders").groupBy("file_version").count().count() == 2


@pytest.mark.slow
def test_a_refused_delivery_leaves_no_trace_once_it_is_mended(shop, at_once):
    shop.deliver("orders", a__csv=file(*(line(f"o{n}") for n in range(20))))
    shop.ingest(limits=STRICT)
    before = shop.hashes()
    bad = file(line("o3", quantity=9), line("bad", 2), *("x\n" for _ in range(30)))
    shop.deliver("orders", b__csv=bad)
    with pytest.raises(RejectedShareError, match=r"orders, file b\.csv"):
        shop.ingest(limits=STRICT)
    assert shop.hashes() == before
    (shop.inbox / "orders" / "b.csv").unlink()
    shop.deliver("orders", c__csv=file(line("c", 2)))
    shop.ingest(limits=STRICT)
    assert set(orders_of(shop)) == {*(f"o{n}" for n in range(20)), "c"}
    assert shop.load("int_rejected_rows").isEmpty()
    assert {row.source_file for row in shop.load("report_ingested_files").collect()} == {
        "a.csv",
        "c.csv",
    }


def test_a_key_that_comes_with_other_content_stops_the_run_or_the_first_row_holds(shop):
    shop.deliver("orders", a__csv=file(line("o1")), b__csv=file(line("o1", quantity=2)))
    with pytest.raises(RejectedShareError, match=r"file b\.csv: a key came earlier .* in 1 row; "):
        shop.ingest()
    lax = Limits(fault_share=1, rejected_share=1)
    shop.ingest(limits=replace(lax, conflicts=1))
    assert [row.quantity for row in shop.load(MART).collect()] == [1.0]
    (conflict,) = shop.load("int_rejected_rows").collect()
    assert (conflict.source_file, conflict.rejected_by) == ("b.csv", "key_conflict")
    assert conflict.row_text == line("o1", quantity=2).strip()
    # What was allowed once stops no later run, also where that day is derived again.
    shop.deliver("orders", c__csv=file(line("o2")))
    assert totals(shop.ingest(limits=lax)) == (1, 1, 1, 0, 0)
    # Earlier by its name: its row would hold, and those of both others be in conflict.
    shop.deliver("orders", **{"0__csv": file(line("o1", quantity=5))})
    with pytest.raises(RejectedShareError, match=r"file a\.csv and 1 more: .* in 2 rows; "):
        shop.ingest(limits=lax)


ORIGINAL = file(line("o1"), line("o1", item="i2"))
CORRECTION = file(line("o1", item="i2", quantity=4), line("o2"))


def held(shop):
    found = shop.load(MART).collect()
    return {(row.order_id, row.item_id): row.quantity for row in found}


@pytest.fixture
def corrected(spark, tmp_path):
    """A shop to which a correction came; the report of it."""
    shop = Shop(tmp_path / "shop", orders=CORRECTING)
    shop.deliver("orders", z20111202__csv=ORIGINAL)
    shop.ingest(limits=STRICT)
    shop.deliver("orders", b20111203__csv=CORRECTION)
    return shop, shop.ingest(limits=STRICT)


def test_what_was_delivered_last_holds_where_a_shop_corrects_rows(corrected):
    shop, report = corrected
    assert totals(report) == (1, 2, 2, 0, 0)
    assert report["sources"]["orders"]["replaced"] == 1
    assert held(shop) == {("o1", "i1"): 1.0, ("o1", "i2"): 4.0, ("o2", "i1"): 1.0}
    (old,) = shop.load("int_rejected_rows").collect()
    assert (old.source_file, old.rejected_by) == ("z20111202.csv", "superseded")
    assert old.row_text == line("o1", item="i2").strip()


@pytest.mark.slow
def test_corrections_that_are_taken_back_give_the_same_at_once_and_one_by_one(corrected, tmp_path):
    shop, _ = corrected
    shop.deliver("orders", a20111204__csv=ORIGINAL)
    shop.ingest(limits=STRICT)
    assert held(shop) == {("o1", "i1"): 1.0, ("o1", "i2"): 1.0, ("o2", "i1"): 1.0}
    again = Shop(tmp_path / "again", orders=CORRECTING)
    files = {"a20111204__csv": ORIGINAL, "b20111203__csv": CORRECTION, "z20111202__csv": ORIGINAL}
    again.deliver("orders", **files)
    again.ingest(limits=STRICT)
    assert again.hashes() == shop.hashes()


@pytest.mark.slow
def test_changed_options_derive_every_day_anew(shop):
    shop.deliver("orders", a__csv=file(line("o1", 1)), b__csv=file(line("o2", 2)))
    shop.ingest()
    shop.ingest(derivation=Derivation(weights=InteractionWeights(purchase=3)))
    assert {row.weight for row in shop.load(MART).collect()} == {3.0}
