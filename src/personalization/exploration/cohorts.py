"""Cohorts: of those who first bought in a month, how many buy in the months after."""

from __future__ import annotations

from typing import Final

import pandas as pd
from matplotlib.figure import Figure
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F  # noqa: N812 - Spark's own custom

from personalization.contracts import columns as c
from personalization.exploration import figures
from personalization.exploration.frames import collect_groups
from personalization.exploration.repeats import NOTHING, keep_known_purchases
from personalization.exploration.wording import number

COHORT: Final = "cohort"
MONTHS_AFTER: Final = "months_after"
BUYERS: Final = "buyers"
TOO_SHORT: Final = "Less than two full months in this shop, so no month after the first one."


def count_cohorts(interactions: DataFrame) -> pd.DataFrame:
    """Count known buyers by the month of their first purchase and the months after it.

    The last month is left out unless the shop's last day with an interaction ends it: those who
    have not bought in it may still do.

    Grain: one row per cohort and month with a buyer.
    Columns: ``cohort`` (first day of the month, UTC), ``months_after``, ``buyers`` in that month.
    """
    month = F.trunc(c.INTERACTION_DATE, "month")
    last = interactions.agg(F.max(c.INTERACTION_DATE).alias("last_date"))
    bought = keep_known_purchases(interactions).select(c.USER_ID, month.alias("month")).distinct()
    first = F.min("month").over(Window.partitionBy(c.USER_ID))
    after = F.months_between("month", COHORT).cast("int")
    complete = F.last_day("month") <= F.col("last_date")
    counted = (
        bought.withColumn(COHORT, first)
        .crossJoin(F.broadcast(last))
        .filter(complete)
        .groupBy(COHORT, after.alias(MONTHS_AFTER))
        .agg(F.count("*").alias(BUYERS))
    )
    return collect_groups(counted, COHORT, MONTHS_AFTER)


def compute_retention(cohorts: pd.DataFrame) -> pd.DataFrame:
    """Percent of each cohort that buys in each month after its first; NaN beyond the last month.

    Grain: one row per cohort (first day of its month); one column per number of months after.
    """
    wide = cohorts.pivot_table(index=COHORT, columns=MONTHS_AFTER, values=BUYERS, aggfunc="sum")
    if cohorts.empty:
        return wide
    cohort_months = pd.period_range(wide.index.min(), wide.index.max(), freq="M").to_timestamp()
    months = pd.PeriodIndex(cohorts[COHORT], freq="M") + cohorts[MONTHS_AFTER].to_numpy()
    last = months.max()
    first = pd.Period(cohort_months[0], freq="M")
    wide = wide.reindex(index=cohort_months, columns=range((last - first).n + 1))
    for start in wide.index:
        seen = (last - pd.Period(start, freq="M")).n
        wide.loc[start] = wide.loc[start].where(wide.columns > seen, wide.loc[start].fillna(0))
    size = wide[0]
    return 100 * wide.div(size.where(size > 0), axis="index")


def average_retention(cohorts: pd.DataFrame) -> pd.Series:
    """Percent of buyers who buy in each month after their first, of all cohorts seen so long.

    Indexed by months after the first, from 1.
    """
    retention = compute_retention(cohorts)
    if retention.empty:
        return pd.Series(dtype=float)
    sizes = cohorts[cohorts[MONTHS_AFTER] == 0].set_index(COHORT)[BUYERS].reindex(retention.index)
    later = retention.drop(columns=0)
    weights = later.notna().mul(sizes.fillna(0), axis="index")
    return later.fillna(0).mul(weights).sum() / weights.sum()


def tell_cohorts(cohorts: pd.DataFrame) -> str:
    """How many cohorts, and how many of their buyers buy in the next month and at the end."""
    if cohorts.empty:
        return NOTHING
    average = average_retention(cohorts).dropna()
    if average.empty:
        return TOO_SHORT
    first = cohorts[cohorts[MONTHS_AFTER] == 0]
    last = int(average.index[-1])
    return (
        f"{number(first[BUYERS].sum(), 'known buyer')} in {number(len(first), 'cohort')}: "
        f"{average.iloc[0]:.1f} % of them buy in the month after their first, and "
        f"{average.iloc[-1]:.1f} % of those whose month {last} after it has been seen buy then."
    )


def draw_cohorts(cohorts: pd.DataFrame) -> Figure:
    """The share of each cohort that buys in each month after its first."""
    if cohorts.empty or average_retention(cohorts).dropna().empty:
        return figures.draw_nothing(tell_cohorts(cohorts))
    later = compute_retention(cohorts).drop(columns=0).iloc[:-1]
    named = later.set_axis([f"{month:%Y-%m}" for month in later.index])
    average = average_retention(cohorts).iloc[0]
    title = f"{average:.0f} % of new buyers buy again in the month after"
    figure, (axes,) = figures.start_figure(title, 1.0 + 0.28 * len(later))
    figures.draw_heat(axes, named, decimals=0)
    axes.set_xlabel("months after the first purchase; numbers: percent of the cohort", fontsize=9)
    axes.set_ylabel("month of the first purchase", fontsize=9)
    return figure
