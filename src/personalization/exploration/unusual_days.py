"""Days that differ from their neighbours by more than days of this shop do."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from personalization.exploration import figures
from personalization.exploration.days import most_frequent
from personalization.exploration.wording import listing, number

WEEKS_AROUND: Final = 4
LIMIT: Final = 5.0  # robust standard deviations
SD_PER_MAD: Final = 1.4826  # of a normal distribution
SMALLEST_SD: Final = 0.02  # of the logarithm; steadier shops would flag days that differ by nothing
DAYS_PER_WEEK: Final = 7
MOST_NAMED: Final = 5
ROWS: Final = "rows"
EXPECTED: Final = "expected"
IS_UNUSUAL: Final = "is_unusual"
TOO_SHORT: Final = "Less than three weeks in this shop: nothing tells which days are unusual."


def expect_days(counts: pd.Series) -> pd.Series:
    """Median of the same weekday in the four weeks before and after; NaN of less than two days."""
    shifts = [n for n in range(-WEEKS_AROUND, WEEKS_AROUND + 1) if n]
    around = pd.concat([counts.shift(n * DAYS_PER_WEEK) for n in shifts], axis="columns")
    return around.median(axis="columns").where(around.notna().sum(axis="columns") > 1)


def judge_days(daily: pd.DataFrame) -> pd.DataFrame:
    """Judge each day by the most frequent kind.

    A day is unusual if the logarithm of its count (plus one) is further from the expected one than
    five standard deviations, told robustly by the median of the absolute distances.

    Args:
        daily: every day, one column per kind, as ``fill_days`` gives it.

    Grain: one row per day: ``rows``, ``expected`` (NaN where neighbours are missing),
    ``is_unusual``.
    """
    if daily.empty:
        return pd.DataFrame({ROWS: [], EXPECTED: [], IS_UNUSUAL: []}, index=daily.index)
    counts = daily[most_frequent(daily)]
    expected = expect_days(counts)
    distance = np.log1p(counts) - np.log1p(expected)
    usual = distance.abs().dropna().median()
    spread = SMALLEST_SD if np.isnan(usual) else max(SD_PER_MAD * float(usual), SMALLEST_SD)
    flagged = distance.abs() > LIMIT * spread
    return pd.DataFrame({ROWS: counts, EXPECTED: expected, IS_UNUSUAL: flagged})


def tell_unusual_days(judged: pd.DataFrame) -> str:
    """How many days are unusual, and the first of them."""
    known = judged[judged[EXPECTED].notna()]
    if known.empty:
        return TOO_SHORT
    unusual = known[known[IS_UNUSUAL].astype(bool)]
    if unusual.empty:
        return f"None of {number(len(known), 'day')} differs from its neighbours."
    named = [
        f"{day:%Y-%m-%d} ({rows:,} instead of {expected:,.0f})"
        for day, rows, expected in zip(
            pd.DatetimeIndex(unusual.index), unusual[ROWS], unusual[EXPECTED], strict=True
        )
    ][:MOST_NAMED]
    verb = "differs" if len(unusual) == 1 else "differ"
    return (
        f"{number(len(unusual), 'day')} of {len(known):,} {verb} from the same weekday in the "
        f"weeks around, the first: {listing(named)}."
    )


def draw_unusual_days(judged: pd.DataFrame) -> Figure:
    """The counts of every day, what was expected, and days that are unusual."""
    if judged[EXPECTED].notna().sum() == 0:
        return figures.draw_nothing(TOO_SHORT)
    unusual = judged[judged[IS_UNUSUAL].astype(bool)]
    title = f"{number(len(unusual), 'day')} far from the same weekday in the weeks around"
    figure, (axes,) = figures.start_figure(title, 3.0)
    axes.plot(judged.index, judged[EXPECTED], color=figures.GREY, linewidth=3, alpha=0.5)
    axes.plot(judged.index, judged[ROWS], color=figures.BLUE, linewidth=1)
    axes.plot(unusual.index, unusual[ROWS], "o", color=figures.RED)
    axes.set_ylim(bottom=0)
    figures.label(axes, "day (UTC); grey: expected, dots: unusual", "per day")
    figures.count_in_thousands(axes)
    return figure
