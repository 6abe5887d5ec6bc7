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
    weighted_quantile,
)
from personalization.exploration.wording import number, percent

SESSIONS: Final = "sessions"
BUYING: Final = "buying_sessions"
MINUTES: Final = "minutes"
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


def rate_by_length(lengths: pd.DataFrame) -> pd.DataFrame:
    """Visits and the percent that buys by number of interactions; the last row holds longer ones.

    Columns: ``rows`` from 1 to 20, ``sessions``, ``buying_percent`` (NaN without sessions).
    """
    capped = cap_counts(lengths[[ROWS, SESSIONS, BUYING]], ROWS, MOST_ROWS)
    rate = 100 * capped[BUYING] / capped[SESSIONS].where(capped[SESSIONS] > 0)
    return capped[[ROWS, SESSIONS]].assign(buying_percent=rate)


def draw_lengths(lengths: pd.DataFrame) -> Figure:
    """Visits by interactions, by minutes, and the share that buys by interactions."""
    if lengths.empty:
        return figures.draw_nothing(NOTHING)
    sessions = lengths[SESSIONS].sum()
    title = (
        f"{percent(lengths[BUYING].sum(), sessions)} of the visits buy; longer ones do more often"
    )
    rated = rate_by_length(lengths)
    buys = rated["buying_percent"].dropna()
    if buys.empty or buys.iloc[0] >= buys.iloc[-1]:
        title = f"{percent(lengths[BUYING].sum(), sessions)} of the visits buy"
    figure, (by_rows, by_minutes, buying) = figures.start_figure(title, 3.0, 3)
    by_rows.bar(rated[ROWS], 100 * rated[SESSIONS] / sessions, color=figures.BLUE)
    figures.label(by_rows, f"interactions ({MOST_ROWS}: or more)", "share of visits (%)")
    lasting = lengths.assign(**{MINUTES: lengths[MINUTES] + 1})[[MINUTES, SESSIONS]]
    minutes = cap_counts(lasting, MINUTES, MOST_MINUTES)
    by_minutes.bar(minutes[MINUTES], 100 * minutes[SESSIONS] / sessions, 1, color=figures.BLUE)
    figures.label(by_minutes, f"up to … minutes ({MOST_MINUTES}: or longer)", "share of visits (%)")
    buying.plot(rated[ROWS], rated["buying_percent"], color=figures.GREEN, marker=".")
    buying.set_ylim(bottom=0)
    figures.label(buying, f"interactions ({MOST_ROWS}: or more)", "visits that buy (%)")
    return figure
