"""What a run refuses or tells before it takes anything in."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import date

import pytest

from personalization.contracts.errors import DamagedTableError, SourceFileError
from personalization.contracts.schemas import RAW_TABLES
from personalization.datasets.raw_files import RawFilesDataset
from personalization.pipelines.data_processing.derivation import Derivation
from personalization.pipelines.data_processing.intake import plan_ingestion
from personalization.pipelines.data_processing.ledger import Entry, ledger_rows
from personalization.pipelines.data_processing.options import Intake, Rebuilt
from personalization.pipelines.data_processing.preconditions import (
    refuse_lost_rows,
    refuse_missing_files,
    warn_of_old_ways,
)
from tests.pipelines.data_processing.plans import BATCH, HEADERS, WAYS, Shop

DAY = date(2011, 12, 1)
COLUMNS = {name: name for name in HEADERS["orders"].split(",")}


def entry(name, version, received, read_by="r1"):
    good = {DAY: received}
    return Entry("orders", name, version=version, received=received, good=good, read_by=read_by)


def test_a_run_stops_where_rows_that_were_lost_cannot_be_read_again():
    lost = replace(entry("b.csv", 2, 3), version=None)
    never_published = Entry("orders", "c.csv", unsettled=())
    refuse_lost_rows([never_published, replace(entry("a.csv", 1, 3), unsettled=())])
    with pytest.raises(DamagedTableError, match=r"1 files .* orders/b\.csv\. .*--accept-loss"):
        refuse_lost_rows([never_published, lost])


def test_a_source_that_never_had_a_file_stops_the_run_and_says_what_to_do(tmp_path, caplog):
    files = RawFilesDataset(filepath=f"{tmp_path}/*.csv", table="orders", columns=COLUMNS).load()
    told = rf"raw_orders: no file matches {tmp_path}/\*\.csv\. Put .* are folder/\*.*filepath: null"
    never_published = Entry("orders", "c.csv", unsettled=())
    for entries in ([], [replace(entry("u.csv", 1, 3), source="users")], [never_published]):
        with pytest.raises(SourceFileError, match=told):
            refuse_missing_files({"orders": files}, entries)
    assert caplog.text == ""


def test_an_inbox_that_was_emptied_is_told(tmp_path, caplog):
    files = RawFilesDataset(filepath=f"{tmp_path}/*.csv", table="orders", columns=COLUMNS).load()
    nowhere = RawFilesDataset(filepath=None, table="users").load()
    taken = entry("a.csv", 1, 3)
    for once in (taken, replace(taken, version=None)):  # the second was lost with a table
        caplog.clear()
        refuse_missing_files({"orders": files, "users": nowhere}, [once])
        assert "orders: no file matches" in caplog.text
        assert "What was taken in earlier stays" in caplog.text
        assert "users" not in caplog.text


def orders_of(shop):
    """Raw files of every table by the names of the catalog; orders alone are delivered."""
    raw = {f"raw_{name}": RawFilesDataset(filepath=None, table=name).load() for name in RAW_TABLES}
    return {**raw, "raw_orders": shop.raw()["orders"]}


def test_a_first_run_without_files_begins_nothing(tmp_path, default_rules):
    shop = Shop(tmp_path)
    nothing = RawFilesDataset(filepath=f"{tmp_path}/*.csv", table="orders", columns=COLUMNS).load()
    raw = {**orders_of(shop), "raw_orders": nothing}
    with pytest.raises(SourceFileError, match="raw_orders: no file matches"):
        plan_ingestion(None, BATCH, Intake(), default_rules, Derivation(), **raw)


@pytest.mark.spark
def test_a_dry_run_knows_what_was_taken_in_and_looks_at_the_rest_by_itself(
    spark, tmp_path, default_rules
):
    shop = Shop(tmp_path)
    shop.deliver(name="a.csv")
    given = (default_rules, Derivation())
    before = plan_ingestion(None, BATCH, Intake(), *given, **orders_of(shop))
    (one,) = before.taken
    facts = {"sha256": one.facts.sha256, "fingerprint": one.facts.fingerprint}
    ways = {"read_by": before.read_by["orders"], "derived_by": before.derived_by}
    settled = Entry(
        "orders", "a.csv", version=one.facts.version, received=1, good={DAY: 1}, **facts, **ways
    )
    dry = Intake(dry_run={"enabled": True, "files": 1})  # of those that are new
    shop.deliver(name="b.csv")
    plan = plan_ingestion(ledger_rows([settled]), BATCH, dry, *given, **orders_of(shop))
    assert [taken.facts.name for taken in plan.taken] == ["b.csv"]
    assert (plan.is_first, plan.derives_all) == (True, True)
    shop.deliver(name="a.csv", row="2011-12-01,i2,1,2.5")
    with pytest.raises(SourceFileError, match="ingested before with other content"):
        plan_ingestion(ledger_rows([settled]), BATCH, dry, *given, **orders_of(shop))
    (tmp_path / "orders" / "a.csv").unlink()
    lost = replace(settled, version=None, unsettled=(DAY,))
    with pytest.raises(DamagedTableError, match="--accept-loss"):
        plan_ingestion(ledger_rows([lost]), BATCH, Intake(), *given, **orders_of(shop))


@pytest.fixture
def told(tmp_path, caplog):
    """What is told of entries of the ledger where only a.csv is there."""
    shop = Shop(tmp_path)
    shop.deliver("orders", "a.csv")

    def warnings(*entries, rebuilt=None):
        caplog.clear()
        with caplog.at_level(logging.WARNING):
            warn_of_old_ways(shop.raw(), entries, replace(WAYS, rebuilt=rebuilt or Rebuilt()))
        return caplog.messages

    return warnings


def test_files_that_changed_rules_do_not_reach_are_named(told):
    before = [entry("a.csv", 1, 3, "r0"), entry("b.csv", 2, 3, "r0"), entry("c.csv", 3, 1)]
    (message,) = told(*before)
    assert message.startswith("raw_orders: description or rules have changed; 1 files are not ")
    assert message.endswith("as they were read: b.csv")
    assert told(entry("a.csv", 1, 3, "r0"), entry("b.csv", 2, 3), entry("c.csv", None, 0)) == []


def test_days_to_rebuild_without_a_row_are_told(told):
    a_day_later = Rebuilt("2011-12-02")
    message = "Nothing is rebuilt: no file that was taken in has rows on these days"
    assert told(entry("a.csv", 1, 3), rebuilt=a_day_later) == [message]
    assert told(entry("a.csv", 1, 3), rebuilt=Rebuilt("2011-12-01")) == []
    assert told(entry("a.csv", 1, 3)) == []
