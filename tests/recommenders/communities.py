"""The shop that all models are tried on: two communities that share no item."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from personalization.recommenders import Als, AlsOptions, Popularity, Recommender

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

# (user, item, moment in ISO 8601, weight)
Row = tuple[str | None, str | None, str, float]

NOON = "2024-03-01T12:00:00"
USERS_PER_COMMUNITY = 12
ITEMS_PER_COMMUNITY = 6
SMALL = AlsOptions(factors=2, alpha=4.0, regularization=5.0, confidence="count")

MODELS: dict[str, Callable[[], Recommender]] = {
    "popularity": Popularity,
    "als_implicit": partial(Als, SMALL),
    "als_mllib": partial(Als, replace(SMALL, backend="mllib")),
}


def build_frame(spark: SparkSession, rows: Iterable[Row]) -> DataFrame:
    users, items, moments, weights = zip(*rows, strict=True)
    return spark.createDataFrame(
        pa.table(
            {
                "user_id": pa.array(users, pa.string()),
                "item_id": pa.array(items, pa.string()),
                "interaction_ts": pa.array(
                    np.array(moments, dtype="datetime64[us]"), pa.timestamp("us", "UTC")
                ),
                "weight": pa.array(weights, pa.float64()),
            }
        )
    )


def withheld_item(user: str) -> str:
    """The one item of their community that a user does not have: every item lacks two users."""
    return f"{user[0]}-item{int(user[1:]) % ITEMS_PER_COMMUNITY}"


def community_rows() -> list[Row]:
    """Each user has all items of the community but one; some pairs come twice."""
    rows: list[Row] = []
    for community in "ab":
        items = [f"{community}-item{n}" for n in range(ITEMS_PER_COMMUNITY)]
        for number in range(USERS_PER_COMMUNITY):
            user = f"{community}{number}"
            rows += [(user, item, NOON, 1.0) for item in items if item != withheld_item(user)]
    # half the weight twice is the weight once
    return [*rows[1:], *(2 * [(rows[0][0], rows[0][1], NOON, 0.5)])]
