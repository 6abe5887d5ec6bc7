"""Kinds of interaction of a small mart, counted by hand."""

from __future__ import annotations

import pytest

from personalization.exploration import overview

pytestmark = pytest.mark.spark


def test_kinds_are_counted_and_strangers_are_no_users(people) -> None:
    described = overview.describe_kinds(people).set_index("interaction_type")
    assert described.index.tolist() == ["view", "purchase", "cart", "return"]
    columns = ["rows", "known_rows", "users", "items", "sessions"]
    assert described[columns].loc["view"].tolist() == [5, 4, 2, 3, 3]
    assert described[columns].loc["return"].tolist() == [1, 1, 1, 1, 0]


def test_the_sentence_has_days_shares_and_known_users(people) -> None:
    told = overview.tell_kinds(overview.describe_kinds(people))
    # January from the 5th has 27 days, February up to the 17th has 17.
    assert told.startswith("12 interactions from 2026-01-05 to 2026-02-17 (44 days): ")
    assert f"{100 * 5 / 12:.1f} % view" in told
    assert told.endswith(f"Known users did {100 * 11 / 12:.1f} % of them.")


def test_an_empty_mart_and_one_day_are_told(nothing, orders_alone) -> None:
    assert overview.tell_kinds(overview.describe_kinds(nothing)) == overview.NOTHING
    assert "(1 day)" in overview.tell_kinds(overview.describe_kinds(orders_alone))
