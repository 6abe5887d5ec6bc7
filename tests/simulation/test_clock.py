import numpy as np
import pandas as pd

from personalization.simulation.clock import draw_moments, draw_seconds_of_day, read_period

YEAR = read_period("2026-01-01", "2026-12-30")  # 52 whole weeks


def test_both_days_of_a_period_belong_to_it():
    assert YEAR.n_days == 364
    assert pd.Timestamp(YEAR.end, unit="s") == pd.Timestamp("2026-12-31")


def test_moments_lie_within_the_period_in_time_order():
    moments = draw_moments(np.random.default_rng(1), YEAR, 50_000)
    assert (np.diff(moments) >= 0).all()
    assert YEAR.start <= moments.min()
    assert moments.max() < YEAR.end


def test_evenings_are_busy_and_nights_are_empty():
    hours = draw_seconds_of_day(np.random.default_rng(1), 200_000) // 3_600
    counts = np.bincount(hours, minlength=24)
    assert counts.argmax() == 20
    assert counts.argmin() == 3
    assert counts.max() / counts.min() > 20


def test_sunday_is_the_busiest_day():
    moments = draw_moments(np.random.default_rng(1), YEAR, 200_000)
    weekdays = pd.to_datetime(moments, unit="s").dayofweek.value_counts()
    assert weekdays.idxmax() == 6
    assert weekdays.idxmin() == 4
    assert 1.2 < weekdays.max() / weekdays.min() < 1.9
