import numpy as np
import pandas as pd

from personalization.simulation.clock import read_period
from personalization.simulation.users import COUNTRIES, draw_sign_ups


def test_every_email_is_unique_ascii_and_leads_nowhere(tables):
    emails = tables["users"]["email"]
    assert emails.is_unique
    assert emails.str.fullmatch(r"[a-z]+\.[a-z]+\d+@example\.com").all()


def test_addresses_and_names_fill_one_line(tables):
    people = tables["users"][["name", "address", "city"]]
    assert people.map(len).min().min() > 0
    assert not people.map("\n".__contains__).any().any()


def test_countries_and_devices_come_in_their_shares(shop):
    shares = pd.Series(shop.users.person["country"]).value_counts(normalize=True)
    expected = pd.Series({country: share for country, (_, share) in COUNTRIES.items()})
    assert (shares - expected).abs().max() < 0.07
    assert set(shop.users.devices) == {"mobile", "desktop", "tablet"}


def test_about_a_quarter_signs_up_within_the_period_and_nobody_after_it():
    period = read_period("2026-01-01", "2026-06-30")
    moments = draw_sign_ups(np.random.default_rng(5), period, 20_000)
    assert moments.max() < period.end
    assert abs((moments >= period.start).mean() - 0.25) < 0.02


def test_activity_is_uneven(shop):
    activity = np.sort(shop.users.activity)[::-1]
    assert np.isclose(activity.sum(), 1.0)
    assert activity[: activity.size // 10].sum() > 0.25
