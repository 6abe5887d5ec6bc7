"""Distributions of a shop as points of bounded number, and how far two of them are apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

Form = Literal["cumulative", "shares", "concentration"]
Counts = Mapping[int, int]

EXACT_COUNTS: Final = 64  # counts up to here are told apart
COUNT_STEP: Final = 1.05  # larger ones by steps of this factor
ITEM_SHARES: Final = (0.5, 1, 2, 5, 10, 15, 20, 30, 40, 50, 60, 70, 80, 90, 100)  # percent
DISTANCE_NAMES: Final[dict[Form, str]] = {
    "cumulative": "Kolmogorov-Smirnov",
    "shares": "total variation",
    "concentration": "largest gap of the curves",
}


@dataclass(frozen=True)
class Distribution:
    """How something is spread in a shop.

    Attributes:
        name: of what is spread.
        unit: of ``at``.
        form: ``cumulative``: ``share`` has values up to ``at``; ``shares``: ``share`` falls on
            ``at``; ``concentration``: the best ``at`` % of the items have ``share`` of the sales.
        n: what was counted in all.
        at: places, ascending.
        share: from 0 to 1, one for each place.
    """

    name: str
    unit: str
    form: Form
    n: int
    at: Sequence[float]
    share: Sequence[float]

    @property
    def is_whole(self) -> bool:
        """Whether ``at`` are counts, so that values jump from one whole number to the next."""
        return self.unit in {"views", "orders"}

    def as_dict(self) -> dict[str, Any]:
        """The distribution as JSON holds it."""
        return {**asdict(self), "at": list(self.at), "share": list(self.share)}


def read_distribution(stored: Mapping[str, Any]) -> Distribution:
    """The distribution that ``as_dict`` has written, whatever else stands beside it."""
    return Distribution(**{name: stored[name] for name in Distribution.__dataclass_fields__})


def end_of_count(count: int) -> int:
    """The grid's place that a count from 1 belongs to: the smallest that is not below it.

    >>> end_of_count(7), end_of_count(64), end_of_count(65), end_of_count(68)
    (7, 64, 67, 70)
    """
    if count <= EXACT_COUNTS:
        return count
    steps = int(np.ceil(np.log(count / EXACT_COUNTS) / np.log(COUNT_STEP)))
    return int(EXACT_COUNTS * COUNT_STEP**steps)


def cumulate(name: str, unit: str, bins: Mapping[float, int]) -> Distribution:
    """The cumulative distribution of binned numbers, from the bins' ends."""
    ends = sorted(bins)
    total = sum(bins.values())
    reached = np.cumsum([bins[end] for end in ends]) / max(total, 1)
    return Distribution(name, unit, "cumulative", total, ends, reached.tolist())


def cumulate_counts(name: str, unit: str, counts: Counts) -> Distribution:
    """The cumulative distribution of counts; large ones on a grid, so that points are few.

    >>> cumulate_counts("orders", "orders", {1: 2, 3: 1, 9: 1}).share
    [0.5, 0.75, 1.0]
    """
    bins: dict[float, int] = {}
    for count, times in counts.items():
        end = end_of_count(count)
        bins[end] = bins.get(end, 0) + times
    return cumulate(name, unit, bins)


def cumulate_logs(name: str, unit: str, bins: Mapping[float, int]) -> Distribution:
    """The cumulative distribution of numbers whose logarithms were binned."""
    return cumulate(name, unit, {float(np.exp(end)): times for end, times in bins.items()})


def share_out(name: str, unit: str, counts: Sequence[int], first: int = 0) -> Distribution:
    """What falls on each of some places, numbered from ``first``.

    >>> share_out("weekdays", "weekday", [3, 1]).share
    [0.75, 0.25]
    """
    total = sum(counts)
    at = range(first, first + len(counts))
    shares = [count / max(total, 1) for count in counts]
    return Distribution(name, unit, "shares", total, list(at), shares)


def concentrate(name: str, ascending: NDArray[np.int64]) -> Distribution:
    """What the best items have of all sales; parts of an item count in proportion.

    >>> curve = concentrate("sales", np.array([1, 1, 2, 4]))
    >>> dict(zip(curve.at, curve.share))[50]
    0.75
    """
    best = ascending[::-1]
    total = int(best.sum())
    reached = np.concatenate([[0], np.cumsum(best)]) / max(total, 1)
    places = np.array(ITEM_SHARES) / 100 * best.size
    share = np.interp(places, np.arange(reached.size), reached)
    unit = "% of the items, the best first"
    return Distribution(name, unit, "concentration", total, list(ITEM_SHARES), share.tolist())


def reach(distribution: Distribution, places: Sequence[float]) -> NDArray[np.float64]:
    """Share of values up to each place, linear between the points: exact at each of them."""
    at = np.array([0.0, *distribution.at])
    reached: NDArray[np.float64] = np.interp(places, at, np.array([0.0, *distribution.share]))
    return reached


def climb(distribution: Distribution, places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share of values up to each place of a grid that holds all points: bins without any add 0."""
    below = np.searchsorted(np.array(distribution.at), places, side="right")
    return np.array([0.0, *distribution.share])[below]


def measure_distance(one: Distribution, other: Distribution) -> float | None:
    """Distance of two shops' distributions of the same name: 0 where equal, 1 at most.

    Kolmogorov-Smirnov at the bins' ends for cumulative ones, total variation for shares, the
    largest gap for concentration curves. None where one of them has counted nothing.

    >>> monday, evenly = share_out("days", "weekday", [4, 0]), share_out("days", "weekday", [1, 1])
    >>> measure_distance(monday, evenly)
    0.5
    """
    if not one.n or not other.n:
        return None
    if one.form == "cumulative":
        grid = np.union1d(one.at, other.at)
        return float(np.abs(climb(one, grid) - climb(other, grid)).max())
    gaps = np.abs(np.array(one.share) - np.array(other.share))
    return float(gaps.sum() / 2 if one.form == "shares" else gaps.max())
