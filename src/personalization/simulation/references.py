"""What published shops tell of a distribution, and how far a shop's own is from it.

Little is published as a whole distribution. Where a shop publishes quantiles, or the share of its
best items, the distance is the largest gap at those points and called so; nothing is made up in
between. All numbers were computed from the rows that the shops have published.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from scipy.stats import norm

from personalization.simulation.realism import GAP_LOG_MEAN, GAP_LOG_SD
from personalization.simulation.shapes import Distribution, reach

CURVE_POINTS: Final = 41
CURVE_SDS: Final = 3.0  # drawn on both sides of the mean
KOLMOGOROV: Final = "Kolmogorov-Smirnov"

UCI: Final = ("UCI Online Retail", "541,909 rows, doi 10.24432/C5BW33")
JOURNEY: Final = ("Complete Journey", "1,469,307 rows, dunnhumby")
YOOCHOOSE: Final = ("YOOCHOOSE", "sample of 83,846 clicks, RecSys Challenge 2015")
OTTO: Final = ("OTTO", "12,899,779 sessions, github.com/otto-de/recsys-dataset")


@dataclass(frozen=True)
class Gap:
    """A reference's distance.

    Attributes:
        distance: from 0 to 1.
        at: places at which the reference is known or was computed.
        share: its shares there.
    """

    distance: float
    at: Sequence[float]
    share: Sequence[float]


@dataclass(frozen=True)
class LogNormal:
    """A log-normal distribution with published mean and standard deviation of the logarithm."""

    mean: float
    sd: float
    distance_name: str = KOLMOGOROV

    def measure(self, found: Distribution) -> Gap:
        """Kolmogorov-Smirnov distance at the ends of the shop's bins."""
        expected = norm.cdf(np.log(found.at), self.mean, self.sd)
        scores = np.linspace(-CURVE_SDS, CURVE_SDS, CURVE_POINTS)
        at = np.exp(self.mean + self.sd * scores)
        distance = float(np.abs(np.array(found.share) - expected).max())
        return Gap(distance, at.tolist(), norm.cdf(scores).tolist())


@dataclass(frozen=True)
class Quantiles:
    """Published quantiles: share to value."""

    values: dict[float, float]
    distance_name: str = "largest gap at the published quantiles"

    def measure(self, found: Distribution) -> Gap:
        """How far the shop's share up to each value is from the published one.

        A count's quantile is met by every share between those below it and up to it.
        """
        at, share = np.array(list(self.values.values())), np.array(list(self.values))
        reached = reach(found, at.tolist())
        below = reach(found, (at - 1).tolist()) if found.is_whole else reached
        gaps = np.maximum(np.maximum(below - share, share - reached), 0)
        return Gap(float(gaps.max()), at.tolist(), share.tolist())


@dataclass(frozen=True)
class BestItems:
    """Published sales of the best items: their share in percent to that of the sales."""

    values: dict[float, float]
    distance_name: str = "largest gap at the published points"

    def measure(self, found: Distribution) -> Gap:
        """How far the shop's curve is from the published points."""
        at, share = list(self.values), np.array(list(self.values.values()))
        gaps = np.abs(reach(found, at) - share)
        return Gap(float(gaps.max()), at, share.tolist())


@dataclass(frozen=True)
class Extremes:
    """Published shares of the busiest and the quietest place, whichever these are."""

    peak: float
    trough: float
    distance_name: str = "largest gap of the busiest and the quietest place"

    def measure(self, found: Distribution) -> Gap:
        """How far the shop's own extremes are from the published ones."""
        places = [int(np.argmax(found.share)), int(np.argmin(found.share))]
        gaps = (max(found.share) - self.peak, min(found.share) - self.trough)
        at = [found.at[place] for place in places]
        return Gap(max(map(abs, gaps)), at, [self.peak, self.trough])


@dataclass(frozen=True)
class Reference:
    """What one shop has published of one distribution.

    Attributes:
        name: of the distribution.
        shop: its name, and where its rows are.
        says: what is known of it.
        shape: how the distance is measured.
    """

    name: str
    shop: tuple[str, str]
    says: str
    shape: LogNormal | Quantiles | BestItems | Extremes


SPREAD_ONLY: Final = "only the spread is published; that the form is log-normal is assumed"
REFERENCES: Final = (
    Reference(
        "view_gap",
        YOOCHOOSE,
        "log-normal, mean 3.95 and standard deviation 1.51 of the logarithm",
        LogNormal(GAP_LOG_MEAN, GAP_LOG_SD),
    ),
    Reference(
        "session_length", YOOCHOOSE, "median, p90, p99", Quantiles({0.5: 3, 0.9: 7, 0.99: 18})
    ),
    Reference(
        "session_length", OTTO, "median, p90; carts and orders count", Quantiles({0.5: 6, 0.9: 39})
    ),
    Reference("orders_per_user", UCI, "median, p90, p99", Quantiles({0.5: 2, 0.9: 9, 0.99: 30})),
    Reference(
        "orders_per_user",
        JOURNEY,
        "median, p90, p99; a grocer's households",
        Quantiles({0.5: 43, 0.9: 137, 0.99: 335}),
    ),
    Reference("order_gap", UCI, "median, p90", Quantiles({0.5: 21.9, 0.9: 103})),
    Reference("order_gap", JOURNEY, "median, p90; a grocer's", Quantiles({0.5: 2.2, 0.9: 11.5})),
    Reference("order_value", UCI, f"log-sd 1.07; {SPREAD_ONLY}", LogNormal(0, 1.07)),
    Reference("order_value", JOURNEY, f"log-sd 1.29; {SPREAD_ONLY}", LogNormal(0, 1.29)),
    Reference("hours", JOURNEY, "busiest and quietest hour", Extremes(0.097, 0.001)),
    Reference("hours", YOOCHOOSE, "busiest and quietest hour", Extremes(0.083, 0.002)),
    Reference("best_items", UCI, "top 1, 10, 20 %", BestItems({1: 0.096, 10: 0.456, 20: 0.656})),
    Reference("best_items", JOURNEY, "top 1, 10, 20 %", BestItems({1: 0.319, 10: 0.721, 20: 0.86})),
    Reference(
        "best_items",
        YOOCHOOSE,
        "top 1, 10, 20 %, of the clicks",
        BestItems({1: 0.166, 10: 0.59, 20: 0.738}),
    ),
)


def lay_beside(found: Distribution) -> list[dict[str, Any]]:
    """Every published reference of a distribution with its distance; none where nothing is."""
    rows = []
    for one in REFERENCES:
        if one.name != found.name or not found.n:
            continue
        gap = one.shape.measure(found)
        rows.append(
            {
                "shop": one.shop[0],
                "source": one.shop[1],
                "says": one.says,
                "distance_name": one.shape.distance_name,
                "distance": gap.distance,
                "at": list(gap.at),
                "share": list(gap.share),
            }
        )
    return rows
