"""Distances against those of the definition and of SciPy; points that stay few."""

from __future__ import annotations

import json

import numpy as np
import pytest
from scipy import stats

from personalization.simulation import shapes


def counts_of(numbers):
    values, times = np.unique(numbers, return_counts=True)
    return dict(zip(values.tolist(), times.tolist(), strict=True))


@pytest.mark.parametrize("count", [1, 64, 65, 66, 67, 68, 335, 4_096, 10**6])
def test_a_count_never_lies_above_its_place_on_the_grid(count):
    end = shapes.end_of_count(count)
    assert end >= count
    assert shapes.end_of_count(end) == end
    assert end <= max(count, count * shapes.COUNT_STEP + 1)


def test_points_stay_few_however_many_different_counts_there_are():
    found = shapes.cumulate_counts("orders", "orders", dict.fromkeys(range(1, 50000), 1))
    assert len(found.at) < 250
    assert found.share[-1] == 1.0
    assert found.n == 49_999


def test_distance_of_counts_is_scipy_s():
    rng = np.random.default_rng(1)
    one, other = rng.poisson(5, 3_000) + 1, rng.poisson(6, 2_000) + 1
    found = shapes.measure_distance(
        shapes.cumulate_counts("orders", "orders", counts_of(one)),
        shapes.cumulate_counts("orders", "orders", counts_of(other)),
    )
    assert found == pytest.approx(stats.ks_2samp(one, other).statistic, abs=1e-12)


def test_bins_that_one_shop_lacks_add_nothing():
    one = shapes.cumulate("gap", "days", {1.0: 1, 2.0: 0, 4.0: 1})
    other = shapes.cumulate("gap", "days", {1.0: 1, 3.0: 1})
    # from 3 to 4 the other shop has all, the one half
    assert shapes.measure_distance(one, other) == 1 / 2


def test_total_variation_is_half_of_all_gaps():
    one = shapes.share_out("days", "weekday", [5, 3, 2])
    other = shapes.share_out("days", "weekday", [2, 2, 6])
    assert shapes.measure_distance(one, other) == pytest.approx((0.3 + 0.1 + 0.4) / 2)


def test_nothing_counted_has_no_distance():
    one, empty = shapes.share_out("days", "day", [1, 1]), shapes.share_out("days", "day", [0, 0])
    assert shapes.measure_distance(one, empty) is None
    assert shapes.measure_distance(one, one) == 0


def test_equal_sales_make_a_straight_line():
    curve = shapes.concentrate("sales", np.full(200, 3))
    assert curve.share == pytest.approx([share / 100 for share in shapes.ITEM_SHARES])


def test_a_distribution_survives_json():
    found = shapes.cumulate_logs("gap", "seconds", {0.125: 2, 0.25: 1})
    stored = json.loads(json.dumps({**found.as_dict(), "references": []}))
    assert shapes.read_distribution(stored) == found
