"""Hours and weekdays of a small mart."""

from __future__ import annotations

import pandas as pd
import pytest

from personalization.exploration import days, seasonality

HOURS = pd.DataFrame(
    {
        "interaction_type": ["view", "view", "cart"],
        "weekday": [0, 6, 6],
        "hour": [9, 21, 21],
        "rows": [3, 1, 4],
    }
)


@pytest.mark.spark
def test_interactions_are_counted_by_weekday_and_hour_of_utc(people) -> None:
    hours = seasonality.count_hours(people).set_index(["interaction_type", "weekday", "hour"])
    assert hours["rows"].to_dict() == {
        ("cart", 0, 10): 1,
        ("cart", 2, 10): 1,
        ("purchase", 0, 10): 2,
        ("purchase", 1, 10): 1,
        ("purchase", 2, 9): 1,
        ("return", 1, 10): 1,
        ("view", 0, 10): 3,
        ("view", 0, 20): 1,
        ("view", 2, 10): 1,
    }


@pytest.mark.spark
def test_an_empty_mart_and_one_day_do_not_fail(nothing, orders_alone) -> None:
    empty, single = (seasonality.count_hours(shop) for shop in (nothing, orders_alone))
    assert seasonality.tell_hours(empty) == "No interactions in this shop."
    by_day = days.fill_days(days.count_days(nothing))
    for figure in (seasonality.draw_rhythm(empty, by_day), seasonality.draw_week_of_hours(empty)):
        assert figure.axes[0].texts[0].get_text() == "No interactions in this shop."
    by_day = days.fill_days(days.count_days(orders_alone))
    # 2011-03-01 was a Tuesday
    assert "The busiest hour begins at 09:00 UTC" in seasonality.tell_hours(single)
    assert "Tue is the busiest weekday (100.0 %)" in seasonality.tell_hours(single)
    assert len(seasonality.draw_rhythm(single, by_day).axes) == 2


def test_every_hour_has_a_share_of_its_kind() -> None:
    shares = seasonality.share_hours(HOURS)
    assert shares.index.tolist() == list(range(24))
    assert shares["view"][[9, 21, 3]].tolist() == [100 * 3 / 4, 100 * 1 / 4, 0]
    assert shares["cart"][21] == 100


def test_a_weekday_is_laid_beside_the_mean_day() -> None:
    index = pd.date_range("2026-01-05", periods=8)  # Monday to Monday
    daily = pd.DataFrame({"view": [8, 0, 2, 2, 2, 2, 2, 6]}, index=index)
    averaged = seasonality.average_weekdays(daily)["view"]
    assert averaged[0] == pytest.approx(100 * ((8 + 6) / 2) / (24 / 8))
    assert averaged[1] == 0
    assert averaged.notna().all()
    assert seasonality.average_weekdays(daily.iloc[:2])["view"].isna().sum() == 5


def test_the_busiest_hour_is_that_of_all_kinds_together() -> None:
    told = seasonality.tell_hours(HOURS)
    assert f"begins at 21:00 UTC ({100 * 5 / 8:.1f} % of all" in told
    assert "the quietest at 00:00 (0.0 %)" in told
    assert "Sun is the busiest weekday (62.5 %)" in told


def test_the_heat_map_has_a_cell_for_each_hour_in_thousandths() -> None:
    figure = seasonality.draw_week_of_hours(HOURS)
    cells = figure.axes[0].images[0].get_array()
    assert cells.shape == (7, 24)
    assert cells[6, 21] == 1000 * 5 / 8
    assert cells.sum() == 1000
    assert figure.get_suptitle() == "The week's busiest hour: Sun from 21:00 UTC"
