"""Cohorts of buyers, counted by hand."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from personalization.exploration import cohorts
from tests.exploration.marts import mart

JANUARY, FEBRUARY, MARCH = (pd.Timestamp(f"2026-0{month}-01") for month in (1, 2, 3))
# Of 4 buyers of January 2 bought in February and 1 in March; of 1 buyer of March nobody could yet.
COUNTED = pd.DataFrame(
    {
        "cohort": [JANUARY, JANUARY, JANUARY, MARCH],
        "months_after": [0, 1, 2, 0],
        "buyers": [4, 2, 1, 1],
    }
)


def purchases(spark, *rows):
    return mart(spark, *((user, "a", f"2026-{day} 10:00:00", "purchase") for user, day in rows))


@pytest.mark.spark
def test_buyers_belong_to_the_month_of_their_first_purchase(spark) -> None:
    shop = purchases(
        spark,
        *(("u1", "01-03"), ("u1", "01-20"), ("u1", "03-01"), ("u2", "01-31")),
        *(("u3", "02-01"), (None, "01-05"), ("u3", "03-31")),
    )
    assert cohorts.count_cohorts(shop).to_numpy().tolist() == [
        [JANUARY, 0, 2],
        [JANUARY, 2, 1],
        [FEBRUARY, 0, 1],
        [FEBRUARY, 1, 1],
    ]


@pytest.mark.spark
def test_a_month_that_the_shop_s_last_day_cuts_is_left_out(spark) -> None:
    shop = purchases(spark, ("u1", "01-03"), ("u1", "02-27"), ("u2", "02-27"))
    assert cohorts.count_cohorts(shop)["cohort"].tolist() == [JANUARY]
    shop = purchases(spark, ("u1", "01-03"), ("u1", "02-28"))
    assert cohorts.count_cohorts(shop)["months_after"].tolist() == [0, 1]


@pytest.mark.spark
def test_shops_without_cohorts_say_so(nothing, orders_alone, spark) -> None:
    month = purchases(spark, ("u1", "01-03"), ("u1", "01-31"))
    for shop, words in (
        (nothing, cohorts.NOTHING),
        (orders_alone, cohorts.NOTHING),  # its only month is not over
        (month, cohorts.TOO_SHORT),
    ):
        counted = cohorts.count_cohorts(shop)
        assert cohorts.tell_cohorts(counted) == words
        assert cohorts.draw_cohorts(counted).axes[0].texts[0].get_text() == words


def test_months_that_nobody_could_buy_in_are_unknown_and_others_are_zero() -> None:
    retention = cohorts.compute_retention(COUNTED)
    assert retention.index.tolist() == [JANUARY, FEBRUARY, MARCH]
    assert retention.loc[JANUARY].tolist() == [100, 100 * 2 / 4, 100 * 1 / 4]
    assert retention.loc[FEBRUARY].isna().all()
    assert retention.loc[MARCH, 0] == 100
    assert math.isnan(retention.loc[MARCH, 1])
    silent = cohorts.compute_retention(COUNTED.drop(1))
    assert silent.loc[JANUARY].tolist() == [100, 0, 100 * 1 / 4]


def test_the_average_weighs_cohorts_by_their_buyers() -> None:
    counted = pd.DataFrame(
        {
            "cohort": [JANUARY, JANUARY, FEBRUARY, FEBRUARY, MARCH],
            "months_after": [0, 1, 0, 1, 0],
            "buyers": [8, 2, 2, 2, 5],
        }
    )
    average = cohorts.average_retention(counted)
    assert average[1] == pytest.approx(100 * (2 + 2) / (8 + 2))
    # month 2 is seen for January alone, and nobody bought in it
    assert cohorts.tell_cohorts(counted).startswith("15 known buyers in 3 cohorts: 40.0 % of them")
    assert "0.0 % of those whose month 2 after it has been seen" in cohorts.tell_cohorts(counted)


def test_the_map_has_a_row_for_each_cohort_that_has_a_later_month() -> None:
    figure = cohorts.draw_cohorts(COUNTED)
    (axes,) = figure.axes
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["2026-01", "2026-02"]
    assert axes.images[0].get_array()[0].tolist() == [50, 25]
    assert [text.get_text() for text in axes.texts] == ["50", "25"]
