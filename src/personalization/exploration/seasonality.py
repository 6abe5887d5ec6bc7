"""When a shop is visited: hours of the day and weekdays, UTC."""

from __future__ import annotations

from typing import Final

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812 - Spark's own custom

from personalization.contracts import columns as c
from personalization.exploration import figures
from personalization.exploration.frames import ROWS, collect_groups
from personalization.exploration.overview import NOTHING
from personalization.exploration.wording import percent

WEEKDAY: Final = "weekday"  # from 0, Monday
HOUR: Final = "hour"
HOURS: Final = range(24)
WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def count_hours(interactions: DataFrame) -> pd.DataFrame:
    """Count interactions by kind, weekday and hour.

    Grain: one row per kind, weekday (0 is Monday) and hour (UTC) that occur together.
    Columns: ``interaction_type``, ``weekday``, ``hour``, ``rows``.
    """
    moment = F.col(c.INTERACTION_TS)
    groups = (F.weekday(moment).alias(WEEKDAY), F.hour(moment).alias(HOUR))
    counted = interactions.groupBy(c.INTERACTION_TYPE, *groups).agg(F.count("*").alias(ROWS))
    return collect_groups(counted, c.INTERACTION_TYPE, WEEKDAY, HOUR)


def share_hours(hours: pd.DataFrame) -> pd.DataFrame:
    """Percent of each kind's interactions by hour; every hour has a row, every kind a column."""
    wide = hours.pivot_table(index=HOUR, columns=c.INTERACTION_TYPE, values=ROWS, aggfunc="sum")
    counts = wide.reindex(HOURS).fillna(0)
    return 100 * counts / counts.sum()


def average_weekdays(daily: pd.DataFrame) -> pd.DataFrame:
    """Interactions on a mean day of each weekday, in percent of the mean day of all.

    Days without interactions count, too; a weekday that the shop has none of is NaN.

    Args:
        daily: every day, one column per kind.
    """
    mean = daily.groupby(pd.DatetimeIndex(daily.index).dayofweek).mean()
    return 100 * mean.reindex(range(len(WEEKDAYS))) / daily.mean()


def tell_hours(hours: pd.DataFrame) -> str:
    """The busiest and the quietest hour of all interactions, with their shares."""
    if hours.empty:
        return NOTHING
    by_hour = hours.groupby(HOUR)[ROWS].sum().reindex(HOURS, fill_value=0)
    by_day = hours.groupby(WEEKDAY)[ROWS].sum()
    high, low, all_rows = int(by_hour.idxmax()), int(by_hour.idxmin()), by_hour.sum()
    return (
        f"The busiest hour begins at {high:02}:00 UTC ({percent(by_hour[high], all_rows)} of all "
        f"interactions), the quietest at {low:02}:00 ({percent(by_hour[low], all_rows)}). "
        f"{WEEKDAYS[int(by_day.idxmax())]} is the busiest weekday "
        f"({percent(by_day.max(), all_rows)})."
    )


def draw_lines(axes: Axes, shares: pd.DataFrame) -> None:
    """One line per kind."""
    for kind in (name for name in figures.KIND_COLOURS if name in shares.columns):
        axes.plot(
            *(shares.index, shares[kind]), color=figures.KIND_COLOURS[kind], marker=".", label=kind
        )
    axes.set_ylim(bottom=0)


def draw_rhythm(hours: pd.DataFrame, daily: pd.DataFrame) -> Figure:
    """Each kind's interactions over the day, and over the week."""
    if hours.empty:
        return figures.draw_nothing(NOTHING)
    shares = share_hours(hours)
    high = int(hours.groupby(HOUR)[ROWS].sum().idxmax())
    title = f"Most happens in the hour from {high:02}:00 UTC"
    figure, (of_day, of_week) = figures.start_figure(title, 3.2, 2)
    draw_lines(of_day, shares)
    figures.label(of_day, "hour of the day (UTC)", "share of the kind (%)", "over the day")
    of_day.set_xticks(range(0, len(HOURS), 3))
    draw_lines(of_week, average_weekdays(daily))
    of_week.axhline(100, color=figures.GREY, linewidth=0.8, linestyle=":")
    of_week.set_xticks(range(len(WEEKDAYS)), WEEKDAYS)
    figures.label(of_week, "weekday (UTC)", "percent of a mean day", "over the week")
    keys = of_day.get_legend_handles_labels()
    figure.legend(*keys, loc="outside lower center", ncols=5, frameon=False, fontsize=9)
    return figure


def draw_week_of_hours(hours: pd.DataFrame) -> Figure:
    """All interactions by weekday and hour, in thousandths of the whole."""
    if hours.empty:
        return figures.draw_nothing(NOTHING)
    wide = hours.pivot_table(index=WEEKDAY, columns=HOUR, values=ROWS, aggfunc="sum")
    wide = wide.reindex(index=range(len(WEEKDAYS)), columns=HOURS).fillna(0)
    day, hour = divmod(int(wide.to_numpy().argmax()), len(HOURS))
    title = f"The week's busiest hour: {WEEKDAYS[day]} from {hour:02}:00 UTC"
    figure, (axes,) = figures.start_figure(title, 2.6)
    figures.draw_heat(axes, (1000 * wide / hours[ROWS].sum()).set_axis(WEEKDAYS), decimals=0)
    axes.set_xlabel("hour of the day (UTC); numbers: thousandths of all interactions", fontsize=9)
    return figure
