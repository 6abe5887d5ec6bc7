"""The best items of each user, exact at the edge of the list: ties go to the smaller item id."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from personalization.contracts import columns as c

if TYPE_CHECKING:
    import pyarrow as pa

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]
StrArray = NDArray[np.str_]

NO_ITEM: Final = ""  # fills the places of a list that is shorter than k


@dataclass(frozen=True)
class TopK:
    """Ranked lists of up to ``k`` items, one row per user asked for, best item first.

    Attributes:
        user_ids: shape ``(n_users,)``, in the order asked for.
        item_ids: shape ``(n_users, k)``; empty strings fill up a short list.
        scores: shape ``(n_users, k)``, falling from left to right; NaN fills up a short list.
    """

    user_ids: StrArray
    item_ids: StrArray
    scores: FloatArray

    def to_table(self) -> pa.Table:
        """One row per recommended item: ``user_id, rank, item_id, score``; ranks start at 1.

        Places that only fill up a list are left out. ``to_pandas()`` of the result, or
        ``spark.createDataFrame`` with it, makes a frame.
        """
        import pyarrow as pa

        row, place = np.nonzero(self.item_ids != NO_ITEM)
        return pa.table(
            {
                c.USER_ID: pa.array(self.user_ids[row].tolist(), pa.string()),
                c.RANK: pa.array(place + 1, pa.int32()),
                c.ITEM_ID: pa.array(self.item_ids[row, place].tolist(), pa.string()),
                c.SCORE: pa.array(self.scores[row, place], pa.float64()),
            }
        )


def best_columns(scores: FloatArray, k: int) -> IntArray:
    """The columns of the ``k`` largest scores of each row, largest first.

    Equal scores rank in the order of their columns, also where the tie spans place ``k``.

    >>> best_columns(np.array([[1.0, 3.0, 3.0, 3.0]]), 2).tolist()
    [[1, 2]]

    Args:
        scores: shape ``(n_rows, n_columns)``, without NaN.
        k: at least 1 and at most ``n_columns``.

    Returns:
        Shape ``(n_rows, k)``.
    """
    if k < scores.shape[1]:
        chosen = np.argpartition(-scores, k - 1, axis=1)[:, :k]
        last = np.take_along_axis(scores, chosen, axis=1).min(axis=1, keepdims=True)
        tied = np.flatnonzero((scores >= last).sum(axis=1) > k)
        if tied.size:
            chosen[tied] = _first_of_tied(scores[tied], last[tied], k)
        chosen.sort(axis=1)
    else:
        chosen = np.tile(np.arange(scores.shape[1]), (len(scores), 1))
    falling = np.argsort(-np.take_along_axis(scores, chosen, axis=1), axis=1, kind="stable")
    return np.take_along_axis(chosen, falling, axis=1)


def _first_of_tied(scores: FloatArray, last: FloatArray, k: int) -> IntArray:
    """``k`` columns a row: all above ``last``, then the first of those equal to it."""
    above = scores > last
    equal = scores == last
    places_left = k - above.sum(axis=1, keepdims=True)
    kept = above | (equal & (equal.cumsum(axis=1) <= places_left))
    return np.nonzero(kept)[1].reshape(-1, k)


def rank_items(scores: FloatArray, item_ids: StrArray, k: int) -> tuple[StrArray, FloatArray]:
    """Item ids and scores of each row's best ``k``; a score of minus infinity is no candidate.

    Args:
        scores: shape ``(n_rows, n_items)``.
        item_ids: shape ``(n_items,)``, in ascending order, so that ties go to the smaller id.
        k: at least 1; may exceed the number of items.

    Returns:
        Two arrays of shape ``(n_rows, k)``: ids filled up with empty strings, scores with NaN.
    """
    shape = (len(scores), k)
    ids = np.full(shape, NO_ITEM, dtype=item_ids.dtype)
    values = np.full(shape, np.nan)
    places = min(k, len(item_ids))
    if places and len(scores):
        chosen = best_columns(scores, places)
        best = np.take_along_axis(scores, chosen, axis=1)
        ids[:, :places] = np.where(best > -np.inf, item_ids[chosen], NO_ITEM)
        values[:, :places] = np.where(best > -np.inf, best, np.nan)
    return ids, values
