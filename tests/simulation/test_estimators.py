"""Each estimator recovers what the counts were drawn with; what it takes off would be missed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from personalization.simulation import estimators
from personalization.simulation.profile import CartVisits


def counts_of(numbers):
    values, times = np.unique(numbers, return_counts=True)
    return dict(zip(values.tolist(), times.tolist(), strict=True))


@pytest.mark.parametrize(("mean", "sd"), [(0.0, 1.2), (3.0, 1.85), (6.0, 0.5)])
def test_spread_of_popularity_is_recovered_though_items_never_sold_are_not_seen(mean, sd):
    rng = np.random.default_rng(1)
    sold = rng.poisson(rng.lognormal(mean, sd, 6_000))
    sold = sold[sold > 0]
    assert estimators.fit_popularity(counts_of(sold)) == pytest.approx(sd, rel=0.05)
    if mean == 0.0:  # the counts themselves tell something else
        assert np.log(sold).std() < 0.8 * sd


def test_spread_of_activity_is_recovered_though_the_busy_are_seen_more_often():
    rng = np.random.default_rng(2)
    rates = rng.lognormal(1.0, 0.9, 20_000)
    before, middle, after = (rng.poisson(rates * part) for part in (0.5, 1.0, 0.4))
    seen = (before > 0) & (after > 0)
    found = estimators.fit_activity(counts_of(middle[seen]), (0.5, 0.4))
    assert found == pytest.approx(0.9, rel=0.05)
    assert np.log(rates[seen]).std() < 0.85 * 0.9


@pytest.mark.parametrize(("mean", "sd"), [(0.4, 0.9), (0.8, 0.6), (2.5, 1.3)])
def test_lengths_of_visits_are_recovered_from_whole_views(mean, sd):
    wishes = np.random.default_rng(3).normal(mean, sd, 20_000)
    views = 1 + np.floor(np.exp(wishes)).astype(int)
    assert estimators.fit_lengths(counts_of(views)) == pytest.approx((mean, sd), abs=0.03)
    assert np.log(views).std() < 0.95 * sd


def test_weekdays_and_months_are_recovered_from_their_products():
    weekday, month = np.array([1, 2, 3, 4, 5, 0, 6]), np.arange(1, 13)
    days = pd.date_range("2025-01-15", periods=500)
    traffic = (weekday[days.dayofweek] * month[days.month - 1]).astype(float)
    by_weekday, by_month = estimators.fit_calendar("2025-01-15", traffic)
    assert by_weekday == pytest.approx((weekday / weekday.mean()).tolist())
    assert by_month == pytest.approx((month / month.mean()).tolist())


def test_a_month_that_the_log_does_not_hold_weighs_1():
    days = pd.date_range("2026-03-01", "2026-04-30")
    traffic = np.where(days.month == 3, 2.0, 6.0)
    _, by_month = estimators.fit_calendar("2026-03-01", traffic)
    assert by_month[2:4] == pytest.approx([2 / 4, 6 / 4])
    assert by_month[:2] + by_month[4:] == [1.0] * 10


def draw_carts(checkout, line_share, size=30_000):
    rng = np.random.default_rng(4)
    items = rng.integers(1, 5, size)
    pays = rng.random(size) < checkout
    bought = np.where(pays, rng.binomial(items, line_share), 0)
    frame = pd.DataFrame({"items": items, "paid": bought > 0, "bought": bought})
    groups = frame.groupby(["items", "paid"])["bought"].agg(["size", "sum"]).reset_index()
    return [CartVisits(True, *row) for row in groups.to_numpy().tolist()]


def test_checkout_and_line_share_are_recovered_though_empty_orders_are_not_seen():
    carts = draw_carts(0.6, 0.4)
    kept = estimators.fit_line_share(carts)
    assert kept == pytest.approx(0.4, abs=0.01)
    assert estimators.fit_checkout(carts, kept) == pytest.approx(0.6, abs=0.01)
    paid = sum(one.visits for one in carts if one.paid) / 30_000
    assert paid < 0.5


def test_carts_that_are_bought_whole_have_a_line_share_of_1():
    assert estimators.fit_line_share([CartVisits(True, 3, True, 10, 30)]) == 1.0


@pytest.mark.parametrize(
    "carts", [[], [CartVisits(True, 2, False, 9, 0)], [CartVisits(True, 2, True, 9, 9)]]
)
def test_carts_that_tell_nothing_give_nothing(carts):
    assert estimators.fit_line_share(carts) is None
    assert estimators.fit_checkout([], 0.5) is None


def test_one_value_has_no_spread():
    assert estimators.fit_popularity({3: 10}) is None
    assert estimators.fit_activity({}, (1.0, 1.0)) is None
    assert estimators.fit_lengths({1: 5}) is None


def test_returns_are_counted_over_the_items_that_are_returned_at_all():
    rng = np.random.default_rng(1)
    lines = rng.integers(1, 60, 4000)
    back = rng.binomial(lines, np.where(rng.random(4000) < 0.3, 0.0, 0.12))
    pairs, times = np.unique(np.stack([lines, back]), axis=1, return_counts=True)
    counts = {(int(n), int(r)): int(k) for (n, r), k in zip(pairs.T, times, strict=True)}
    assert estimators.fit_returns(counts) == pytest.approx(0.12, abs=0.004)
    assert estimators.fit_returns({(5, 0): 3}) is None
    assert estimators.fit_returns({}) is None
