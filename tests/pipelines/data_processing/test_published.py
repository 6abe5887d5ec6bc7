"""Good rows are published, each once, or repeat one that is; anything else stops the run."""

from dataclasses import replace
from datetime import date

import pytest

from personalization.contracts.errors import AccountingError
from personalization.datasets.file_facts import FileFacts
from personalization.pipelines.data_processing.options import Batch
from personalization.pipelines.data_processing.planning import Plan, Taken
from personalization.pipelines.data_processing.published import (
    FileBalance,
    balance_files,
    require_balance,
)
from personalization.pipelines.data_processing.scope import Scope

pytestmark = pytest.mark.spark

NOW = Batch("now", "2026-06-30 12:00:00")
DAY, OTHER_DAY = date(2011, 12, 1), date(2011, 12, 2)
PLACE = "source string, source_file string, interaction_date date"
TYPED = f"{PLACE}, file_version long, row_id string, row_key string, rejected_by string"
REPEATS = f"{PLACE}, row_id string, row_key string, rejected_by string, held_by long"
KEYS = {
    "prm_user_item_interactions": "interaction_id",
    "prm_searches": "search_key",
    "prm_impressions": "impression_id",
    "prm_users": "user_id",
}


def plan_of(**versions):
    """A run that takes one file of each of the sources."""
    facts = FileFacts("now.csv", "/shop/now.csv", 7, "5ba", (), ())
    taken = tuple(Taken(of, replace(facts, version=v), None) for of, v in versions.items())
    return Plan(NOW, taken, (), (), (), {}, "d1", derives_all=False)


def scope_of(*days, described=(), dated=("events", "orders", "search_logs")):
    versions = dict.fromkeys(("users", "products", "events", "orders", "search_logs"), (1,))
    return Scope(frozenset(days), frozenset(described), frozenset(dated), versions, dated_rows=9)


@pytest.fixture
def balance(spark):
    """Balances by source and file, of rows written as words."""

    def found(typed, published, repeats=(), scope=None, plan=None):
        """Typed and repeated: (source, file, id, …); published: table to (source, file, id, …)."""
        tables = {}
        for source in {row[0] for row in typed}:
            data = [row_of(*row)[:7] for row in typed if row[0] == source]
            tables[source] = spark.createDataFrame(data, TYPED)
        primary = {
            name: spark.createDataFrame(
                [published_row(*row) for row in rows],
                f"{PLACE}, batch_id string, {KEYS[name]} string",
            )
            for name, rows in published.items()
        }
        again = [row_of(*row) for row in repeats]
        told = [(*row[:3], *row[4:7], *(row[7:] or (None,))) for row in again]
        repeated = spark.createDataFrame(told, REPEATS)
        return balance_files(
            scope or scope_of(DAY), plan or plan_of(orders=1), tables, primary, repeated
        )

    return found


def row_of(source, file, name, *more):
    day, version, rejected_by, *held_by = (*more, *(DAY, 1, None)[len(more) :])
    return (source, file, day, version, f"id {name}", name, rejected_by, *held_by)


def published_row(source, file, key, batch="before", day=DAY):
    return (source, file, day, batch, key)


MART = "prm_user_item_interactions"
TOLD = [("orders", "a.csv", name) for name in "xyz"]


def in_mart(*names, batch="before", file="a.csv"):
    return [("orders", file, f"id {name}", batch) for name in names]


def test_rows_that_are_there_or_repeat_one_add_up_and_those_of_this_run_are_merged(balance):
    published = {MART: [*in_mart("x", batch="now"), *in_mart("y")]}
    repeats = [("orders", "a.csv", "z")]
    assert balance(TOLD, published, repeats) == {
        ("orders", "a.csv"): FileBalance(told=3, there=2, repeated=1, merged=1, adds_up=True)
    }


@pytest.mark.parametrize(
    ("names", "there"),
    [("xy", 2), ("xyzz", 4), ("xyy", 3), ("xyo", 3)],
    ids=["lost", "twice", "lost and another twice", "lost and a strange one there"],
)
def test_what_is_lost_or_there_twice_does_not_add_up_and_is_told_by_numbers(balance, names, there):
    balances = balance(TOLD, {MART: in_mart(*names)})
    assert balances["orders", "a.csv"] == FileBalance(3, there, 0, 0, adds_up=False)
    told = (
        rf"orders, file a.csv: of 3 good rows 0 repeat another row and {there} are published, "
        "which does not add up row by row"
    )
    with pytest.raises(AccountingError, match=told):
        require_balance(balances)


