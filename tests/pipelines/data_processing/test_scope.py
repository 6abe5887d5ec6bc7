from datetime import date

import pytest

from personalization.datasets.file_facts import FileFacts
from personalization.pipelines.data_processing.ledger import Entry
from personalization.pipelines.data_processing.options import Batch
from personalization.pipelines.data_processing.planning import Plan, Taken
from personalization.pipelines.data_processing.scope import (
    Scope,
    by_source,
    choose_scope,
    of_files,
)

D1, D2, D3 = (date(2011, 12, day) for day in (1, 2, 3))
BATCH = Batch("b2", "2026-06-30 12:00:00")
DAYS = "(`interaction_date` BETWEEN DATE'2011-12-01' AND DATE'2011-12-02' AND "
DAYS += "`interaction_date` IN (DATE'2011-12-01', DATE'2011-12-02'))"
DATED_SOURCES = "(`source` BETWEEN 'events' AND 'search_logs' AND "
DATED_SOURCES += "`source` IN ('events', 'orders', 'search_logs'))"


def plan_of(taken=(), withdrawn=(), kept=(), derives_all=False):
    return Plan(
        batch=BATCH,
        taken=tuple(taken),
        withdrawn=tuple(withdrawn),
        kept=tuple(kept),
        touched=(),
        read_by={},
        derived_by="d",
        derives_all=derives_all,
    )


def take(source, name="a.csv", version=2, before=None):
    return Taken(source, FileFacts(name, name, 1, "5ba", (), (), version=version), before)


def scope_of(days, described=(), dated=()):
    return Scope(days, frozenset(described), frozenset(dated), {}, 0)


def test_days_are_those_of_files_taken_now_and_before_and_of_files_withdrawn():
    before = Entry("orders", "a.csv", version=1, good={D1: 5})
    gone = Entry("events", "e.csv", unsettled=(D3,))
    scope = choose_scope(plan_of([take("orders", before=before)], [gone]), [("orders", {D2: 4})])
    assert scope.days == {D1, D2, D3}
    assert scope.dated == {"orders", "events"}
    assert scope.described == frozenset()


def test_files_that_stay_as_they_are_touch_no_day_and_count():
    kept = [Entry("events", "e.csv", version=7, good={D3: 5})]
    scope = choose_scope(plan_of([take("orders")], kept=kept), [("orders", {D1: 4})])
    assert scope.days == {D1}
    assert scope.dated == {"orders", "events"}
    assert scope.accepted["events"] == (7,)
    assert scope.accepted["orders"] == (2,)


def test_rows_of_the_days_that_are_derived_are_counted_of_all_files():
    kept = [Entry("events", "e.csv", version=7, good={D1: 5, D3: 50})]
    kept.append(Entry("users", "u.csv", version=8, good={D1: 500}))
    taken = [take("orders")]
    found = [("orders", {D1: 4, D2: 3}), ("users", {D1: 5000})]
    assert choose_scope(plan_of(taken, kept=kept), found).dated_rows == 5 + 4 + 3
    every = choose_scope(plan_of(taken, kept=kept, derives_all=True), found)
    assert every.dated_rows == 5 + 50 + 4 + 3


def test_moments_of_users_and_products_are_no_days_of_the_mart():
    before = Entry("users", "a.csv", version=1, good={D1: 5})
    scope = choose_scope(plan_of([take("users", before=before)]), [("users", {D2: 4})])
    assert scope.days == frozenset()
    assert scope.described == {"users"}
    assert not scope.has_days
    assert scope.concerns("users")
    assert not any(scope.concerns(one) for one in ("products", "events", "orders", "search_logs"))


@pytest.mark.parametrize("source", ["users", "products"])
def test_a_description_that_was_begun_and_went_is_derived_anew(source):
    scope = choose_scope(plan_of(withdrawn=[Entry(source, "a.csv", version=1, unsettled=())]), [])
    assert scope.described == {source}
    assert scope.accepted[source] == (1,)


def test_the_version_that_is_replaced_does_not_count_any_more():
    before = Entry("orders", "a.csv", version=1, good={D1: 5})
    scope = choose_scope(plan_of([take("orders", version=2, before=before)]), [])
    assert scope.accepted["orders"] == (2,)


def test_everything_is_derived_where_the_way_has_changed():
    scope = choose_scope(plan_of(derives_all=True), [])
    assert scope.days is None
    assert scope.described == {"users", "products"}
    assert scope.has_days
    assert (scope.where, scope.where_repeated) == (None, None)
    assert all(scope.concerns(one) for one in ("users", "orders", "search_logs"))


def test_sources_without_any_row_are_not_derived_with_the_days_of_others():
    scope = scope_of(frozenset({D1}), described=["users"], dated=["orders"])
    concerned = {one: scope.concerns(one) for one in ("users", "products", "orders", "events")}
    assert concerned == {"users": True, "products": False, "orders": True, "events": False}


def test_conditions_tell_the_days_and_the_tables_that_are_derived():
    scope = scope_of(frozenset({D2, D1}), described=["users"])
    assert scope.where == DAYS
    users = "(`source` BETWEEN 'users' AND 'users' AND `source` IN ('users'))"
    assert scope.where_repeated == f"{users} OR {DATED_SOURCES} AND {DAYS}"


def test_conditions_of_nothing_hold_nowhere():
    scope = scope_of(frozenset(), dated=["orders"])
    assert scope.where == "false"
    assert scope.where_repeated == f"false OR {DATED_SOURCES} AND false"
    assert not scope.concerns("orders")


def test_a_file_is_told_by_its_source_as_well():
    told = of_files([("orders", "it's.csv"), ("events", "it's.csv")])
    of_name = r"(`source_file` BETWEEN 'it\'s.csv' AND 'it\'s.csv' AND "
    of_name += r"`source_file` IN ('it\'s.csv'))"
    assert told == f"(`source` = 'orders' AND {of_name}) OR (`source` = 'events' AND {of_name})"


def test_tables_of_sources_are_told_from_others_with_the_same_prefix():
    tables = {"int_orders": 1, "int_users": 2, "int_repeated_rows": 3, "raw_orders": 4}
    assert by_source(tables, "int_") == {"orders": 1, "users": 2}
    assert by_source(tables, "raw_") == {"orders": 4}
