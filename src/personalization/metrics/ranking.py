"""Ranking metrics of one user's list, in NumPy: the definition that every engine must meet.

All metrics share these rules:

- a list is ordered, best first; an item that is named twice counts at its better place only;
- relevance is binary: an item is in ``relevant`` or it is not;
- an empty list scores 0, a short one is not excused: precision still divides by ``k``;
- a user without a relevant item has no score: the result is ``nan``, and such a user is left
  out of every mean;
- ties are the caller's to break: a list has no scores, only places.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Sequence

    from numpy.typing import NDArray


PRECISION: Final = "precision"
RECALL: Final = "recall"
AVERAGE_PRECISION: Final = "average_precision"
NDCG: Final = "ndcg"
METRICS: Final = (PRECISION, RECALL, AVERAGE_PRECISION, NDCG)


class RankingScores(NamedTuple):
    """The four metrics of one list, in the order of ``METRICS``."""

    precision: float
    recall: float
    average_precision: float
    ndcg: float


def hits_at_k(
    recommended: Sequence[Hashable], relevant: Collection[Hashable], k: int
) -> NDArray[np.float64]:
    """1 at each of the first ``k`` places that holds a relevant item not named before, else 0.

    Shape ``(k,)``; places beyond the end of the list are 0.

    >>> hits_at_k(["a", "b", "a"], {"a", "c"}, 4).tolist()
    [1.0, 0.0, 0.0, 0.0]

    Raises:
        ValueError: ``k`` is less than 1.
    """
    if k < 1:
        raise ValueError(f"k must be at least 1, not {k}.")
    hits = np.zeros(k)
    left = set(relevant)
    for place, item in enumerate(recommended[:k]):
        if item in left:
            hits[place] = 1.0
            left.remove(item)
    return hits


def ideal_dcg(n_hits: int) -> float:
    """Discounted gain of ``n_hits`` hits in the first places: ``sum of 1 / log2(place + 1)``.

    Range: from 0 (no hit), without upper bound.

    Two hits in places 1 and 2: ``1 / log2(2) + 1 / log2(3) = 1 + 0.63093``.

    >>> round(ideal_dcg(2), 5)
    1.63093
    """
    places = np.arange(1, n_hits + 1)
    return float(np.sum(1 / np.log2(places + 1)))


def precision_at_k(
    recommended: Sequence[Hashable], relevant: Collection[Hashable], k: int
) -> float:
    """Relevant items among the first ``k`` places, divided by ``k``.

    Range: 0 to 1; below 1 by construction where a user has fewer than ``k`` relevant items.
    Empty: 0 for an empty list, ``nan`` without a relevant item; a short list still divides by
    ``k``. Ties: broken by the caller.
    Reference: Herlocker, Konstan, Terveen, Riedl (2004), Evaluating collaborative filtering
    recommender systems, ACM TOIS 22(1).

    >>> precision_at_k(["a", "x", "b"], {"a", "b", "c"}, 5)
    0.4
    """
    if not relevant:
        return float("nan")
    return float(hits_at_k(recommended, relevant, k).sum() / k)


def recall_at_k(recommended: Sequence[Hashable], relevant: Collection[Hashable], k: int) -> float:
    """Relevant items among the first ``k`` places, divided by all relevant items.

    Range: 0 to 1; below 1 by construction where a user has more than ``k`` relevant items.
    Empty: 0 for an empty list, ``nan`` without a relevant item. Ties: broken by the caller.
    Reference: Herlocker et al. (2004), as for precision.

    >>> recall_at_k(["a", "x", "b"], {"a", "b", "c", "d"}, 2)
    0.25
    """
    if not relevant:
        return float("nan")
    return float(hits_at_k(recommended, relevant, k).sum() / len(set(relevant)))


def average_precision_at_k(
    recommended: Sequence[Hashable], relevant: Collection[Hashable], k: int
) -> float:
    """Sum of the precision at each hit's place, divided by ``min(k, relevant items)``.

    The denominator is the largest number of hits that fits, so a perfect list scores 1 for any
    ``k``. Other tools divide by all relevant items; both agree where a user has at most ``k``.
    The mean over users is MAP@k.

    Range: 0 to 1. Empty: 0 for an empty list, ``nan`` without a relevant item. Ties: broken by
    the caller.
    Reference: Buckley, Voorhees (2000), Evaluating evaluation measure stability, SIGIR, for
    average precision; Manning, Raghavan, Schütze (2008), Introduction to Information
    Retrieval, section 8.4.

    Hits at places 1 and 3 of 3 relevant items: ``(1/1 + 2/3) / 3``.

    >>> round(average_precision_at_k(["a", "x", "b"], {"a", "b", "c"}, 5), 6)
    0.555556
    """
    if not relevant:
        return float("nan")
    hits = hits_at_k(recommended, relevant, k)
    precisions = np.cumsum(hits) / np.arange(1, k + 1)
    return float(np.sum(precisions * hits) / min(k, len(set(relevant))))


def ndcg_at_k(recommended: Sequence[Hashable], relevant: Collection[Hashable], k: int) -> float:
    """Gain of the hits, each divided by ``log2(place + 1)``, over that of the best possible list.

    The best possible list has its hits in the first ``min(k, relevant items)`` places.

    Range: 0 to 1. Empty: 0 for an empty list, ``nan`` without a relevant item. Ties: broken by
    the caller.
    Reference: Järvelin, Kekäläinen (2002), Cumulated gain-based evaluation of IR techniques,
    ACM TOIS 20(4); here with binary gain and ``log2(place + 1)`` from the first place on.

    One hit at place 3 of one relevant item: ``(1 / log2(4)) / (1 / log2(2))``.

    >>> ndcg_at_k(["x", "y", "a"], {"a"}, 5)
    0.5
    """
    if not relevant:
        return float("nan")
    hits = hits_at_k(recommended, relevant, k)
    gain = np.sum(hits / np.log2(np.arange(2, k + 2)))
    return float(gain / ideal_dcg(min(k, len(set(relevant)))))


def score_list(
    recommended: Sequence[Hashable], relevant: Collection[Hashable], k: int
) -> RankingScores:
    """All four metrics of one list; every one ``nan`` without a relevant item.

    >>> score_list(["a"], {"a"}, 1)
    RankingScores(precision=1.0, recall=1.0, average_precision=1.0, ndcg=1.0)
    """
    return RankingScores(
        precision=precision_at_k(recommended, relevant, k),
        recall=recall_at_k(recommended, relevant, k),
        average_precision=average_precision_at_k(recommended, relevant, k),
        ndcg=ndcg_at_k(recommended, relevant, k),
    )
