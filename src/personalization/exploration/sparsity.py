"""How much of the table of users by items is filled: what a recommender has to learn from."""

from __future__ import annotations

from typing import Final

import pandas as pd
from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812 - Spark's own custom

from personalization.contracts import columns as c
from personalization.exploration.frames import ROWS, collect_groups, read_rows
from personalization.exploration.wording import listing

PAIRS: Final = "pairs"
FILLED_PERCENT: Final = "filled_percent"
PAIRS_PER_USER: Final = "pairs_per_user"
NO_USERS: Final = "No interactions of known users in this shop."


def measure_sparsity(interactions: DataFrame) -> pd.DataFrame:
    """Pairs of known user and item by kind of interaction, and their share of all pairs possible.

    Grain: one row per kind, the most pairs first.
    Columns: ``interaction_type``, ``users``, ``items``, ``pairs``, ``filled_percent`` (of users
    times items that occur in the kind), ``rows_per_pair``, ``pairs_per_user``.
    """
    known = interactions.filter(F.col(c.USER_ID).isNotNull())
    pairs = known.groupBy(c.INTERACTION_TYPE, c.USER_ID, c.ITEM_ID).agg(F.count("*").alias(ROWS))
    measured = pairs.groupBy(c.INTERACTION_TYPE).agg(
        F.count_distinct(c.USER_ID).alias("users"),
        F.count_distinct(c.ITEM_ID).alias("items"),
        F.count("*").alias(PAIRS),
        F.sum(ROWS).alias(ROWS),
    )
    small = collect_groups(measured)
    small[FILLED_PERCENT] = 100 * small[PAIRS] / (small["users"] * small["items"])
    small["rows_per_pair"] = small[ROWS] / small[PAIRS]
    small[PAIRS_PER_USER] = small[PAIRS] / small["users"]
    order = [PAIRS, c.INTERACTION_TYPE]
    sorted_pairs = small.drop(columns=ROWS).sort_values(order, ascending=[False, True])
    return sorted_pairs.reset_index(drop=True)


def tell_sparsity(sparsity: pd.DataFrame) -> str:
    """The filled share of each kind, and how many items a mean user has."""
    if sparsity.empty:
        return NO_USERS
    parts = [
        f"{row[FILLED_PERCENT]:.2f} % by {row[c.INTERACTION_TYPE]} "
        f"({row[PAIRS_PER_USER]:.1f} items per user)"
        for row in read_rows(sparsity)
    ]
    return f"Of all pairs of a known user and an item these are seen: {listing(parts)}."
