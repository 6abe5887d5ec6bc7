import numpy as np
import pandas as pd
import pytest

from personalization.contracts.errors import ConfigurationError
from personalization.simulation.chance import Chance
from personalization.simulation.clock import draw_second_of_day, read_period, weigh_days
from tests.simulation.options_of import options_of

CLOCK = options_of("base").strengths.clock
YEAR = read_period("2026-01-01", "2026-12-30")  # 52 whole weeks


def test_both_days_of_a_period_belong_to_it():
    assert YEAR.n_days == 364
    assert pd.Timestamp(YEAR.end, unit="s") == pd.Timestamp("2026-12-31")


def test_evenings_are_busy_and_nights_are_empty():
    people = np.arange(200_000)
    seconds = draw_second_of_day(Chance(1), CLOCK, "x", people, 0)
    assert 0 <= seconds.min() < seconds.max() < 86_400
    counts = np.bincount(seconds // 3_600, minlength=24)
    assert counts.argmax() == 20
    assert counts.argmin() == 3
    assert counts.max() / counts.min() > 20


def test_sundays_are_busier_than_fridays_and_november_than_january():
    weights = pd.Series(weigh_days(YEAR, CLOCK), pd.date_range("2026-01-01", periods=364))
    assert abs(weights.mean() - 1) < 1e-12
    by_weekday = weights.groupby(weights.index.dayofweek).mean()
    assert (by_weekday.idxmax(), by_weekday.idxmin()) == (6, 4)
    assert 1.2 < by_weekday.max() / by_weekday.min() < 1.9
    by_month = weights.groupby(weights.index.month).mean()
    assert by_month.idxmax() == 11
    assert by_month.idxmin() == 1


def clock_of(**changes):
    return options_of("base", strengths={"clock": changes}).strengths.clock


def test_nobody_comes_in_an_hour_or_on_a_weekday_of_weight_0():
    clock = clock_of(hour_weights=[0] * 9 + [1, 3] + [0] * 13, weekday_weights=[1] * 5 + [0, 1])
    hours = draw_second_of_day(Chance(1), clock, "x", np.arange(40_000), 0) // 3_600
    assert np.bincount(hours, minlength=24)[9:11] / 40_000 == pytest.approx(
        [1 / 4, 3 / 4], abs=0.01
    )
    weights = pd.Series(weigh_days(YEAR, clock), pd.date_range("2026-01-01", periods=364))
    assert (weights[weights.index.dayofweek == 5] == 0).all()
    assert (weights[weights.index.dayofweek != 5] > 0).all()


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"hour_weights": [1] * 23}, r"strengths\.clock\.hour_weights has 23 weights; .* 24"),
        ({"weekday_weights": [1] * 8}, "weekday_weights has 8 weights"),
        ({"month_weights": [-0.1] + [1] * 11}, r"month_weights is \[-0\.1, .*a number from 0"),
        ({"month_weights": [float("nan")] + [1] * 11}, r"month_weights is \[nan"),
        ({"weekday_weights": [0] * 7}, "weekday_weights sums to 0"),
        (
            {"weekday_weights": 1},
            r"strengths\.clock\.weekday_weights: '1' is not a list of a number",
        ),
        ({"weekday_weights": [1e308] * 7}, "weekday_weights sums to inf"),
        ({"weekday_weights": ["1"] * 7}, "weekday_weights: .* is not a list of a number"),
    ],
)
def test_weights_that_cannot_be_drawn_from_are_refused_by_their_key(changes, told):
    with pytest.raises(ConfigurationError, match=told):
        clock_of(**changes)


def test_a_period_in_which_nobody_comes_is_refused():
    july = read_period("2026-07-01", "2026-07-31")
    with pytest.raises(ConfigurationError, match="all days of the period weigh 0"):
        weigh_days(july, clock_of(month_weights=[1] * 6 + [0] + [1] * 5))
