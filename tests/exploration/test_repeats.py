"""Buying again, counted by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from personalization.exploration import repeats
from tests.exploration.marts import mart


@pytest.mark.spark
def test_days_gaps_and_items_of_known_buyers(people) -> None:
    # u1 bought a and b on 5 January and a on the 7th; u2 bought a on one day
    days = repeats.count_buying_days(people)
    assert days.to_dict("list") == {"buying_days": [1, 2], "users": [1, 1]}
    gaps = repeats.count_gaps(people)
    assert gaps.to_dict("list") == {"gap_days": [2], "gaps": [1]}
    items = repeats.count_item_repeats(people)
    assert items.to_dict("list") == {"buying_days": [1, 2], "pairs": [2, 1]}
    assert repeats.tell_repeats(days, gaps, items) == (
        "Of 2 known buyers 50.0 % bought on more than one day, half of the times within 2 days. "
        "Of 3 pairs of buyer and item 33.3 % were bought on another day again."
    )


@pytest.mark.spark
def test_two_orders_on_one_day_are_one_day_and_no_gap(spark) -> None:
    rows = [
        ("u1", "a", f"2026-01-05 {hour}:00:00", "purchase", None, f"o{hour}") for hour in (10, 12)
    ]
    shop = mart(spark, *rows)
    assert repeats.count_buying_days(shop)["buying_days"].tolist() == [1]
    assert repeats.count_gaps(shop).empty
    assert repeats.count_item_repeats(shop)["buying_days"].tolist() == [1]


@pytest.mark.spark
def test_shops_without_repeats_do_not_fail(nothing, orders_alone) -> None:
    for shop, users in ((nothing, 0), (orders_alone, 1)):
        days, gaps = repeats.count_buying_days(shop), repeats.count_gaps(shop)
        told = repeats.tell_repeats(days, gaps, repeats.count_item_repeats(shop))
        figure = repeats.draw_repeats(days, gaps)
        assert days["users"].sum() == users
        assert (told == repeats.NOTHING) is (users == 0)
        assert len(figure.axes) == (2 if users else 1)


def test_gaps_are_drawn_in_weeks_of_which_the_seventh_day_is_the_last() -> None:
    days = pd.DataFrame({"buying_days": [1, 40], "users": [3, 1]})
    gaps = pd.DataFrame({"gap_days": [1, 7, 8, 400], "gaps": [2, 3, 4, 5]})
    by_days, by_weeks = repeats.draw_repeats(days, gaps).axes
    assert [bar.get_height() for bar in by_days.patches] == [75, *[0] * 10, 25]
    assert [bar.get_height() for bar in by_weeks.patches] == [2 + 3, 4, *[0] * 23, 5]
