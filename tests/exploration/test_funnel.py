"""Stages of visits, counted by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from personalization.exploration import funnel
from tests.exploration.marts import mart


@pytest.mark.spark
def test_a_stage_counts_what_has_reached_the_stages_before(people) -> None:
    counted = funnel.count_funnel(people).set_index("grain")
    stages = ["units", "view", "cart", "purchase", "bought"]
    # visits s1 to s5: s1, s2 and s4 look; s1 and s4 use the cart; s1 buys; s3 and s5 buy unseen
    assert counted.loc["visits", stages].tolist() == [5, 3, 2, 1, 3]
    # items: s1-a, s1-b, s2-a, s3-a, s4-c, s5-a; b was bought without a cart
    assert counted.loc["items of visits", stages].tolist() == [6, 4, 2, 1, 4]


@pytest.mark.spark
def test_order_of_time_within_a_visit_does_not_matter(spark) -> None:
    rows = [
        ("u1", "a", "2026-01-05 10:00:00", "purchase", "s1"),
        ("u1", "a", "2026-01-05 10:00:00", "cart", "s1"),
        ("u1", "a", "2026-01-05 10:00:05", "view", "s1"),
    ]
    assert funnel.count_funnel(mart(spark, *rows))["purchase"].tolist() == [1, 1]


@pytest.mark.spark
def test_a_cart_that_nobody_looked_into_reaches_no_stage(spark) -> None:
    rows = [
        ("u1", "a", "2026-01-05 10:00:00", kind, "s1") for kind in ("cart", "purchase", "purchase")
    ]
    counted = funnel.count_funnel(mart(spark, *rows)).set_index("grain")
    assert counted.loc["visits"].tolist() == [1, 0, 0, 0, 1]


@pytest.mark.spark
def test_shops_without_views_or_visits_say_so(nothing, orders_alone) -> None:
    for shop, words in ((nothing, funnel.NOTHING), (orders_alone, funnel.NO_FUNNEL)):
        counted = funnel.count_funnel(shop)
        assert funnel.tell_funnel(counted) == words
        assert funnel.draw_funnel(counted).axes[0].texts[0].get_text() == words


COUNTED = pd.DataFrame(
    {
        "grain": ["visits", "items of visits"],
        "units": [9, 40],
        "view": [8, 32],
        "cart": [4, 8],
        "purchase": [1, 2],
        "bought": [2, 3],
    }
)


def test_the_sentence_has_the_shares_of_visits() -> None:
    assert funnel.tell_funnel(COUNTED) == (
        "Of 8 visits with a view 50.0 % put something into the cart, and 12.5 % buy; of those with "
        "a cart 25.0 % buy. 1 visit bought without a view or without a cart."
    )


def test_bars_are_shares_of_the_first_stage() -> None:
    figure = funnel.draw_funnel(COUNTED)
    widths = [[bar.get_width() for bar in axes.patches] for axes in figure.axes]
    assert widths == [[100, 100 * 4 / 8, 100 * 1 / 8], [100, 100 * 8 / 32, 100 * 2 / 32]]
    assert figure.get_suptitle() == "12.5 % of the visits with a view buy"
