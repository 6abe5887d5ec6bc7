"""What a real log tells of a calendar, put into a generated shop of other days."""

import numpy as np
import pytest

from personalization.simulation.clock import presence, read_period, weigh_days
from personalization.simulation.fitting import fit_clock
from personalization.simulation.preset import fit_shop
from personalization.simulation.profile import ShopProfile
from tests.simulation.options_of import options_of

FIRST_DAY, DAYS = "2010-12-01", 374
OPTIONS = options_of("base")


def profile_of(daily):
    """A log of so many visits a day, and nothing else that matters here."""
    visits = int(np.sum(daily))
    return ShopProfile(
        records_views=True,
        first_day=FIRST_DAY,
        daily_visits=daily,
        hourly_visits=[visits // 24] * 24,
        n_items=200,
        n_users=300,
        visits=visits,
        known_visits=visits,
        signed_in_visits=visits,
        middle_visits={},
        edge_traffic=(0.5, 0.5),
        lengths={1: visits},
        gap_log=None,
        seen=visits,
        carted=visits // 20,
        carts=[],
        lines_per_item={3: 50, 5: 40},
        returned={},
        price_log_sd=None,
    )


def months_of(first_day, n_days):
    days = np.datetime64(first_day, "D") + np.arange(n_days)
    return days.astype("datetime64[M]").astype(int) % 12


@pytest.mark.parametrize("last_day", ["2026-06-30", "2011-12-09"])
def test_months_are_as_busy_in_the_generated_shop_as_in_the_log(last_day):
    """Whatever its own last day, and however many of its people come by then."""
    busy = np.array([1.0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 3, 2])
    daily = (1000 * busy[months_of(FIRST_DAY, DAYS)]).astype(int).tolist()
    fitted = list(fit_clock(profile_of(daily), OPTIONS.strengths, last_day))
    weights = {one.key.rpartition(".")[2]: one.value for one in fitted}
    clock = type(OPTIONS.strengths.clock)(**weights)
    first_day = str(np.datetime64(last_day, "D") - (DAYS - 1))
    people = OPTIONS.strengths.people
    there = presence(DAYS, people.new_share, people.stay_days)
    traffic = weigh_days(read_period(first_day, last_day), clock) * there
    months = months_of(first_day, DAYS)
    found = np.array([traffic[months == month].mean() for month in range(12)])
    np.testing.assert_allclose(found / found.mean(), busy / busy.mean(), rtol=0.03)


@pytest.mark.parametrize(("n_days", "test_days"), [(374, None), (29, None), (28, 9), (20, 6)])
def test_a_short_log_brings_test_days_that_fit_into_it(n_days, test_days):
    found = fit_shop(profile_of([100] * n_days), OPTIONS.shop, OPTIONS.strengths)
    values = {one.key: one.value for one in found}
    assert values["shop.sizes.fitted.days"] == n_days
    assert values.get("shop.test_days") == test_days
