"""Files of a shop through all steps: every row is accounted for, and nothing moves meanwhile."""

import json

import pytest

from personalization.contracts.errors import (
    AccountingError,
    ConfigurationError,
    SourceFileError,
)
from personalization.pipelines.data_processing import interactions, nodes
from tests.ingestion import Shop
from tests.pipelines.data_processing.first_run import (
    COLUMNS,
    file,
    line,
    plan_first_run,
    raw_of,
)


def test_an_entry_that_describes_another_table_is_refused(tmp_path, default_rules):
    (tmp_path / "a.csv").write_text(file(line("1")))
    raw = raw_of(tmp_path)
    with pytest.raises(ConfigurationError, match="raw_events: its table is 'orders'"):
        plan_first_run({**raw, "raw_events": raw["raw_orders"]}, default_rules)


@pytest.mark.parametrize("change", ["written again", "gone"])
def test_a_file_that_changes_while_the_run_reads_is_refused(tmp_path, default_rules, change):
    path = tmp_path / "a.csv"
    (tmp_path / "b.csv").write_text(file(line("2")))
    path.write_text(file(line("1")))
    plan = plan_first_run(raw_of(tmp_path), default_rules)
    path.unlink()
    if change == "written again":
        path.write_text(file(line("1"), line("3")))
    told = "raw_orders, file a.csv: it changed or went while the run was reading it. Nothing was"
    with pytest.raises(SourceFileError, match=told):
        nodes.count_rows(plan, **raw_of(tmp_path))


@pytest.fixture(scope="module")
def story(spark_session, tmp_path_factory):
    """Reports of a first run, of a repeated one, and of one after a file was corrected."""
    orders = {"columns": COLUMNS, "changed_files": "correct"}
    shop = Shop(tmp_path_factory.mktemp("shop"), orders=orders)
    a = file(line("o1"), line("o2"), line("o3"), line("o1"), "o4,broken\n")
    b = file(line("o5"), line("o2"), line("o5"))
    shop.deliver("orders", a__csv=a, b__csv=b, empty__csv=file())
    reports = [shop.ingest("b1"), shop.ingest("b2")]
    shop.deliver("orders", a__csv=file(line("o1", quantity=7), line("o3")))
    return [*reports, shop.ingest("b3")], shop


def totals_of(report):
    return {key: report["totals"][key] for key in ("received", "merged", "unchanged", "rejected")}


def files_of(report):
    return {one["file"]: one for one in report["sources"]["orders"]["files"]}


@pytest.mark.spark
def test_first_run_merges_every_good_row_and_counts_the_others_by_reason(story):
    report = story[0][0]
    assert totals_of(report) == {
        "received": 5 + 3,
        "merged": 3 + 1,
        "unchanged": 1,
        "rejected": 2 + 1,
    }
    assert report["totals"]["rejected_by"] == {"duplicate": 1 + 1, "too_few_fields": 1}
    assert report["totals"]["identity_holds"]
    files = files_of(report)
    assert files["a.csv"]["rejected"] == {"duplicate": 1, "too_few_fields": 1}
    assert (files["b.csv"]["merged"], files["b.csv"]["unchanged"]) == (1, 1)
    assert files["b.csv"]["rejected"] == {"duplicate": 1}
    assert files["empty.csv"]["received"] == 0
    assert list(report["sources"]) == ["orders"]
    assert report["batch_id"] == "b1"
    assert json.loads(json.dumps(report)) == report


@pytest.mark.spark
def test_second_run_of_the_same_files_takes_and_merges_nothing(story):
    report = story[0][1]
    assert totals_of(report) == {"received": 0, "merged": 0, "unchanged": 0, "rejected": 0}
    assert report["sources"] == {}


@pytest.mark.spark
def test_a_corrected_row_is_merged_and_one_that_the_file_holds_no_more_goes(story):
    """o2 was that of a.csv; without it the one of b.csv takes its place."""
    reports, shop = story
    assert totals_of(reports[2]) == {"received": 2, "merged": 1, "unchanged": 1, "rejected": 0}
    found = {row.order_id: row for row in shop.load("prm_user_item_interactions").collect()}
    told = {order: (r.quantity, r.source_file, r.batch_id) for order, r in found.items()}
    assert told == {
        "o1": (7.0, "a.csv", "b3"),
        "o2": (1.0, "b.csv", "b3"),
        "o3": (1.0, "a.csv", "b1"),
        "o5": (1.0, "b.csv", "b1"),
    }
    (rejected,) = shop.load("int_rejected_rows").collect()
    assert (rejected.source_file, rejected.row_text) == ("b.csv", line("o5").strip())


@pytest.mark.spark
def test_rows_that_are_lost_on_the_way_are_told_by_file_and_the_next_run_makes_it_good(
    spark, tmp_path, monkeypatch
):
    shop = Shop(tmp_path, orders={"columns": COLUMNS})
    shop.deliver("orders", a__csv=file(line("o1"), line("o2")), b__csv=file(line("o5")))
    build = interactions.build_interactions
    monkeypatch.setattr(
        interactions, "build_interactions", lambda *told: build(*told).filter("order_id <> 'o2'")
    )
    told = "orders, file a.csv: of 2 good rows 0 repeat another row and 1 are published"
    with pytest.raises(AccountingError, match=told):
        shop.ingest()
    monkeypatch.undo()
    assert totals_of(shop.ingest())["received"] == 3
    assert shop.load("prm_user_item_interactions").count() == 3


@pytest.mark.spark
def test_a_shop_that_delivered_no_row_has_empty_tables_and_the_first_one_is_merged(spark, tmp_path):
    shop = Shop(tmp_path, orders={"columns": COLUMNS})
    shop.deliver("orders", empty__csv=file(), nothing__csv="")
    report = shop.ingest()
    assert totals_of(report) == {"received": 0, "merged": 0, "unchanged": 0, "rejected": 0}
    assert report["totals"]["files"] == 2
    assert [sum(found.values()) for found in shop.hashes().values()] == [0] * 5
    shop.deliver("orders", a__csv=file(line("o1")))
    assert totals_of(shop.ingest())["merged"] == 1