def test_a_row_lost_in_one_file_is_not_made_up_for_by_another_file(balance):
    told = [("orders", file, name) for file in ("a.csv", "b.csv") for name in "xy"]
    published = {MART: [*in_mart("x"), *in_mart("x", "y", "y", file="b.csv")]}
    balances = balance(told, published)
    assert {file: one.adds_up for (_, file), one in balances.items()} == {
        "a.csv": False,
        "b.csv": False,
    }


def test_a_published_row_that_no_file_tells_does_not_add_up(balance):
    balances = balance(TOLD, {MART: [*in_mart("x", "y", "z"), *in_mart("x", file="gone.csv")]})
    assert balances["orders", "gone.csv"] == FileBalance(0, 1, 0, 0, adds_up=False)
    assert balances["orders", "a.csv"].adds_up


def test_rejected_rows_other_versions_and_other_days_are_not_asked_for(balance):
    told = [
        *TOLD,
        ("orders", "a.csv", "bad", DAY, 1, "price_unreadable"),
        ("orders", "a.csv", "old version", DAY, 2),
        ("orders", "a.csv", "other day", OTHER_DAY),
    ]
    repeats = [("orders", "a.csv", "z"), ("orders", "a.csv", "elsewhere", OTHER_DAY)]
    published = {MART: [*in_mart("x", "y"), ("orders", "a.csv", "id n", "now", OTHER_DAY)]}
    assert balance(told, published, repeats) == {
        ("orders", "a.csv"): FileBalance(3, 2, 1, 0, adds_up=True)
    }


def test_clicks_on_results_have_their_home_among_the_searches(balance):
    searches = [("search_logs", "s.csv", name) for name in ("clicked", "not clicked")]
    published = {
        MART: [("search_logs", "s.csv", "id clicked", "now")],
        "prm_searches": [(*row[:2], f"id {row[2]}", "now") for row in searches],
    }
    assert balance(searches, published) == {
        ("search_logs", "s.csv"): FileBalance(2, 2, 0, 2, adds_up=True)
    }


def test_events_are_at_home_among_interactions_or_impressions(balance):
    events = [("events", "e.csv", name) for name in ("done", "shown")]
    published = {
        MART: [("events", "e.csv", "id done")],
        "prm_impressions": [("events", "e.csv", "id shown", "now")],
    }
    assert balance(events, published) == {
        ("events", "e.csv"): FileBalance(2, 2, 0, 1, adds_up=True)
    }


def test_rows_in_whose_place_a_row_of_this_run_holds_are_counted(balance):
    told = [("orders", file, name) for file in ("a.csv", "b.csv") for name in "wxyz"]
    published = {MART: [*in_mart("x"), *in_mart("w", "x", "y", "z", file="b.csv")]}
    repeats = [
        ("orders", "a.csv", "w", DAY, 1, "key_conflict", 7),
        ("orders", "a.csv", "y", DAY, 1, "superseded", 7),
        ("orders", "a.csv", "z", DAY, 1, "superseded", 6),
    ]
    plans = {"now": plan_of(orders=7, users=6), "never": plan_of(users=7)}
    found = {of: balance(told, published, repeats, plan=plan) for of, plan in plans.items()}
    assert found["now"]["orders", "a.csv"] == FileBalance(4, 1, 3, 0, True, replaced=1)
    assert found["now"]["orders", "b.csv"].replaced == 0
    assert found["never"]["orders", "a.csv"].replaced == 0


def test_users_are_found_by_their_own_name_on_whatever_day_they_came(balance):
    users = [("users", "u.csv", name, OTHER_DAY) for name in ("ann", "bob")]
    users.append(("users", "u.csv", "bob", None))
    published = {"prm_users": [("users", "u.csv", name, "now", None) for name in ("ann", "bob")]}
    repeats = [("users", "u.csv", "bob", OTHER_DAY)]
    balances = balance(users, published, repeats, scope_of(described=["users"], dated=()))
    assert balances == {("users", "u.csv"): FileBalance(3, 2, 1, 2, adds_up=True)}


def test_what_the_run_does_not_derive_is_not_compared(balance):
    assert balance(TOLD, {MART: []}, scope=scope_of(described=["users"])) == {}
    assert balance([("users", "u.csv", "ann")], {"prm_users": []}, scope=scope_of()) == {}


def test_where_all_days_are_derived_all_of_them_are_compared(balance):
    told = [*TOLD, ("orders", "a.csv", "other day", OTHER_DAY)]
    published = {
        MART: [*in_mart("x", "y", "z"), ("orders", "a.csv", "id other day", "b", OTHER_DAY)]
    }
    everything = Scope(None, frozenset(), frozenset(), {"orders": (1,)}, dated_rows=9)
    assert balance(told, published, scope=everything) == {
        ("orders", "a.csv"): FileBalance(4, 4, 0, 0, adds_up=True)
    }
