"""Days that differ from their neighbours are found, and others are not."""

from __future__ import annotations

import numpy as np
import pandas as pd

from personalization.exploration import unusual_days

N_DAYS = 70


def counts(**changed: int) -> pd.DataFrame:
    """Ten weeks of 100 views a day and 200 on Sundays, a little noise; ``d9=5`` sets day 9."""
    index = pd.date_range("2026-01-05", periods=N_DAYS)  # a Monday
    views = np.where(index.dayofweek == 6, 200, 100) + np.arange(N_DAYS) % 5
    for name, value in changed.items():
        views[int(name.removeprefix("d"))] = value
    return pd.DataFrame({"view": views, "cart": 1}, index=index)


def unusual(daily: pd.DataFrame) -> list[int]:
    judged = unusual_days.judge_days(daily)
    return [place for place, flag in enumerate(judged["is_unusual"]) if flag]


def test_a_weekday_is_expected_to_be_as_the_same_weekday_around() -> None:
    index = pd.date_range("2026-01-05", periods=22)
    series = pd.Series(range(22), index=index, dtype=float)
    # day 7 has neighbours 0, 14 and 21
    assert unusual_days.expect_days(series).iloc[7] == 14
    assert np.isnan(unusual_days.expect_days(series.iloc[:14]).iloc[0])  # one neighbour only


def test_a_shop_s_rhythm_is_not_unusual_and_days_far_off_are() -> None:
    assert unusual(counts()) == []
    assert unusual(counts(d20=10, d41=900)) == [20, 41]
    # a Sunday with as much as any weekday
    assert unusual(counts(d34=100)) == [34]


def test_a_silent_day_is_unusual() -> None:
    assert unusual(counts(d30=0)) == [30]


def test_the_sentence_names_days_with_what_was_expected() -> None:
    told = unusual_days.tell_unusual_days(unusual_days.judge_days(counts(d20=10)))
    # the third Sunday; Sundays around hold 200 + day % 5
    expected = np.median([200 + day % 5 for day in (6, 13, 27, 34, 41, 48)])
    assert told == (
        f"1 day of {N_DAYS} differs from the same weekday in the weeks around, the first: "
        f"2026-01-25 (10 instead of {expected:,.0f})."
    )
    calm = unusual_days.tell_unusual_days(unusual_days.judge_days(counts()))
    assert calm == f"None of {N_DAYS} days differs from its neighbours."


def test_unusual_days_are_dots() -> None:
    judged = unusual_days.judge_days(counts(d20=10, d41=900))
    figure = unusual_days.draw_unusual_days(judged)
    assert list(figure.axes[0].lines[2].get_ydata()) == [10, 900]
    assert figure.get_suptitle().startswith("2 days far from")


def test_shops_that_are_too_short_say_so() -> None:
    for daily in (counts()[:1], counts()[:0], counts()[:7]):
        judged = unusual_days.judge_days(daily)
        assert unusual_days.tell_unusual_days(judged) == unusual_days.TOO_SHORT
        figure = unusual_days.draw_unusual_days(judged)
        assert figure.axes[0].texts[0].get_text() == unusual_days.TOO_SHORT
