"""Visits: how long they are, and which of them buy."""

from __future__ import annotations

from typing import Final

import pandas as pd
from matplotlib.figure import Figure
from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812 - Spark's own custom

from personalization.contracts import columns as c
from personalization.contracts import kinds
from personalization.exploration import figures
from personalization.exploration.frames import (
    ROWS,
    cap_counts,
    collect_groups,
    is_kind,
    read_rows,
    weighted_quantile,
)
from personalization.exploration.wording import number, percent

SESSIONS: Final = "sessions"
BUYING: Final = "buying_sessions"
MINUTES: Final = "minutes"
VIEWS: Final = "views"
BUYING_PERCENT: Final = "buying_percent"
MOST_ROWS: Final = 20  # in a figure; longer visits stand together
MOST_MINUTES: Final = 60
LONGEST_ROWS: Final = 200  # longer ones are counted as so long
LONGEST_MINUTES: Final = 1440
NOTHING: Final = "No visits in this shop: nothing tells which interactions belong together."


def count_lengths(interactions: DataFrame) -> pd.DataFrame:
    """Count sessions by number of interactions and by duration; those without a session are out.

    Grain: one row per number of interactions (200 stands for more) and whole minutes from the first
    to the last one (1,440 stands for more).
    Columns: ``rows``, ``minutes``, ``sessions``, ``buying_sessions`` (with a purchase).
    """
    seconds = F.unix_timestamp(F.max(c.INTERACTION_TS)) - F.unix_timestamp(F.min(c.INTERACTION_TS))
    minutes = F.least(F.floor(seconds / 60), F.lit(LONGEST_MINUTES))
    per_session = (
        interactions.filter(F.col(c.SESSION_ID).isNotNull())
        .groupBy(c.SESSION_ID)
        .agg(
            F.least(F.count("*"), F.lit(LONGEST_ROWS)).alias(ROWS),
            minutes.alias(MINUTES),
            F.max(is_kind(kinds.PURCHASE)).alias("buys"),
        )
    )
    counted = per_session.groupBy(ROWS, MINUTES).agg(
        F.count("*").alias(SESSIONS), F.count_if(F.col("buys")).alias(BUYING)
    )
    return collect_groups(counted, ROWS, MINUTES)


def tell_lengths(lengths: pd.DataFrame) -> str:
    """Median visit, visits of one interaction, and how many buy."""
    if lengths.empty:
        return NOTHING
    sessions = lengths[SESSIONS].sum()
    longer = lengths[lengths[ROWS] > 1]
    single = sessions - longer[SESSIONS].sum()
    minutes = weighted_quantile(longer[MINUTES], longer[SESSIONS], 0.5)
    lasting = "" if longer.empty else f"; half of the others end within {minutes + 1:,.0f} minutes"
    return (
        f"{number(sessions, 'visit')}: the median one has "
        f"{number(weighted_quantile(lengths[ROWS], lengths[SESSIONS], 0.5), 'interaction')}, "
        f"{percent(single, sessions)} have one only{lasting}. "
        f"{percent(lengths[BUYING].sum(), sessions)} of the visits buy."
    )


def count_views(interactions: DataFrame) -> pd.DataFrame:
    """Count sessions by views; a purchase is an interaction itself and makes a visit longer.

    Grain: one row per number of views from 1 (200 stands for more).
    Columns: ``views``, ``sessions``, ``buying_sessions`` (with a purchase).
    """
    per_session = (
        interactions.filter(F.col(c.SESSION_ID).isNotNull())
        .groupBy(c.SESSION_ID)
        .agg(
            F.least(F.count_if(is_kind(kinds.VIEW)), F.lit(LONGEST_ROWS)).alias(VIEWS),
            F.max(is_kind(kinds.PURCHASE)).alias("buys"),
        )
    )
    counted = per_session.filter(F.col(VIEWS) > 0).groupBy(VIEWS)
    numbers = (F.count("*").alias(SESSIONS), F.count_if(F.col("buys")).alias(BUYING))
    return collect_groups(counted.agg(*numbers), VIEWS)


def rate_by_views(views: pd.DataFrame) -> pd.DataFrame:
    """Percent of visits that buy by number of views; the last row holds visits with more.

    Columns: ``views`` from 1 to 20, ``buying_percent`` (NaN without sessions).
    """
    capped = cap_counts(views, VIEWS, MOST_ROWS)
    rate = 100 * capped[BUYING] / capped[SESSIONS].where(capped[SESSIONS] > 0)
    return capped[[VIEWS]].assign(**{BUYING_PERCENT: rate})


def title_of_visits(lengths: pd.DataFrame, rated: pd.DataFrame) -> str:
    """How many visits buy, and the number of views with which most do."""
    told = f"{percent(lengths[BUYING].sum(), lengths[SESSIONS].sum())} of the visits buy"
    known = rated.dropna()
    if known.empty or not known[BUYING_PERCENT].max():
        return told
    best = read_rows(known.nlargest(1, BUYING_PERCENT))[0]
    more = " or more" if best[VIEWS] == MOST_ROWS else ""
    views = number(best[VIEWS], "view") + more
    return f"{told}; with {views} {best[BUYING_PERCENT]:.0f} % do, more than with any other number"


def draw_lengths(lengths: pd.DataFrame, views: pd.DataFrame) -> Figure:
    """Visits by interactions, by minutes, and the share that buys by views.

    Args:
        lengths: of ``count_lengths``.
        views: of ``count_views``.
    """
    if lengths.empty:
        return figures.draw_nothing(NOTHING)
    sessions, rated = lengths[SESSIONS].sum(), rate_by_views(views)
    title = title_of_visits(lengths, rated)
    figure, (by_rows, by_minutes, buying) = figures.start_figure(title, 3.0, 3)
    rows = cap_counts(lengths[[ROWS, SESSIONS]], ROWS, MOST_ROWS)
    by_rows.bar(rows[ROWS], 100 * rows[SESSIONS] / sessions, color=figures.BLUE)
    figures.label(by_rows, f"interactions ({MOST_ROWS}: or more)", "share of visits (%)")
    lasting = lengths.assign(**{MINUTES: lengths[MINUTES] + 1})[[MINUTES, SESSIONS]]
    minutes = cap_counts(lasting, MINUTES, MOST_MINUTES)
    by_minutes.bar(minutes[MINUTES], 100 * minutes[SESSIONS] / sessions, 1, color=figures.BLUE)
    figures.label(by_minutes, f"up to … minutes ({MOST_MINUTES}: or longer)", "share of visits (%)")
    buying.plot(rated[VIEWS], rated[BUYING_PERCENT], color=figures.GREEN, marker=".")
    buying.set_ylim(bottom=0)
    if views.empty:
        buying.text(0.5, 0.5, "no views in this shop", ha="center", transform=buying.transAxes)
    figures.label(buying, f"views ({MOST_ROWS}: or more)", "visits that buy (%)")
    return figure
