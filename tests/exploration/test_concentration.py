"""The long tail of a shop whose items are counted on one hand."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from personalization.exploration import concentration

# Four items with 1 view each and one with 6: 10 views.
COUNTS = pd.DataFrame({"rows": [1, 6], "holders": [4, 1]})


@pytest.mark.spark
def test_items_and_users_are_counted_by_their_interactions(people) -> None:
    items = concentration.count_per(people, "item_id", "view")
    assert items.to_dict("list") == {"rows": [1, 3], "holders": [2, 1]}
    users = concentration.count_per(people, "user_id", "view")
    assert users.to_dict("list") == {"rows": [1, 3], "holders": [1, 1]}  # a stranger is no user


@pytest.mark.spark
def test_a_shop_without_views_says_so(nothing, orders_alone) -> None:
    for shop in (nothing, orders_alone):
        counts = concentration.count_per(shop, "item_id", "view")
        told = concentration.tell_concentration(counts, "item", "views")
        assert told == "No views in this shop that tell the item."
        figure = concentration.draw_concentration(counts, "item", "views")
        assert figure.axes[0].texts[0].get_text() == told
        assert math.isnan(concentration.compute_gini(counts))


def test_the_curve_begins_with_the_most_active_and_ends_with_all() -> None:
    traced = concentration.trace_concentration(COUNTS)
    assert traced["holder_percent"].tolist() == [0, 100 * 1 / 5, 100]
    assert traced["row_percent"].tolist() == [0, 100 * 6 / 10, 100]


def test_a_part_of_equal_holders_counts_in_part() -> None:
    assert concentration.share_of_top(COUNTS, 10) == pytest.approx(60 / 2)
    assert concentration.share_of_top(COUNTS, 60) == pytest.approx(100 * (6 + 2) / 10)


def test_gini_equals_its_definition_by_differences() -> None:
    values = [1, 1, 1, 1, 6]
    mean_difference = sum(abs(a - b) for a in values for b in values) / len(values) ** 2
    expected = mean_difference / (2 * sum(values) / len(values))
    assert concentration.compute_gini(COUNTS) == pytest.approx(expected)
    equal = pd.DataFrame({"rows": [3], "holders": [7]})
    assert concentration.compute_gini(equal) == pytest.approx(0)


def test_the_sentence_has_median_maximum_and_those_with_one() -> None:
    told = concentration.tell_concentration(COUNTS, "item", "views")
    assert told == (
        "5 items with views: the median has 1, the most 6, and 80.0 % have one only. "
        "The first 10 % have 30.0 % of all views (Gini 0.40)."
    )


def test_the_figure_shows_ranks_and_the_share_of_the_first_tenth() -> None:
    figure = concentration.draw_concentration(COUNTS, "item", "views")
    ranks, shares = figure.axes
    assert list(ranks.lines[0].get_xdata()) == [1, 5]
    assert list(ranks.lines[0].get_ydata()) == [6, 1]
    assert figure.get_suptitle() == "10 % of the items have 30 % of the views"
    assert shares.get_xlabel() == "items, the most active first (%)"
