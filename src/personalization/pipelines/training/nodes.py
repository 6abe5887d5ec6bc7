"""The nodes of training."""

from datetime import UTC, datetime, timedelta

import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812 - Spark's own custom

from personalization.contracts import columns as c
from personalization.contracts.errors import EmptyWindowError
from personalization.metrics.relevance import ALL, PROTOCOLS
from personalization.pipelines.training.candidates import (
    ALS,
    POPULARITY,
    RECENT_POPULARITY,
    distinct_users,
    fit_models,
    list_items,
)
from personalization.pipelines.training.options import Lists, RunStamp, Signals, Windows
from personalization.pipelines.training.splits import only_purchases, split_interactions
from personalization.pipelines.training.tuning import tune_als
from personalization.recommenders import AlsOptions, Recommender, SeenItems
from personalization.recommenders.interactions import as_ids
from personalization.spark.build import active_session

__all__ = [
    "fit_holdout_models",
    "fit_models_on_all",
    "recommend_for_all_users",
    "recommend_for_holdout",
    "split_interactions",
    "tune_als",
]


def fit_holdout_models(
    signals: DataFrame, windows: Windows, options: Signals, als: AlsOptions
) -> dict[str, Recommender]:
    """Fit the models that are evaluated: they know nothing of the test window."""
    return fit_models(signals, windows.test, options, als)


def fit_models_on_all(
    signals: DataFrame, options: Signals, als: AlsOptions
) -> dict[str, Recommender]:
    """Fit the models that serve: they know everything up to the newest interaction.

    Raises:
        EmptyWindowError: there is no interaction of a known user.
    """
    newest = signals.agg(F.max(F.greatest(c.INTERACTION_TS, c.KNOWN_AT)).cast("long")).first()
    if newest is None or newest[0] is None:
        raise EmptyWindowError("prm_user_item_interactions: no interaction of a known user.")
    after_newest = datetime.fromtimestamp(newest[0], UTC) + timedelta(seconds=1)
    return fit_models(signals, after_newest, options, als)


def name_models(
    popularity: Recommender, recent_popularity: Recommender, als: Recommender
) -> dict[str, Recommender]:
    """The models by the names under which they are compared."""
    return {POPULARITY: popularity, RECENT_POPULARITY: recent_popularity, ALS: als}


def recommend_for_holdout(
    train: DataFrame, test: DataFrame, lists: Lists, **models: Recommender
) -> DataFrame:
    """Lists of the evaluated models for users with a purchase before and in the test window.

    Protocol ``all`` lets lists repeat what the user has bought, ``new`` keeps it out.

    Grain: one row per user, model, protocol and rank.
    """
    seen = SeenItems.from_pairs(train)
    buyers = test.select(c.USER_ID).distinct()
    users = as_ids(distinct_users(train.join(buyers, c.USER_ID, how="left_semi")))
    tables = []
    for protocol in PROTOCOLS:
        kept_out = None if protocol == ALL else seen
        table = list_items(name_models(**models), users, lists.length, kept_out)
        labels = pa.array([protocol] * len(table), pa.string())
        tables.append(table.append_column(c.PROTOCOL, labels))
    return active_session().createDataFrame(pa.concat_tables(tables))


def recommend_for_all_users(
    signals: DataFrame, described: DataFrame, lists: Lists, stamp: RunStamp, **models: Recommender
) -> DataFrame:
    """Lists of the serving models for every user there is.

    Grain: one row per user, model and rank.
    """
    users = as_ids(distinct_users(signals, described))
    seen = SeenItems.from_pairs(only_purchases(signals)) if lists.seen == "remove" else None
    table = list_items(name_models(**models), users, lists.length, seen)
    generated_at = F.lit(stamp.generated_at).cast("timestamp")
    return active_session().createDataFrame(table).withColumn(c.GENERATED_AT, generated_at)
