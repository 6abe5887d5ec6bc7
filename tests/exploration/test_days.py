"""Days and weeks: what is missing, and what the busiest one is."""

from __future__ import annotations

import pandas as pd
import pytest

from personalization.exploration import days


def daily(**kinds: list[int]) -> pd.DataFrame:
    """Counts of days from Sunday 2026-01-04 on."""
    size = len(next(iter(kinds.values())))
    index = pd.date_range("2026-01-04", periods=size, name="interaction_date")
    return pd.DataFrame(kinds, index=index)


@pytest.mark.spark
def test_interactions_are_counted_by_day_and_kind_machines_apart(interactions) -> None:
    counted = days.count_days(interactions).set_index(["interaction_date", "interaction_type"])
    day = pd.Timestamp("2026-02-10")
    assert counted.loc[(day, "view"), ["rows", "machine_rows"]].tolist() == [5, 5]
    assert counted.loc[(day, "purchase"), ["rows", "machine_rows"]].tolist() == [1, 0]
    assert counted["rows"].sum() == 17


@pytest.mark.spark
def test_every_day_has_a_row_and_kinds_stand_in_the_order_of_a_visit(people) -> None:
    filled = days.fill_days(days.count_days(people))
    assert len(filled) == 27 + 17
    assert filled.columns.tolist() == ["view", "cart", "purchase", "return"]
    assert filled.loc["2026-01-06"].tolist() == [0, 0, 0, 0]
    assert filled.loc["2026-01-07"].tolist() == [1, 1, 1, 0]


@pytest.mark.spark
def test_an_empty_mart_and_one_day_do_not_fail(nothing, orders_alone) -> None:
    empty = days.fill_days(days.count_days(nothing))
    assert days.tell_missing_days(empty) == "No days in this shop."
    assert days.find_missing_days(empty).empty
    single = days.fill_days(days.count_days(orders_alone))
    for frame in (empty, single):
        assert days.tell_weeks(frame) == days.NO_WEEK
        assert days.draw_weeks(frame).axes[0].texts[0].get_text() == days.NO_WEEK
    assert days.tell_missing_days(single) == "0 days of 1 without any interaction."


def test_weeks_that_are_cut_by_the_first_or_last_day_are_left_out() -> None:
    # Sunday 4th; Monday 5th to Sunday 11th; Monday 12th and Tuesday 13th
    weeks = days.sum_weeks(daily(view=[100, 1, 2, 3, 4, 5, 6, 7, 100, 100]))
    assert weeks["view"].to_dict() == {pd.Timestamp("2026-01-05"): 1 + 2 + 3 + 4 + 5 + 6 + 7}


def test_the_longest_gap_of_each_kind_is_found() -> None:
    found = days.find_missing_days(daily(view=[1] * 7, cart=[0, 1, 0, 0, 1, 0, 1]))
    assert found.to_dict("records") == [
        *[{**_gap("view", 0, 0), "longest_gap_from": found["longest_gap_from"][0]}],
        {**_gap("cart", 4, 2), "longest_gap_from": pd.Timestamp("2026-01-06")},
    ]
    assert pd.isna(found["longest_gap_from"][0])


def _gap(kind: str, missing: int, longest: int) -> dict[str, object]:
    return {
        "interaction_type": kind,
        "days": 7,
        "missing": missing,
        "longest_gap_days": longest,
    }


def test_days_without_anything_are_named_and_kinds_that_miss_some() -> None:
    told = days.tell_missing_days(daily(view=[1, 0, 2, 2], cart=[1, 0, 0, 2]))
    assert told == (
        "1 day of 4 without any interaction: 2026-01-05. "
        "Kinds that are missing on some days: view on 1 and cart on 2."
    )
    assert "and 1 more." in days.tell_missing_days(daily(view=[1, 0, 0, 0, 0, 0, 0, 1]))


def test_the_busiest_and_the_quietest_week_are_told_and_drawn() -> None:
    counts = daily(view=[0] + [1] * 7 + [5] * 7 + [3] * 7, cart=[0] + [2] * 7 + [0] * 14)
    told = days.tell_weeks(counts)
    assert (
        "The busiest week by view began on 2026-01-12 (35), the quietest on 2026-01-05 (7)" in told
    )
    assert told.endswith("the median is 21.")
    figure = days.draw_weeks(counts)
    assert [list(axes.lines[1].get_ydata()) for axes in figure.axes] == [[7, 35, 21], [14, 0, 0]]
    assert "2026-01-12" in figure.get_suptitle()
