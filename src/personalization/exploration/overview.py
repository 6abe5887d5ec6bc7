"""What the mart holds: kinds of interaction, who did them, when."""

from __future__ import annotations

from typing import Final

import pandas as pd
from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812 - Spark's own custom

from personalization.contracts import columns as c
from personalization.exploration.frames import ROWS, collect_groups
from personalization.exploration.wording import listing, number, percent

KNOWN_ROWS: Final = "known_rows"
FIRST: Final = "first"
LAST: Final = "last"
NOTHING: Final = "No interactions in this shop."


def describe_kinds(interactions: DataFrame) -> pd.DataFrame:
    """Rows, users, items, sessions and days of each kind of interaction.

    Grain: one row per kind, the most frequent first.
    Columns: ``interaction_type``, ``rows``, ``known_rows`` (of known users), ``users``, ``items``,
    ``sessions``, ``first`` and ``last`` (days, UTC).
    """
    moment = F.col(c.INTERACTION_DATE)
    described = interactions.groupBy(c.INTERACTION_TYPE).agg(
        F.count("*").alias(ROWS),
        F.count(c.USER_ID).alias(KNOWN_ROWS),
        F.count_distinct(c.USER_ID).alias("users"),
        F.count_distinct(c.ITEM_ID).alias("items"),
        F.count_distinct(c.SESSION_ID).alias("sessions"),
        F.min(moment).alias(FIRST),
        F.max(moment).alias(LAST),
    )
    small = collect_groups(described)
    order = [ROWS, c.INTERACTION_TYPE]
    return small.sort_values(order, ascending=[False, True], ignore_index=True)


def tell_kinds(described: pd.DataFrame) -> str:
    """How many interactions, of which kinds, on which days, and how many of known users."""
    if described.empty:
        return NOTHING
    rows = described[ROWS].sum()
    first, last = described[FIRST].min(), described[LAST].max()
    shares = [
        f"{percent(n, rows)} {kind}"
        for kind, n in zip(described[c.INTERACTION_TYPE], described[ROWS], strict=True)
    ]
    return (
        f"{number(rows, 'interaction')} from {first:%Y-%m-%d} to {last:%Y-%m-%d} "
        f"({number((last - first).days + 1, 'day')}): {listing(shares)}. "
        f"Known users did {percent(described[KNOWN_ROWS].sum(), rows)} of them."
    )
