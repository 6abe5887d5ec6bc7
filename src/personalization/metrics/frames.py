"""The ranking metrics over Spark tables, in built-in expressions; equal to the NumPy reference.

Definitions, ranges and papers: ``personalization.metrics.ranking``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pyspark.sql import Window
from pyspark.sql import functions as F  # noqa: N812 - the name every Spark reader knows

from personalization.contracts import columns as c
from personalization.metrics import ranking

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql import Column, DataFrame

N_RELEVANT: Final = "n_relevant"
LIST_KEY: Final = (c.MODEL, c.PROTOCOL, c.USER_ID)
USER_METRICS: Final = (*LIST_KEY, c.K, *ranking.METRICS, N_RELEVANT)

_HIT_NUMBER: Final = "hit_number"
_HITS: Final = "hits"
_PRECISIONS: Final = "precisions"
_GAIN: Final = "gain"


def rank_within_user(scored: DataFrame) -> DataFrame:
    """Give each list its places from the scores, best first.

    Ties: equal scores are ordered by ``item_id``, ascending. A score that is null or NaN comes
    after every number.

    Grain: one row per (model, protocol, user, item), as given.
    Requires: ``model``, ``protocol``, ``user_id``, ``item_id``, ``score``.
    Adds: ``rank``, int, from 1 per (model, protocol, user).
    """
    number = F.when(~F.isnan(c.SCORE), F.col(c.SCORE))
    order = Window.partitionBy(*LIST_KEY).orderBy(number.desc_nulls_last(), F.col(c.ITEM_ID))
    return scored.withColumn(c.RANK, F.row_number().over(order))


def find_hits(recommendations: DataFrame, relevant: DataFrame) -> DataFrame:
    """Places that hold a relevant item, numbered within each list.

    Grain: one row per (model, protocol, user, item) that was both recommended and relevant;
    an item that a list names twice counts at its better place.
    Requires: as ``per_user_metrics``.
    Adds: ``hit_number``, int, from 1 per list in order of ``rank``.
    """
    in_order = Window.partitionBy(*LIST_KEY).orderBy(c.RANK, c.ITEM_ID)
    return (
        recommendations.join(relevant, [c.PROTOCOL, c.USER_ID, c.ITEM_ID], how="inner")
        .groupBy(*LIST_KEY, c.ITEM_ID)
        .agg(F.min(c.RANK).alias(c.RANK))
        .withColumn(_HIT_NUMBER, F.row_number().over(in_order))
    )


def sum_hits(hits: DataFrame, ks: Sequence[int]) -> DataFrame:
    """Add up, for each list and each ``k``, what the metrics are made of.

    Grain: one row per (model, protocol, user, k) with at least one hit in the first ``k`` places.
    Requires: a frame from ``find_hits``.
    Adds: ``k``, ``hits``, ``precisions`` (at the hits' places), ``gain`` (discounted).
    """
    return (
        hits.withColumn(c.K, F.explode(F.lit(list(ks))))
        .where(F.col(c.RANK) <= F.col(c.K))
        .groupBy(*LIST_KEY, c.K)
        .agg(
            F.count(F.lit(1)).alias(_HITS),
            F.sum(F.col(_HIT_NUMBER) / F.col(c.RANK)).alias(_PRECISIONS),
            F.sum(1 / F.log2(F.col(c.RANK) + 1)).alias(_GAIN),
        )
    )


def most_hits() -> Column:
    """The largest number of hits that fits into ``k`` places."""
    return F.least(F.col(c.K), F.col(N_RELEVANT)).cast("int")


def ideal_gain(largest_k: int) -> Column:
    """Discounted gain of the best possible list; ``k`` is at most ``largest_k``."""
    gains = [ranking.ideal_dcg(n_hits) for n_hits in range(1, largest_k + 1)]
    return F.element_at(F.lit(gains), most_hits())


def list_every_user(models: DataFrame, relevant: DataFrame, ks: Sequence[int]) -> DataFrame:
    """Every evaluated user under every model and ``k``, with or without a list.

    Grain: one row per (model, protocol, user, k).
    Requires: ``models`` with distinct ``model``; ``relevant`` as for ``per_user_metrics``.
    Adds: ``n_relevant``, int, and ``k``, int.
    """
    n_relevant = F.count(F.lit(1)).cast("int").alias(N_RELEVANT)
    return (
        relevant.groupBy(c.PROTOCOL, c.USER_ID)
        .agg(n_relevant)
        .crossJoin(F.broadcast(models))
        .withColumn(c.K, F.explode(F.lit(list(ks))))
    )


def per_user_metrics(
    recommendations: DataFrame, relevant: DataFrame, ks: Sequence[int]
) -> DataFrame:
    """Precision, recall, average precision and nDCG of each user under each model.

    A user is evaluated under a protocol that lists a relevant item for them, and then has a row
    for every model that occurs in ``recommendations``: zeros where that model gave them no list.
    Lists of users without a relevant item are left out.

    Grain: one row per (model, protocol, user_id, k).
    Requires: ``recommendations`` with ``model, protocol, user_id, rank, item_id``, ranks from 1
    and distinct within a list (see ``rank_within_user``); ``relevant`` with distinct
    ``protocol, user_id, item_id``; ``ks`` distinct and from 1.
    Adds: the columns of ``USER_METRICS``, metrics as double from 0 to 1.
    """
    models = recommendations.select(c.MODEL).distinct()
    sums = sum_hits(find_hits(recommendations, relevant), ks)
    everyone = list_every_user(models, relevant, ks)
    filled = everyone.join(sums, [*LIST_KEY, c.K], how="left").fillna(0)
    return filled.withColumns(
        {
            ranking.PRECISION: F.col(_HITS) / F.col(c.K),
            ranking.RECALL: F.col(_HITS) / F.col(N_RELEVANT),
            ranking.AVERAGE_PRECISION: F.col(_PRECISIONS) / most_hits(),
            ranking.NDCG: F.col(_GAIN) / ideal_gain(max(ks)),
        }
    ).select(*USER_METRICS)
