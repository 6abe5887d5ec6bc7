"""Means and intervals against NumPy and arithmetic."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from personalization.pipelines.evaluation.estimates import Estimate, estimate_mean, read_scores

Z = 1.959963984540054


@given(st.lists(st.floats(0, 1), min_size=2, max_size=50))
def test_interval_equals_that_of_the_raw_values(values):
    estimate = estimate_mean(len(values), sum(values), sum(v * v for v in values))

    assert estimate.mean == pytest.approx(np.mean(values), abs=1e-12)
    half_width = Z * np.std(values, ddof=1) / math.sqrt(len(values))
    assert estimate.half_width == pytest.approx(half_width, abs=1e-7)


def test_one_user_has_a_mean_and_no_interval():
    assert estimate_mean(1, 0.25, 0.0625) == Estimate(0.25, None, 1)
    assert Estimate(0.25, None, 1).record() == {"high": None, "low": None, "mean": 0.25}


def test_rounding_below_a_zero_variance_gives_a_zero_width():
    total, squares = 0.1 * 3, 0.03 - 1e-17

    assert estimate_mean(3, total, squares).half_width == pytest.approx(0, abs=1e-9)


def test_bounds_lie_one_half_width_from_the_mean():
    assert Estimate(0.5, 0.2, 9).record() == {"high": 0.7, "low": 0.3, "mean": 0.5}


def test_a_baseline_that_was_not_evaluated_has_no_difference(make_sums, options):
    row = make_sums(("als", "all", 10), [0.5, 0.7], [[0.1, 0.3], []])

    scores = read_scores(row, options)

    assert list(scores.differences) == ["popularity"]
    assert scores.differences["popularity"].mean == pytest.approx((0.1 + 0.3) / 2)
    assert scores.metrics["recall"].mean == pytest.approx((0.5 + 0.7) / 2)


def test_intervals_cover_the_truth_in_about_95_of_100_samples():
    generator = np.random.default_rng(7)
    samples = generator.binomial(1, 0.3, size=(2000, 400)).astype(float)

    found = [estimate_mean(400, s.sum(), np.square(s).sum()) for s in samples]

    covered = np.mean([abs(e.mean - 0.3) <= e.half_width for e in found])
    assert 0.935 <= covered <= 0.965
