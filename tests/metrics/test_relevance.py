"""What is relevant under which protocol."""

from __future__ import annotations

import pytest

from personalization.contracts.errors import EmptyWindowError
from personalization.metrics.relevance import find_relevant_items

pytestmark = pytest.mark.spark


def purchases(spark, *pairs):
    """Purchases of (user, item)."""
    values = ", ".join(f"('{user}', '{item}', now(), 1.0D)" for user, item in pairs)
    return spark.sql(f"SELECT * FROM VALUES {values} AS (user_id, item_id, interaction_ts, weight)")


def rows(frame, *names):
    return sorted(tuple(row[name] for name in names) for row in frame.collect())


def test_all_keeps_what_was_bought_before_and_new_leaves_it_out(spark):
    train = purchases(spark, ("u1", "a"), ("u2", "b"))
    test = purchases(spark, ("u1", "a"), ("u1", "b"))

    relevant = find_relevant_items(train, test)

    assert rows(relevant, "protocol", "user_id", "item_id") == [
        ("all", "u1", "a"),
        ("all", "u1", "b"),
        ("new", "u1", "b"),
    ]


def test_users_and_items_that_training_does_not_know_are_left_out(spark):
    train = purchases(spark, ("u1", "a"), ("u2", "b"))
    test = purchases(spark, ("stranger", "a"), ("u1", "launched_later"), ("u2", "b"))

    relevant = find_relevant_items(train, test)

    assert rows(relevant, "protocol", "user_id", "item_id") == [("all", "u2", "b")]


def test_an_item_bought_twice_is_relevant_once(spark):
    train = purchases(spark, ("u1", "a"), ("u1", "a"), ("u2", "b"), ("u3", "b"))
    test = purchases(spark, ("u1", "b"), ("u1", "b"))

    relevant = find_relevant_items(train, test)

    assert rows(relevant, "protocol", "item_id") == [("all", "b"), ("new", "b")]


@pytest.mark.parametrize(
    ("train", "test", "told"),
    [
        ([("u1", "a")], [("u2", "a")], r"No user known from training .* move 'training\.windows'"),
        ([("u1", "a")], [], r"No user known from training .* move 'training\.windows'"),
        ([], [("u1", "a")], r"No known user bought anything before .* Move 'training\.windows'"),
        ([], [], r"no purchase by a known user, .* with a user_id\?"),
    ],
)
def test_nothing_relevant_stops_the_run_and_says_what_to_change(spark, train, test, told):
    frames = [
        purchases(spark, *rows, ("x", "x")).filter("user_id <> 'x'") for rows in (train, test)
    ]
    with pytest.raises(EmptyWindowError, match=told):
        find_relevant_items(*frames)
