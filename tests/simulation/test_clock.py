import numpy as np
import pandas as pd

from personalization.simulation.chance import Chance
from personalization.simulation.clock import draw_second_of_day, read_period, weigh_days

YEAR = read_period("2026-01-01", "2026-12-30")  # 52 whole weeks


def test_both_days_of_a_period_belong_to_it():
    assert YEAR.n_days == 364
    assert pd.Timestamp(YEAR.end, unit="s") == pd.Timestamp("2026-12-31")


def test_evenings_are_busy_and_nights_are_empty():
    people = np.arange(200_000)
    seconds = draw_second_of_day(Chance(1), "x", people, 0)
    assert 0 <= seconds.min() < seconds.max() < 86_400
    counts = np.bincount(seconds // 3_600, minlength=24)
    assert counts.argmax() == 20
    assert counts.argmin() == 3
    assert counts.max() / counts.min() > 20


def test_sundays_are_busier_than_fridays_and_november_than_january():
    weights = pd.Series(weigh_days(YEAR), pd.date_range("2026-01-01", periods=364))
    assert abs(weights.mean() - 1) < 1e-12
    by_weekday = weights.groupby(weights.index.dayofweek).mean()
    assert (by_weekday.idxmax(), by_weekday.idxmin()) == (6, 4)
    assert 1.2 < by_weekday.max() / by_weekday.min() < 1.9
    by_month = weights.groupby(weights.index.month).mean()
    assert by_month.idxmax() == 11
    assert by_month.idxmin() == 1
