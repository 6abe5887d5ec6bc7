"""What a shop looks like in numbers, and the bands that published shops leave for a generated one.

Sources of the bands: funnels of RetailRocket, Taobao, OTTO and REES46; visits of YOOCHOOSE (seconds
between clicks: log-normal, mean 3.95, standard deviation 1.51); orders of UCI Online Retail and
Complete Journey; clicks on recommendations of ZOZOTOWN.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

Counts = Mapping[int, int]
GAP_LOG_MEAN: Final = 3.95
GAP_LOG_SD: Final = 1.51
NOVEMBER, JANUARY = 11, 1


@dataclass(frozen=True)
class Band:
    """Where a measure of a realistic shop lies.

    Attributes:
        measure: its name.
        low: lowest value.
        high: highest value.
        unit: of the value.
    """

    measure: str
    low: float
    high: float
    unit: str


BANDS: Final = (
    Band("cart_per_view", 2, 9, "%"),
    Band("purchase_per_view", 0.8, 3, "%"),
    Band("purchase_per_cart", 30, 40, "%"),
    Band("item_gini", 0.60, 0.82, "share"),
    Band("top_1_percent_share", 10, 32, "%"),
    Band("rank_frequency_slope", -0.75, -0.40, "log per log"),
    Band("session_length_p50", 3, 6, "views"),
    Band("session_length_p90_to_p50", 2.3, 6.5, "ratio"),
    Band("session_length_p99_to_p50", 6, math.inf, "ratio"),
    Band("view_gap_log_mean", 0.9 * GAP_LOG_MEAN, 1.1 * GAP_LOG_MEAN, "log seconds"),
    Band("view_gap_log_sd", 0.9 * GAP_LOG_SD, 1.1 * GAP_LOG_SD, "log seconds"),
    Band("order_gap_log1p_sd", 1.3, 1.6, "log of days + 1"),  # by which UCI Online Retail has 1.50
    Band("repeat_share", 25, 45, "% of order lines"),
    Band("order_value_log_sd", 1.05, 1.3, "log currency"),
    Band("hour_peak_to_trough", 20, math.inf, "ratio"),
    Band("weekday_max_to_min", 1.2, 1.9, "ratio"),
    Band("november_to_january", 2, 3, "ratio of orders"),
    Band("searchers", 20, 40, "% of known visitors"),
    Band("unknown_sessions", 50, 100, "%"),
    Band("exact_duplicates", 0.01, 1, "% of rows as received"),
    Band("missing_customers", 0, 25, "% of order lines"),
    Band("cancelled_lines", 1, 3, "% of order lines as received"),  # about 2
)


def ratio(part: float, whole: float, scale: float = 1.0) -> float | None:
    """``scale`` times ``part`` over ``whole``; None of nothing."""
    return scale * part / whole if whole else None


def spread_out(histogram: Counts) -> NDArray[np.int64]:
    """The values that a histogram counts, ascending.

    >>> spread_out({3: 2, 1: 1}).tolist()
    [1, 3, 3]
    """
    values = np.array(sorted(histogram), dtype=np.int64)
    return np.repeat(values, [histogram[value] for value in values.tolist()])


def gini(values: NDArray[np.int64]) -> float | None:
    """Gini coefficient of positive numbers, ascending: 0 where all are equal.

    >>> gini(np.array([1, 1, 1])), gini(np.array([]))
    (0.0, None)
    """
    total = float(values.sum())
    if not total:
        return None
    places = np.arange(1, values.size + 1)
    weighted = 2 * float((places * values).sum()) / (values.size * total)
    return weighted - (values.size + 1) / values.size


def measure_popularity(sold: Counts) -> dict[str, float | None]:
    """How unequally items sell, from items by number of lines."""
    values = spread_out(sold)
    best = values[::-1].astype(np.float64)
    top = best[: max(1, round(best.size / 100))]
    decile = best[: best.size // 10]
    slope = None
    if decile.size > 1:
        places = np.log(np.arange(1, decile.size + 1))
        slope = float(np.polyfit(places, np.log(decile), 1)[0])
    return {
        "item_gini": gini(values),
        "top_1_percent_share": ratio(float(top.sum()), float(best.sum()), 100),
        "rank_frequency_slope": slope,
    }


def measure_sessions(lengths: Counts) -> dict[str, float | None]:
    """Quantiles of the views per session, from sessions by number of views."""
    values = spread_out(lengths)
    if not values.size:
        return dict.fromkeys(
            ("session_length_p50", "session_length_p90_to_p50", "session_length_p99_to_p50")
        )
    half, most, nearly_all = np.percentile(values, [50, 90, 99])
    return {
        "session_length_p50": float(half),
        "session_length_p90_to_p50": float(most / half),
        "session_length_p99_to_p50": float(nearly_all / half),
    }


def ks_to_normal(bins: Mapping[float, int], mean: float, sd: float) -> float | None:
    """Kolmogorov-Smirnov distance of binned numbers to a normal distribution, at the bins' ends.

    Args:
        bins: upper end of each bin to the numbers in it.
        mean: of the normal distribution.
        sd: its standard deviation.
    """
    ends = np.array(sorted(bins))
    total = sum(bins.values())
    if not total:
        return None
    reached = np.cumsum([bins[end] for end in ends.tolist()]) / total
    return float(np.abs(reached - norm.cdf(ends, mean, sd)).max())


def peak_to_trough(counts: Sequence[int]) -> float | None:
    """Highest over lowest; None where a place has nothing."""
    return max(counts) / min(counts) if counts and min(counts) else None


def judge(values: Mapping[str, float | None]) -> list[dict[str, Any]]:
    """Every band with the shop's value: ``pass``, ``fail``, or ``no data``."""
    rows = []
    for band in BANDS:
        value = values.get(band.measure)
        verdict = "no data"
        if value is not None:
            verdict = "pass" if band.low <= value <= band.high else "fail"
        limits = {"high": None if math.isinf(band.high) else band.high}
        rows.append({**asdict(band), **limits, "value": value, "verdict": verdict})
    return rows
