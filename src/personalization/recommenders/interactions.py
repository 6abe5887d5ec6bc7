"""Interactions as the models read them: pairs of user and item, counted in Spark."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
from pyspark.sql import functions as F  # noqa: N812 - the usual name
from scipy.sparse import csr_matrix

from personalization.contracts import columns as c
from personalization.recommenders.top_k import IntArray, StrArray

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame

# Sums of floating-point weights depend on the order of the rows in their last digits.
WEIGHT_DECIMALS = 9


def as_ids(values: object) -> StrArray:
    """Ids as an array of fixed-width text, shape ``(n,)``; never an array of objects.

    >>> as_ids(["b", "aa"]).dtype.str
    '<U2'
    """
    return np.atleast_1d(np.asarray(values, dtype=np.str_))


def positions(ids: StrArray, sorted_ids: StrArray) -> IntArray:
    """Where each of ``ids`` stands in ``sorted_ids``; -1 where it does not.

    >>> positions(as_ids(["c", "b"]), as_ids(["a", "b"])).tolist()
    [-1, 1]
    """
    if not len(sorted_ids):
        return np.full(len(ids), -1, dtype=np.intp)
    places = np.searchsorted(sorted_ids, ids).clip(max=len(sorted_ids) - 1)
    return np.where(sorted_ids[places] == ids, places, -1)


def encode(column: pa.ChunkedArray) -> tuple[StrArray, IntArray]:
    """The distinct values of a text column in ascending order, and each row's place in them."""
    encoded = column.combine_chunks().dictionary_encode()
    values = as_ids(encoded.dictionary.to_pylist())
    order = np.argsort(values)
    places = np.empty_like(order)
    places[order] = np.arange(len(order))
    return values[order], places[encoded.indices.to_numpy()]


@dataclass(frozen=True)
class PairMatrix:
    """One value for each pair of user and item that met.

    Attributes:
        user_ids: shape ``(n_users,)``, ascending.
        item_ids: shape ``(n_items,)``, ascending.
        matrix: CSR of shape ``(n_users, n_items)`` with sorted columns.
    """

    user_ids: StrArray
    item_ids: StrArray
    matrix: csr_matrix

    @classmethod
    def collect(cls, pairs: DataFrame, value: str | None = None) -> Self:
        """Bring a frame of distinct pairs to the driver.

        Grain of ``pairs``: one row per user and item, no nulls.

        Args:
            pairs: a frame with ``user_id``, ``item_id`` and, where named, the value.
            value: the column that holds the value; 1 for every pair where None.
        """
        table = pairs.toArrow()
        user_ids, rows = encode(table[c.USER_ID])
        item_ids, cols = encode(table[c.ITEM_ID])
        data = np.ones(len(rows)) if value is None else table[value].to_numpy()
        matrix = csr_matrix((data, (rows, cols)), shape=(len(user_ids), len(item_ids)))
        matrix.sort_indices()
        return cls(user_ids, item_ids, matrix)


@dataclass(frozen=True)
class SeenItems:
    """Which items each user has met already, to be kept out of recommendations.

    Build it with :meth:`from_pairs`. Users and items that a model does not know do no harm.
    """

    pairs: PairMatrix

    @classmethod
    def from_pairs(cls, frame: DataFrame) -> Self:
        """Collect the distinct pairs of ``frame``; rows without a user or an item are left out.

        Requires: ``user_id`` and ``item_id``; further columns are ignored.
        """
        known = frame.where(F.col(c.USER_ID).isNotNull() & F.col(c.ITEM_ID).isNotNull())
        return cls(PairMatrix.collect(known.select(c.USER_ID, c.ITEM_ID).distinct()))

    def cells(self, user_ids: StrArray, item_ids: StrArray) -> tuple[IntArray, IntArray]:
        """Rows and columns to cross out in a matrix of ``user_ids`` by ``item_ids``.

        Args:
            user_ids: shape ``(n_users,)``, in any order.
            item_ids: shape ``(n_items,)``, ascending.
        """
        places = positions(user_ids, self.pairs.user_ids)
        known = np.flatnonzero(places >= 0)
        seen = self.pairs.matrix[places[known]].tocoo()
        columns = positions(self.pairs.item_ids, item_ids)[seen.col]
        inside = columns >= 0
        return known[seen.row[inside]], columns[inside]


def sum_weights(interactions: DataFrame) -> DataFrame:
    """Add up the weights of each pair of user and item.

    Grain: one row per pair with a positive sum; rows without a user or an item are left out.
    Requires: ``user_id``, ``item_id``, ``weight``.
    Returns the columns: ``user_id, item_id, weight``.
    """
    return (
        interactions.where(F.col(c.USER_ID).isNotNull() & F.col(c.ITEM_ID).isNotNull())
        .groupBy(c.USER_ID, c.ITEM_ID)
        .agg(F.round(F.sum(c.WEIGHT), WEIGHT_DECIMALS).alias(c.WEIGHT))
        .where(F.col(c.WEIGHT) > 0)
    )
