"""Interactions by day: how a shop's volume moves, and days without any."""

from __future__ import annotations

from typing import Final

import pandas as pd
from matplotlib.figure import Figure
from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812 - Spark's own custom

from personalization.contracts import columns as c
from personalization.contracts.kinds import INTERACTION_TYPES
from personalization.exploration import figures
from personalization.exploration.frames import ROWS, collect_groups
from personalization.exploration.wording import listing, number

MACHINE_ROWS: Final = "machine_rows"
DAYS_PER_WEEK: Final = 7
MOST_NAMED: Final = 5
NO_WEEK: Final = "Less than one full week in this shop."


def count_days(interactions: DataFrame) -> pd.DataFrame:
    """Count interactions by day and kind.

    Grain: one row per day (UTC) and kind that occurs on it.
    Columns: ``interaction_date``, ``interaction_type``, ``rows``, ``machine_rows``.
    """
    counted = interactions.groupBy(c.INTERACTION_DATE, c.INTERACTION_TYPE).agg(
        F.count("*").alias(ROWS), F.count_if(F.col(c.IS_BOT)).alias(MACHINE_ROWS)
    )
    return collect_groups(counted, c.INTERACTION_DATE, c.INTERACTION_TYPE)


def fill_days(days: pd.DataFrame, value: str = ROWS) -> pd.DataFrame:
    """The counts with a row for every day from the first to the last, zero where nothing was.

    Args:
        days: of ``count_days``.
        value: column of it.

    Grain: one row per day; one column per kind that the shop records, in the order of a visit.
    """
    wide = days.pivot_table(
        index=c.INTERACTION_DATE, columns=c.INTERACTION_TYPE, values=value, aggfunc="sum"
    )
    if days.empty:
        return wide
    every_day = pd.date_range(wide.index.min(), wide.index.max(), name=c.INTERACTION_DATE)
    recorded = [kind for kind in INTERACTION_TYPES if kind in wide.columns]
    return wide[recorded].reindex(every_day).fillna(0).astype(int)


def most_frequent(counts: pd.DataFrame) -> str:
    """The kind with the most interactions; of equals the first."""
    return str(counts.sum().idxmax())


def sum_weeks(daily: pd.DataFrame) -> pd.DataFrame:
    """Full weeks of ``fill_days``, by their Monday; weeks cut by the first or last day are out."""
    if daily.empty:
        return daily
    days = pd.DatetimeIndex(daily.index)
    monday = days - pd.to_timedelta(days.dayofweek, unit="D")
    grouped = daily.groupby(monday)
    return grouped.sum()[grouped.size() == DAYS_PER_WEEK]


def find_missing_days(daily: pd.DataFrame) -> pd.DataFrame:
    """Days on which a kind is missing that the shop records.

    Grain: one row per kind: ``interaction_type``, ``days`` in all, ``missing`` of them, the longest
    row of them in ``longest_gap_days``, and its first day in ``longest_gap_from`` (NaT: no gap).
    """
    rows = []
    for kind in daily.columns:
        empty = daily[kind] == 0
        runs = empty.ne(empty.shift()).cumsum()[empty]
        sizes = runs.value_counts().sort_index()
        longest = sizes.idxmax() if len(sizes) else None
        start = runs.index[runs == longest][0] if longest is not None else pd.NaT
        rows.append(
            (kind, len(daily), int(empty.sum()), int(sizes.max()) if len(sizes) else 0, start)
        )
    names = [c.INTERACTION_TYPE, "days", "missing", "longest_gap_days", "longest_gap_from"]
    return pd.DataFrame(rows, columns=names)


def tell_missing_days(daily: pd.DataFrame) -> str:
    """Days without any interaction, and kinds that miss days."""
    if daily.empty:
        return "No days in this shop."
    silent = daily.index[daily.sum(axis="columns") == 0]
    named = [f"{day:%Y-%m-%d}" for day in silent[:MOST_NAMED]]
    more = f" and {len(silent) - MOST_NAMED} more" if len(silent) > MOST_NAMED else ""
    which = f": {', '.join(named)}{more}" if named else ""
    kinds = find_missing_days(daily)
    partly = [
        f"{kind} on {missing}"
        for kind, missing in zip(kinds[c.INTERACTION_TYPE], kinds["missing"], strict=True)
        if missing
    ]
    also = f" Kinds that are missing on some days: {listing(partly)}." if partly else ""
    return f"{number(len(silent), 'day')} of {len(daily):,} without any interaction{which}.{also}"


def tell_weeks(daily: pd.DataFrame) -> str:
    """The busiest and the quietest full week of the most frequent kind."""
    weeks = sum_weeks(daily)
    if weeks.empty:
        return NO_WEEK
    of_kind = weeks[most_frequent(weeks)]
    high, low = pd.Timestamp(of_kind.idxmax()), pd.Timestamp(of_kind.idxmin())
    return (
        f"The busiest week by {of_kind.name} began on {high:%Y-%m-%d} ({of_kind.max():,}), the "
        f"quietest on {low:%Y-%m-%d} ({of_kind.min():,}); the median is {of_kind.median():,.0f}."
    )


def draw_weeks(daily: pd.DataFrame) -> Figure:
    """Interactions of each full week, one panel per kind with a scale of its own from zero."""
    weeks = sum_weeks(daily)
    if weeks.empty:
        return figures.draw_nothing(NO_WEEK)
    busiest = pd.Timestamp(weeks[most_frequent(weeks)].idxmax())
    title = f"The busiest week began on {busiest:%Y-%m-%d}"
    n_kinds = len(weeks.columns)
    figure, panels = figures.start_figure(title, 0.7 + 1.15 * n_kinds, rows=n_kinds, share_x=True)
    for axes, kind in zip(panels, weeks.columns, strict=True):
        axes.axvline(busiest, color=figures.GREY, linestyle=":")  # type: ignore[arg-type]
        axes.plot(weeks.index, weeks[kind], color=figures.KIND_COLOURS[kind], marker=".")
        figures.label(axes, "", "per week", kind)
        figures.count_in_thousands(axes)
        axes.set_ylim(bottom=0)
    panels[-1].set_xlabel("week, by its Monday (UTC)", fontsize=9)
    return figure
