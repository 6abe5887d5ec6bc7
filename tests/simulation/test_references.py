"""Distances to published points, by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from personalization.simulation import references, shapes
from personalization.simulation.references import BestItems, Extremes, LogNormal, Quantiles


def test_a_count_s_quantile_is_met_by_every_share_around_it():
    # 40 % below 3, 70 % up to it: the median is 3, as published
    found = shapes.cumulate_counts("n", "views", {2: 4, 3: 3, 9: 3})
    assert Quantiles({0.5: 3}).measure(found).distance == 0
    # 40 % up to 2 where 50 % were to be
    assert Quantiles({0.5: 2}).measure(found).distance == pytest.approx(0.1)
    # 70 % below 4 already
    assert Quantiles({0.5: 4}).measure(found).distance == pytest.approx(0.2)


def test_the_largest_gap_at_the_published_quantiles_counts():
    found = shapes.cumulate("gap", "days", {10.0: 6, 20.0: 4})
    gap = Quantiles({0.5: 10, 0.9: 15}).measure(found)
    assert gap.distance == pytest.approx(max(0.6 - 0.5, 0.9 - 0.8))
    assert (gap.at, gap.share) == ([10, 15], [0.5, 0.9])


def test_distance_to_a_log_normal_is_scipy_s_where_bins_are_fine():
    logs = np.random.default_rng(2).normal(3.8, 1.6, 20_000)
    ends, times = np.unique(np.ceil(logs * 500) / 500, return_counts=True)
    bins = dict(zip(ends.tolist(), times.tolist(), strict=True))
    found = shapes.cumulate_logs("gap", "seconds", bins)
    expected = stats.kstest(logs, "norm", args=(3.95, 1.51)).statistic
    assert LogNormal(3.95, 1.51).measure(found).distance == pytest.approx(expected, abs=1e-3)


def test_best_items_and_extremes_are_compared_at_their_points():
    curve = shapes.concentrate("best_items", np.ones(100, dtype=np.int64))
    assert BestItems({1: 0.1, 20: 0.6}).measure(curve).distance == pytest.approx(0.6 - 0.2)
    hours = shapes.share_out("hours", "hour", [1, 7, 2])
    gap = Extremes(peak=0.5, trough=0.05).measure(hours)
    assert gap.distance == pytest.approx(0.7 - 0.5)
    assert list(gap.at) == [1, 0]


def test_every_reference_names_shop_and_source_and_its_own_kind_of_distance():
    found = shapes.cumulate_counts("orders_per_user", "orders", {1: 3, 2: 4, 9: 2, 30: 1})
    rows = references.lay_beside(found)
    assert [row["shop"] for row in rows] == ["UCI Online Retail", "Complete Journey"]
    assert all(row["source"] and row["says"] for row in rows)
    assert {row["distance_name"] for row in rows} == {"largest gap at the published quantiles"}


def test_nothing_is_compared_where_nothing_was_counted_or_published():
    assert references.lay_beside(shapes.cumulate_counts("orders_per_user", "orders", {})) == []
    assert references.lay_beside(shapes.share_out("weekdays", "weekday", [1] * 7)) == []
