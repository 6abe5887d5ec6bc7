from dataclasses import replace
from datetime import date

import pytest

from personalization.contracts.errors import SourceFileError
from personalization.datasets import raw_rows
from personalization.datasets.file_facts import FileFacts, number_version
from personalization.pipelines.data_processing.ledger import Entry
from personalization.pipelines.data_processing.options import Batch, Rebuilt
from personalization.pipelines.data_processing.planning import (
    Plan,
    Taken,
    hash_options,
    keep_new,
)
from tests.pipelines.data_processing.plans import BATCH, DAY, WAYS, Shop, names_of


@pytest.fixture
def shop(tmp_path):
    return Shop(tmp_path)


def test_the_first_run_takes_every_file_and_derives_everything(shop):
    shop.deliver(name="b.csv")
    shop.deliver(name="a.csv")
    shop.deliver("users", "u.csv", "u1")
    plan = shop.plan()
    assert names_of(plan.taken) == [("orders", "a.csv"), ("orders", "b.csv"), ("users", "u.csv")]
    assert all(one.before is None for one in plan.taken)
    assert plan.is_first
    assert plan.derives_all
    assert plan.has_work


def test_a_version_is_a_number_of_source_name_content_and_way_of_reading(shop):
    shop.deliver()
    (one,) = shop.plan().taken
    assert one.facts.version == number_version("orders", "a.csv", one.facts.sha256, "r1")


def test_files_that_are_as_they_were_are_not_opened(shop, monkeypatch):
    shop.deliver()
    ledger = shop.settled()
    monkeypatch.setattr(raw_rows, "look_at", None)
    plan = shop.plan(ledger)
    assert (plan.taken, plan.touched, plan.withdrawn) == ((), (), ())
    assert plan.kept == tuple(ledger)
    assert not plan.has_work
    assert not plan.is_first


def test_a_run_takes_only_the_file_that_is_new(shop):
    shop.deliver()
    ledger = shop.settled()
    shop.deliver(name="0.csv")
    plan = shop.plan(ledger)
    assert names_of(plan.taken) == [("orders", "0.csv")]
    assert plan.kept == tuple(ledger)
    assert not plan.derives_all


def test_a_dry_run_is_about_files_that_a_run_would_look_at(shop):
    shop.deliver()
    shop.deliver("users", "u.csv", "u1")
    ledger = shop.settled()
    shop.deliver(name="0.csv")
    new = keep_new(shop.raw(), ledger, WAYS)
    assert [[one.name for one in files.listed] for files in new.values()] == [["0.csv"], []]
    changed = replace(WAYS, read_by={"orders": "r2", "users": "r1"})
    new = keep_new(shop.raw(), ledger, changed)
    assert [one.name for one in new["orders"].listed] == ["0.csv", "a.csv"]


def test_a_file_written_again_with_the_same_content_is_only_noted(shop):
    shop.deliver()
    ledger = shop.settled()
    shop.deliver()
    plan = shop.plan(ledger)
    assert plan.taken == ()
    (touched,) = plan.touched
    assert touched.fingerprint == shop.raw()["orders"].listed[0].fingerprint
    assert touched == replace(ledger[0], fingerprint=touched.fingerprint)
    assert touched != ledger[0]
    assert plan.kept == (touched,)
    assert not plan.has_work


def test_other_content_under_the_same_name_is_refused_with_both_hashes(shop):
    shop.deliver()
    ledger = shop.settled()
    shop.deliver(row="2011-12-01,i1,2,2.5")
    now = shop.raw()["orders"].files[0].sha256
    told = rf"raw_orders, file a\.csv: .*\(SHA-256 {ledger[0].sha256} before, {now} now\).*--params"
    with pytest.raises(SourceFileError, match=told):
        shop.plan(ledger)


def test_a_batch_id_that_was_used_for_other_content_is_refused_even_where_it_may_change(shop):
    shop.deliver()
    ledger = shop.settled()
    shop.deliver(row="2011-12-01,i1,2,2.5")
    told = r"file a\.csv: batch 'b1' was ingested before with other content \(SHA-256 "
    with pytest.raises(SourceFileError, match=told):
        shop.plan(ledger, Batch("b1", BATCH.ingested_at), changed_files="correct")


@pytest.mark.parametrize("days", [("2011-12-01", "2011-12-01"), ("2011-11-30", None)])
def test_a_changed_file_is_taken_where_its_days_are_rebuilt(shop, days):
    shop.deliver()
    ledger = shop.settled()
    shop.deliver(row="2011-12-01,i1,2,2.5")
    (one,) = shop.plan(ledger, ways=replace(WAYS, rebuilt=Rebuilt(*days))).taken
    assert one.before == ledger[0]
    with pytest.raises(SourceFileError, match="with --params=from=2011-12-01,to=2011-12-01, or"):
        shop.plan(ledger, ways=replace(WAYS, rebuilt=Rebuilt("2011-12-02")))


