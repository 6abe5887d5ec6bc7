"""Buying again: how often known users return to buy, after how long, and whether the same items."""

from __future__ import annotations

from typing import Final

import pandas as pd
from matplotlib.figure import Figure
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F  # noqa: N812 - Spark's own custom

from personalization.contracts import columns as c
from personalization.contracts import kinds
from personalization.exploration import figures
from personalization.exploration.frames import (
    cap_counts,
    collect_groups,
    is_kind,
    weighted_quantile,
)
from personalization.exploration.wording import number, percent

BUYING_DAYS: Final = "buying_days"
USERS: Final = "users"
GAP_DAYS: Final = "gap_days"
GAPS: Final = "gaps"
PAIRS: Final = "pairs"
MOST_BUYING_DAYS: Final = 12  # in a figure
DAYS_PER_WEEK: Final = 7
MOST_WEEKS: Final = 26
NOTHING: Final = "No purchases of known users in this shop."


def keep_known_purchases(interactions: DataFrame) -> DataFrame:
    """Purchases whose user is known."""
    return interactions.filter(is_kind(kinds.PURCHASE)).filter(F.col(c.USER_ID).isNotNull())


def count_buying_days(interactions: DataFrame) -> pd.DataFrame:
    """Count known users by the number of days on which they bought.

    Grain: one row per number of days: ``buying_days``, ``users``.
    """
    per_user = keep_known_purchases(interactions).groupBy(c.USER_ID)
    days = per_user.agg(F.count_distinct(c.INTERACTION_DATE).alias(BUYING_DAYS))
    return collect_groups(days.groupBy(BUYING_DAYS).agg(F.count("*").alias(USERS)), BUYING_DAYS)


def count_gaps(interactions: DataFrame) -> pd.DataFrame:
    """Count the gaps between two days on which a known user bought, none in between.

    Grain: one row per length: ``gap_days``, ``gaps``.
    """
    days = keep_known_purchases(interactions).select(c.USER_ID, c.INTERACTION_DATE).distinct()
    before = F.lag(c.INTERACTION_DATE).over(
        Window.partitionBy(c.USER_ID).orderBy(c.INTERACTION_DATE)
    )
    gaps = days.select(F.date_diff(c.INTERACTION_DATE, before).alias(GAP_DAYS)).dropna()
    return collect_groups(gaps.groupBy(GAP_DAYS).agg(F.count("*").alias(GAPS)), GAP_DAYS)


def count_item_repeats(interactions: DataFrame) -> pd.DataFrame:
    """Count pairs of a known user and an item by the number of days on which the user bought it.

    Grain: one row per number of days: ``buying_days``, ``pairs``.
    """
    per_pair = keep_known_purchases(interactions).groupBy(c.USER_ID, c.ITEM_ID)
    days = per_pair.agg(F.count_distinct(c.INTERACTION_DATE).alias(BUYING_DAYS))
    return collect_groups(days.groupBy(BUYING_DAYS).agg(F.count("*").alias(PAIRS)), BUYING_DAYS)


def tell_repeats(buying_days: pd.DataFrame, gaps: pd.DataFrame, items: pd.DataFrame) -> str:
    """How many buyers come back, after how many days, and how many bought items are repeated.

    Args:
        buying_days: of ``count_buying_days``.
        gaps: of ``count_gaps``.
        items: of ``count_item_repeats``.
    """
    if buying_days.empty:
        return NOTHING
    users = buying_days[USERS].sum()
    again = buying_days.loc[buying_days[BUYING_DAYS] > 1, USERS].sum()
    repeated = items.loc[items[BUYING_DAYS] > 1, PAIRS].sum()
    median = weighted_quantile(gaps[GAP_DAYS], gaps[GAPS], 0.5)
    after = f", half of the times within {number(median, 'day')}" if len(gaps) else ""
    return (
        f"Of {number(users, 'known buyer')} {percent(again, users)} bought on more than one day"
        f"{after}. Of {number(items[PAIRS].sum(), 'pair')} of buyer and item "
        f"{percent(repeated, items[PAIRS].sum())} were bought on another day again."
    )


def draw_repeats(buying_days: pd.DataFrame, gaps: pd.DataFrame) -> Figure:
    """Buyers by number of buying days, and days between two of them by week."""
    if buying_days.empty:
        return figures.draw_nothing(NOTHING)
    users = buying_days[USERS].sum()
    again = buying_days.loc[buying_days[BUYING_DAYS] > 1, USERS].sum()
    title = f"{percent(again, users)} of the known buyers came back to buy"
    figure, (by_days, by_weeks) = figures.start_figure(title, 3.0, 2)
    capped = cap_counts(buying_days, BUYING_DAYS, MOST_BUYING_DAYS)
    by_days.bar(capped[BUYING_DAYS], 100 * capped[USERS] / users, color=figures.BLUE)
    figures.label(
        by_days, f"days with a purchase ({MOST_BUYING_DAYS}: or more)", "share of known buyers (%)"
    )
    weeks = (gaps[GAP_DAYS] - 1) // DAYS_PER_WEEK + 1
    by_week = cap_counts(gaps.assign(**{GAP_DAYS: weeks}), GAP_DAYS, MOST_WEEKS)
    by_weeks.bar(by_week[GAP_DAYS], by_week[GAPS], color=figures.GREEN)
    figures.label(by_weeks, f"weeks until the next ({MOST_WEEKS}: or more)", "purchase days")
    figures.count_in_thousands(by_weeks)
    return figure
