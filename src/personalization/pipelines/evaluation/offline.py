"""Offline evaluation in Spark: what was relevant, how each user was served, and the sums."""

# Annotations are evaluated here: Kedro reads a node's type hints to build its options.
from collections.abc import Sequence
from typing import Final

from pyspark.sql import Column, DataFrame, Row, Window
from pyspark.sql import functions as F  # noqa: N812 - the name every Spark reader knows

from personalization.contracts import columns as c
from personalization.contracts.errors import EmptyWindowError
from personalization.metrics import frames, ranking
from personalization.pipelines.evaluation.options import MetricOptions

ALL: Final = "all"
NEW: Final = "new"
PROTOCOLS: Final = (ALL, NEW)
TIMESTAMP_FORMAT: Final = "yyyy-MM-dd'T'HH:mm:ss'Z'"

_BEFORE: Final = "bought_before"


def find_relevant_items(input_train: DataFrame, input_test: DataFrame) -> DataFrame:
    """List what a good recommendation would have named, under both protocols.

    Protocol ``all``: items that the user bought in the test window and that anyone bought in the
    training window. Protocol ``new``: the same without what that user had bought in training.
    Users without a purchase in training are left out: no model can know them.

    Grain: one row per (protocol, user, item), distinct.
    Requires: ``user_id``, ``item_id`` in both frames, no nulls.
    Adds: ``protocol``.

    Raises:
        EmptyWindowError: no user has a relevant item.
    """
    pair = [c.USER_ID, c.ITEM_ID]
    before = input_train.select(*pair).distinct()
    protocols = F.when(F.col(_BEFORE), F.array(F.lit(ALL))).otherwise(F.lit([ALL, NEW]))
    relevant = (
        input_test.select(*pair)
        .distinct()
        .join(before.select(c.USER_ID).distinct(), c.USER_ID, how="left_semi")
        .join(before.select(c.ITEM_ID).distinct(), c.ITEM_ID, how="left_semi")
        .join(before.withColumn(_BEFORE, F.lit(True)), pair, how="left")  # noqa: FBT003 - a value
        .select(F.explode(protocols).alias(c.PROTOCOL), *pair)
    )
    # An action, on purpose: an empty window must stop the run before it overwrites a result.
    if relevant.isEmpty():
        raise EmptyWindowError(
            "input_test: no user of the training window bought a known item in the test window. "
            "Lengthen or move the windows: 'training.windows' in conf/<env>/parameters."
        )
    return relevant


def score_users(
    recommendations: DataFrame, relevant: DataFrame, options: MetricOptions
) -> DataFrame:
    """Metrics of every evaluated user under every model and protocol.

    Grain: one row per (model, protocol, user_id, k).
    Requires: as ``personalization.metrics.frames.per_user_metrics``.
    Adds: ``precision``, ``recall``, ``average_precision``, ``ndcg``, ``n_relevant``.
    """
    return frames.per_user_metrics(recommendations, relevant, options.ks)


def describe_windows(input_train: DataFrame, input_test: DataFrame) -> dict[str, dict[str, object]]:
    """First and last purchase (UTC) and number of purchases of both windows, as evaluated.

    An empty window has null moments and 0 purchases.
    """
    named = [
        frame.select(F.lit(name).alias("window"), c.INTERACTION_TS)
        for name, frame in (("train", input_train), ("test", input_test))
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
