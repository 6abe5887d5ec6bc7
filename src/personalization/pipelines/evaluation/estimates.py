"""Means and intervals over users, read from the sums that leave the cluster; plain Python."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Any, Final

from personalization.contracts import columns as c
from personalization.metrics import ranking
from personalization.pipelines.evaluation.offline import difference_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from personalization.pipelines.evaluation.options import MetricOptions

LEVEL: Final = 0.95
METHOD: Final = "normal approximation over users; differences paired by user, each taken by itself"
N_USERS: Final = "n_users"
DIGITS: Final = 10  # the order in which partitions are added changes later ones


@dataclass(frozen=True)
class Estimate:
    """A mean over users with its interval.

    Attributes:
        mean: the mean.
        half_width: half of the interval; None below two users.
        n_users: how many users were averaged.
    """

    mean: float
    half_width: float | None
    n_users: int

    def record(self) -> dict[str, float | None]:
        """Mean and bounds, for a report."""
        low = high = None
        if self.half_width is not None:
            low = round(self.mean - self.half_width, DIGITS)
            high = round(self.mean + self.half_width, DIGITS)
        return {"high": high, "low": low, "mean": round(self.mean, DIGITS)}


@dataclass(frozen=True)
class ModelScores:
    """What one model reached under one protocol, at one ``k``.

    Attributes:
        model: the model.
        protocol: ``all`` or ``new``.
        k: places of a list that count.
        metrics: estimate of each metric.
        differences: nDCG minus that of each baseline, by its name; empty at other ``k`` than the
            headline's, and without a baseline that was not evaluated.
    """

    model: str
    protocol: str
    k: int
    metrics: Mapping[str, Estimate]
    differences: Mapping[str, Estimate]

    def record(self) -> dict[str, object]:
        """The scores, for a report."""
        return {
            c.K: self.k,
            "metrics": {name: self.metrics[name].record() for name in sorted(self.metrics)},
            c.MODEL: self.model,
            N_USERS: self.metrics[ranking.NDCG].n_users,
            c.PROTOCOL: self.protocol,
        }


def estimate_mean(n_users: int, total: float, squares: float) -> Estimate:
    """Mean with a 95 % interval by normal approximation: ``z * s / sqrt(n)`` on either side.

    Range: not clipped to the metric's own. Empty: the caller has at least one user; below two
    there is no interval. Equal values: an interval of width 0, which says nothing of other users.
    Reference: Wasserman (2004), All of Statistics, chapter 6.

    Values 0 and 1: mean 1/2, variance 1/2, half width ``1.96 * sqrt(1/2 / 2)``.

    >>> round(estimate_mean(2, 1.0, 1.0).half_width, 2)
    0.98
    """
    mean = total / n_users
    if n_users < 2:  # noqa: PLR2004 - a variance takes two values
        return Estimate(mean, None, n_users)
    variance = max(0.0, squares - total * mean) / (n_users - 1)
    z = NormalDist().inv_cdf((1 + LEVEL) / 2)
    return Estimate(mean, z * math.sqrt(variance / n_users), n_users)


def read_estimate(sums: Mapping[str, Any], name: str) -> Estimate:
    """The estimate of one column from a row of ``sum_over_users``."""
    return estimate_mean(sums[f"{name}_n"], sums[f"{name}_sum"], sums[f"{name}_squares"])


def read_scores(sums: Mapping[str, Any], options: MetricOptions) -> ModelScores:
    """The scores held by one row of ``sum_over_users``."""
    columns = {name: difference_name(place) for place, name in enumerate(options.baselines)}
    return ModelScores(
        model=sums[c.MODEL],
        protocol=sums[c.PROTOCOL],
        k=sums[c.K],
        metrics={name: read_estimate(sums, name) for name in ranking.METRICS},
        differences={
            baseline: read_estimate(sums, column)
            for baseline, column in columns.items()
            if sums[f"{column}_n"] > 0
        },
    )
