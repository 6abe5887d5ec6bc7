"""Offline evaluation in Spark: how each user was served, the sums, and when it was."""

# Annotations are evaluated here: Kedro reads a node's type hints to build its options.
from collections.abc import Sequence
from typing import Final

from pyspark.sql import Column, DataFrame, Row, Window
from pyspark.sql import functions as F  # noqa: N812 - the name every Spark reader knows

from personalization.contracts import columns as c
from personalization.metrics import frames, ranking
from personalization.pipelines.evaluation.options import MetricOptions

TIMESTAMP_FORMAT: Final = "yyyy-MM-dd'T'HH:mm:ss'Z'"


def score_users(
    recommendations: DataFrame, relevant: DataFrame, options: MetricOptions
) -> DataFrame:
    """Metrics of every evaluated user under every model and protocol.

    Grain: one row per (model, protocol, user_id, k).
    Requires: as ``personalization.metrics.frames.per_user_metrics``.
    Adds: ``precision``, ``recall``, ``average_precision``, ``ndcg``, ``n_relevant``.
    """
    return frames.per_user_metrics(recommendations, relevant, options.ks)


def describe_windows(train: DataFrame, test: DataFrame) -> dict[str, dict[str, object]]:
    """First and last purchase (UTC) and number of purchases of both windows, as evaluated.

    An empty window has null moments and 0 purchases.
    """
    named = [
        frame.select(F.lit(name).alias("window"), c.INTERACTION_TS)
        for name, frame in (("train", train), ("test", test))
    ]
    found: dict[str, dict[str, object]] = {
        name: {"first": None, "last": None, "purchases": 0} for name in ("train", "test")
    }
    grouped = named[0].unionByName(named[1]).groupBy("window")
    for row in grouped.agg(
        F.date_format(F.min(c.INTERACTION_TS), TIMESTAMP_FORMAT).alias("first"),
        F.date_format(F.max(c.INTERACTION_TS), TIMESTAMP_FORMAT).alias("last"),
        F.count(F.lit(1)).alias("purchases"),
    ).collect():
        found[row["window"]] = {name: row[name] for name in ("first", "last", "purchases")}
    return found


def difference_name(baseline: int) -> str:
    """Column of the paired difference to the baseline at that place of the options.

    >>> difference_name(0)
    'difference_0'
    """
    return f"difference_{baseline}"


def subtract_baselines(user_metrics: DataFrame, options: MetricOptions) -> DataFrame:
    """Set each user's headline nDCG against the same user's under each baseline.

    Grain: one row per (model, protocol, user_id, k), as given.
    Requires: ``model``, ``protocol``, ``user_id``, ``k``, ``ndcg``; one row per grain.
    Adds: ``difference_<i>``, double; null at other ``k`` and where the baseline is absent.
    """
    same_user = Window.partitionBy(c.PROTOCOL, c.USER_ID, c.K)
    headline = F.col(c.K) == options.headline_k
    differences = {}
    for place, name in enumerate(options.baselines):
        of_baseline = F.when(headline & (F.col(c.MODEL) == name), F.col(ranking.NDCG))
        base = F.max(of_baseline).over(same_user)
        differences[difference_name(place)] = F.col(ranking.NDCG) - base
    return user_metrics.withColumns(differences)


def moments(names: Sequence[str]) -> list[Column]:
    """Number of values, sum and sum of squares of each column; nulls are left out."""
    sums = []
    for name in names:
        sums.append(F.count(name).alias(f"{name}_n"))
        sums.append(F.sum(name).alias(f"{name}_sum"))
        sums.append(F.sum(F.col(name) * F.col(name)).alias(f"{name}_squares"))
    return sums


def sum_over_users(user_metrics: DataFrame, options: MetricOptions) -> list[Row]:
    """The one aggregate that leaves the cluster: moments per (model, protocol, k).

    Holds ``<name>_n``, ``<name>_sum`` and ``<name>_squares`` of each metric, and of the paired
    difference of headline nDCG to each baseline.
    """
    differences = [difference_name(place) for place, _ in enumerate(options.baselines)]
    return (
        subtract_baselines(user_metrics, options)
        .groupBy(c.MODEL, c.PROTOCOL, c.K)
        .agg(*moments([*ranking.METRICS, *differences]))
        .collect()
    )
