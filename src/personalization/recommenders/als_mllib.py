"""ALS on a cluster, by Spark MLlib.

MLlib computes the confidence 1 + alpha r itself, but multiplies its ``regParam`` by the number
of pairs of the user or the item at hand (Zhou et al. 2008), where the paper has a constant. Only
the product of the users' and the items' regularization matters to the scores, since longer user
vectors are made up for by shorter item vectors. So ``regParam`` is the regularization asked for,
divided by a typical number of pairs: the geometric mean of that of the user and that of the item,
each averaged over pairs, so that the vectors behind most pairs are held back as much as by the
other backend; those of rare users and items are held back less, those of busy ones more.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pyspark.sql import functions as F  # noqa: N812 - the usual name

from personalization.contracts import columns as c
from personalization.recommenders.als import AlsOptions, Factors
from personalization.recommenders.interactions import encode
from personalization.recommenders.top_k import IntArray, StrArray

if TYPE_CHECKING:
    from pyspark.ml.recommendation import ALSModel
    from pyspark.sql import DataFrame, SparkSession

USER, ITEM = "user", "item"
# Each round adds to the plan that every task carries; past some ten its depth overflows the stack.
ROUNDS_BETWEEN_CHECKPOINTS = 4


def regularization_parameter(
    regularization: float, pairs_per_user: IntArray, pairs_per_item: IntArray
) -> float:
    """MLlib's ``regParam`` for a regularization as in the paper.

    The average pair belongs to a user of sum n² / sum n pairs, n being those of each user.

    >>> regularization_parameter(6.0, np.array([8, 8]), np.array([2] * 8))  # 6 / sqrt(8 * 2)
    1.5

    Args:
        regularization: the paper's lambda.
        pairs_per_user: shape ``(n_users,)``, each at least 1.
        pairs_per_item: shape ``(n_items,)``, each at least 1.
    """
    of_user = np.square(pairs_per_user).sum() / pairs_per_user.sum()
    of_item = np.square(pairs_per_item).sum() / pairs_per_item.sum()
    return float(regularization / np.sqrt(of_user * of_item))


def factorise(rated: DataFrame, options: AlsOptions) -> Factors:
    """Factorise the strengths of pairs; only ids and vectors reach the driver.

    The same pairs and seed give the same vectors up to rounding: partitions may add up in
    another order.

    Args:
        rated: one row per ``user_id`` and ``item_id``, with the strength in ``weight``.
        options: parameters of the factorisation.

    Returns:
        The vectors; none where ``rated`` has no rows.
    """
    rated = rated.persist()
    try:
        users, items = _count_pairs(rated, c.USER_ID), _count_pairs(rated, c.ITEM_ID)
        if not len(users.ids):
            empty = np.empty((0, options.factors), dtype=np.float32)
            return Factors(users.ids, items.ids, empty, empty)
        model = _fit(rated, options, users, items)
        user_factors, item_factors = _vectors(model.userFactors), _vectors(model.itemFactors)
    finally:
        rated.unpersist()
    return Factors(users.ids, items.ids, user_factors, item_factors)


class _PairCounts(NamedTuple):
    """Ids in ascending order, and the number of pairs of each; shape ``(n,)``."""

    ids: StrArray
    counts: IntArray


def _count_pairs(rated: DataFrame, column: str) -> _PairCounts:
    """The number of pairs of each id in ``column``."""
    table = rated.groupBy(column).agg(F.count(F.lit(1)).alias(c.VALUE)).toArrow()
    ids, places = encode(table[column])
    counts = np.zeros(len(ids), dtype=np.intp)
    counts[places] = table[c.VALUE].to_numpy()
    return _PairCounts(ids, counts)


def _fit(rated: DataFrame, options: AlsOptions, users: _PairCounts, items: _PairCounts) -> ALSModel:
    """Number users and items in the order of their ids, and run MLlib's ALS."""
    from pyspark.ml.recommendation import ALS

    _ensure_checkpoints(rated.sparkSession)
    numbered = rated.join(_numbers(rated, (c.USER_ID, USER), users.ids), c.USER_ID, how="inner")
    numbered = numbered.join(_numbers(rated, (c.ITEM_ID, ITEM), items.ids), c.ITEM_ID, how="inner")
    als = ALS(
        rank=options.factors,
        maxIter=options.iterations,
        regParam=regularization_parameter(options.regularization, users.counts, items.counts),
        implicitPrefs=True,
        alpha=options.alpha,
        nonnegative=False,
        userCol=USER,
        itemCol=ITEM,
        ratingCol=c.WEIGHT,
        seed=options.seed,
        checkpointInterval=ROUNDS_BETWEEN_CHECKPOINTS,
    )
    return als.fit(numbered.select(USER, ITEM, c.WEIGHT))


def _ensure_checkpoints(session: SparkSession) -> None:
    """Give a session on one machine a place for checkpoints; a cluster's own is left alone.

    A cluster has to name storage that all its machines reach, by ``spark.checkpoint.dir``.
    """
    context = session.sparkContext
    on_one_machine = str(context.master).startswith("local")
    if on_one_machine and context.getCheckpointDir() is None:
        context.setCheckpointDir(_scratch_folder())


@lru_cache(maxsize=1)
def _scratch_folder() -> str:
    """A folder that goes when this process ends."""
    folder = tempfile.mkdtemp(prefix="personalization-checkpoints-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _numbers(rated: DataFrame, columns: tuple[str, str], ids: StrArray) -> DataFrame:
    """A frame of each id and its place among ``ids``."""
    import pyarrow as pa

    places = pa.array(np.arange(len(ids), dtype=np.int32))
    table = pa.table({columns[0]: pa.array(ids.tolist(), pa.string()), columns[1]: places})
    return rated.sparkSession.createDataFrame(table)


def _vectors(factors: DataFrame) -> NDArray[np.float32]:
    """MLlib's frame of ``id`` and ``features`` as rows in the order of the ids."""
    table = factors.toArrow().sort_by("id")
    vectors = np.asarray(table["features"].combine_chunks().flatten(), dtype=np.float32)
    return vectors.reshape(table.num_rows, -1)
