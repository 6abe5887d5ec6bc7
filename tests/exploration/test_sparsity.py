"""Pairs of user and item that have met, of all that could."""

from __future__ import annotations

import pytest

from personalization.exploration import sparsity

pytestmark = pytest.mark.spark


def test_the_filled_share_is_of_users_times_items_of_the_kind(people) -> None:
    measured = sparsity.measure_sparsity(people).set_index("interaction_type")
    # known views: u1-a (twice), u1-b, u2-c: 3 pairs of 2 users and 3 items
    expected = {
        "users": 2,
        "items": 3,
        "pairs": 3,
        "filled_percent": 100 * 3 / (2 * 3),
        "rows_per_pair": 4 / 3,
        "pairs_per_user": 3 / 2,
    }
    assert measured.loc["view"].to_dict() == expected
    assert measured.index.tolist() == ["purchase", "view", "cart", "return"]
    told = sparsity.tell_sparsity(measured.reset_index())
    assert "50.00 % by view (1.5 items per user)" in told


def test_a_shop_of_strangers_says_so(nothing) -> None:
    assert sparsity.tell_sparsity(sparsity.measure_sparsity(nothing)) == sparsity.NO_USERS
