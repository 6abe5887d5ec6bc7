"""Fitting the models of one moment, and their lists for many users."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812 - Spark's own custom

from personalization.contracts import columns as c
from personalization.pipelines.training.learning import learn_before
from personalization.pipelines.training.options import Signals
from personalization.pipelines.training.splits import only_purchases
from personalization.recommenders import Als, AlsOptions, Popularity, Recommender, SeenItems
from personalization.recommenders.top_k import StrArray

POPULARITY: Final = "popularity"
RECENT_POPULARITY: Final = "recent_popularity"
ALS: Final = "als"
# Why an item stands in a list, in one word for whoever shows it.
REASONS: Final = {
    POPULARITY: "popular",
    RECENT_POPULARITY: "popular_lately",
    ALS: "fits_your_taste",
}


def fit_models(
    signals: DataFrame, cut: datetime, options: Signals, als: AlsOptions
) -> dict[str, Recommender]:
    """Fit every model on what was known before ``cut``."""
    before = learn_before(signals, cut, options).persist()
    purchases = only_purchases(before)
    models: dict[str, Recommender] = {
        POPULARITY: Popularity().fit(purchases),
        RECENT_POPULARITY: Popularity(options.recent_days, cut).fit(purchases),
        ALS: Als(als).fit(before),
    }
    before.unpersist()
    return models


def list_items(
    models: Mapping[str, Recommender], users: StrArray, length: int, seen: SeenItems | None
) -> pa.Table:
    """The lists of all models for ``users``.

    Grain: one row per user, model and rank.
    Columns: ``user_id, rank, item_id, score, model, model_version, reason``.
    """
    tables = []
    for name, model in models.items():
        table = model.recommend(users, length, seen).to_table()
        constants = {c.MODEL: name, c.MODEL_VERSION: model.version(), c.REASON: REASONS[name]}
        for column, value in constants.items():
            table = table.append_column(column, pa.array([value] * len(table), pa.string()))
        tables.append(table)
    return pa.concat_tables(tables)


def distinct_users(*frames: DataFrame) -> list[str]:
    """Ids of all users in any of the frames, in order; one row per user leaves Spark."""
    together = frames[0].select(c.USER_ID)
    for frame in frames[1:]:
        together = together.unionByName(frame.select(c.USER_ID))
    known = together.filter(F.col(c.USER_ID).isNotNull()).distinct()
    return sorted(known.toArrow()[c.USER_ID].to_pylist())