def test_a_correction_replaces_the_version_that_was_published(shop):
    shop.deliver()
    (old,) = shop.settled()
    shop.deliver(row="2011-12-01,i1,2,2.5")
    plan = shop.plan([old], changed_files="correct")
    (one,) = plan.taken
    assert one.before == old
    assert one.facts.version != old.version
    assert plan.published("orders") == [old.version]
    assert plan.accepted("orders") == [one.facts.version]
    assert plan.kept == ()


def test_dumps_of_users_are_corrected_unless_it_is_said_otherwise(shop):
    shop.deliver("users", "u.csv", "u1")
    ledger = shop.settled()
    shop.deliver("users", "u.csv", "u2")
    assert names_of(shop.plan(ledger).taken) == [("users", "u.csv")]
    with pytest.raises(SourceFileError, match=r"raw_users, file u\.csv"):
        shop.plan(ledger, changed_files="refuse")


def test_days_to_rebuild_take_files_that_have_not_changed(shop):
    shop.deliver()
    shop.deliver(name="b.csv")
    first, second = shop.settled()
    ledger = [first, replace(second, good={date(2011, 12, 2): 1})]
    plan = shop.plan(ledger, ways=replace(WAYS, rebuilt=Rebuilt("2011-12-02")))
    assert names_of(plan.taken) == [("orders", "b.csv")]
    assert names_of(plan.kept) == [("orders", "a.csv")]
    assert plan.touched == ()


def test_files_that_are_read_in_another_way_are_taken_without_a_new_content(shop):
    shop.deliver()
    shop.deliver("users", "u.csv", "u1")
    ledger = shop.settled()
    plan = shop.plan(ledger, ways=replace(WAYS, read_by={"orders": "r2", "users": "r1"}))
    assert names_of(plan.taken) == [("orders", "a.csv")]
    assert plan.taken[0].facts.version != ledger[0].version
    assert not plan.derives_all


def test_a_file_that_a_run_has_only_begun_with_is_taken_again_whatever_it_holds(shop):
    shop.deliver()
    (line,) = shop.settled()
    begun = replace(line, unsettled=())
    assert shop.plan([begun]).taken[0].before == begun
    never = Entry("orders", "a.csv", unsettled=(DAY,))
    plan = shop.plan([never])
    assert plan.taken[0].before == never
    assert plan.published("orders") == []
    assert not plan.is_first
    assert plan.derives_all


def test_a_file_that_a_run_began_with_and_that_went_is_withdrawn_with_what_is_published(shop):
    shop.deliver()
    shop.deliver(name="b.csv")
    line, other = shop.settled()
    (shop.folder / "orders" / "a.csv").unlink()
    gone = replace(line, unsettled=(DAY,))
    never = Entry("orders", "0.csv", unsettled=(DAY,))
    plan = shop.plan([gone, never, other])
    assert plan.withdrawn == (gone, never)
    assert plan.kept == (other,)
    assert plan.has_work
    assert sorted(plan.accepted("orders")) == sorted([gone.version, other.version])


def test_a_settled_file_that_went_stays_published(shop):
    shop.deliver()
    shop.deliver(name="b.csv")
    ledger = shop.settled()
    (shop.folder / "orders" / "a.csv").unlink()
    plan = shop.plan(ledger)
    assert plan.withdrawn == ()
    assert plan.kept == tuple(ledger)
    assert not plan.has_work


def test_changed_options_derive_everything_without_reading_a_file(shop):
    shop.deliver()
    plan = shop.plan(shop.settled(), ways=replace(WAYS, derived_by="d2"))
    assert plan.taken == ()
    assert plan.derives_all
    assert plan.has_work


def test_names_are_told_apart_by_their_source(shop):
    shop.deliver()
    ledger = shop.settled()
    shop.deliver("users", "a.csv", "u1")
    plan = shop.plan(ledger)
    assert names_of(plan.taken) == [("users", "a.csv")]
    assert names_of(plan.kept) == [("orders", "a.csv")]


def test_versions_are_those_of_the_source_that_is_asked_for():
    facts = FileFacts("u.csv", "u.csv", 1, "5ba", (), (), version=3)
    before = Entry("users", "u.csv", version=2)
    kept = (Entry("users", "k.csv", version=1), Entry("orders", "k.csv", version=9))
    plan = Plan(BATCH, (Taken("users", facts, before),), (), kept, (), {}, "d1", False)
    assert sorted(plan.published("users")) == [1, 2]
    assert sorted(plan.accepted("users")) == [1, 3]
    assert plan.files_of("users") == [facts]
    assert (plan.files_of("orders"), plan.accepted("orders")) == ([], [9])


def test_options_have_one_hash_by_what_they_say():
    assert hash_options(1, Rebuilt("2011-12-01")) == hash_options(1, Rebuilt("2011-12-01"))
    assert hash_options(1, Rebuilt("2011-12-01")) != hash_options(1, Rebuilt("2011-12-02"))
    assert hash_options(1, Rebuilt()) != hash_options(2, Rebuilt())
