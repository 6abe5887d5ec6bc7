"""A generated shop's parameters from a real shop's log, one idea after another.

Estimates are of the generator's parameters, not of what is seen: noise of counts and people who
come later or leave earlier are taken off. What the log does not tell stays as it is set.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, get_type_hints

import numpy as np
from scipy.optimize import brentq

from personalization.simulation import estimators
from personalization.simulation.catalogue import LEAF_NAMES
from personalization.simulation.chance import Floats
from personalization.simulation.clock import presence
from personalization.simulation.profile import ShopProfile
from personalization.simulation.responses import HabitOptions
from personalization.simulation.settings import Size
from personalization.simulation.strengths import PeopleOptions, Strengths

DRAWN_PEOPLE: Final = 20_000
MOST_UNSEEN: Final = 20  # accounts per user seen
SEED: Final = 1
SIZE: Final = "fitted"
SIZE_KEY: Final = f"shop.sizes.{SIZE}"


@dataclass(frozen=True)
class Estimate:
    """One parameter of the preset.

    Attributes:
        key: below ``data_generation``.
        value: a number, a list of weights, or a word.
        unit: of the value.
        how: it was found, in a few words.
    """

    key: str
    value: float | str | list[float]
    unit: str
    how: str


def count_people(profile: ShopProfile, people: PeopleOptions) -> int:
    """Accounts that there must be for so many to be seen: some never come, or not in the period.

    People's stays and rates are drawn as the generator does, their visits are Poisson.
    """
    rng, n_days = np.random.default_rng(SEED), len(profile.daily_visits)
    is_new = rng.random(DRAWN_PEOPLE) < people.new_share
    first = np.where(is_new, rng.random(DRAWN_PEOPLE) * n_days, 0.0)
    stays = np.minimum(rng.exponential(people.stay_days, DRAWN_PEOPLE), n_days - first)
    expected = stays * np.exp(people.activity_log_sd * rng.standard_normal(DRAWN_PEOPLE))
    expected *= profile.known_visits / expected.mean()

    def seen(n_people: float) -> float:
        return n_people * float(-np.expm1(-expected / n_people).mean())

    most = MOST_UNSEEN * max(profile.n_users, 1)
    if seen(most) <= profile.n_users:
        return most
    found = brentq(lambda n: seen(n) - profile.n_users, max(profile.n_users, 1), most)
    return round(float(found))


def who_is_there(n_days: int, last_day: str, people: PeopleOptions) -> Floats:
    """Share of the generated shop's people who come, by month from January.

    Args:
        n_days: of its period.
        last_day: of it, ISO.
        people: as set.
    """
    there = presence(n_days, people.new_share, people.stay_days)
    days = np.datetime64(last_day, "D") - np.arange(n_days)[::-1]
    months = days.astype("datetime64[M]").astype(np.int64) % 12
    n_of_month = np.bincount(months, minlength=12)
    of_month = np.bincount(months, there, 12) / np.maximum(n_of_month, 1)
    return np.where(n_of_month > 0, of_month, there.mean())


def fit_clock(profile: ShopProfile, strengths: Strengths, last_day: str) -> Iterator[Estimate]:
    """Hours, weekdays and months.

    What the generated shop adds to its months is taken off: how many people come in each at all.

    Args:
        profile: the shop's log in numbers.
        strengths: as set.
        last_day: of the generated shop, ISO.
    """
    hours = np.array(profile.hourly_visits) / max(np.mean(profile.hourly_visits), 1e-9)
    n_days = len(profile.daily_visits)
    days = np.datetime64(profile.first_day, "D") + np.arange(n_days)
    months_of_days = days.astype("datetime64[M]").astype(np.int64) % 12
    there = who_is_there(n_days, last_day, strengths.people)
    traffic = np.array(profile.daily_visits) / there[months_of_days]
    weekdays, months = estimators.fit_calendar(profile.first_day, traffic)
    unit = "relative traffic, mean 1"
    group = "strengths.clock"
    yield Estimate(f"{group}.hour_weights", hours.tolist(), f"{unit}, UTC", "beginnings of visits")
    yield Estimate(f"{group}.weekday_weights", weekdays, f"{unit}, from Monday", "visits by day")
    told = "visits by day; 1 for months that the log does not hold"
    yield Estimate(f"{group}.month_weights", months, f"{unit}, from January", told)


def fit_visits(profile: ShopProfile) -> Iterator[Estimate]:
    """Views of a visit, and seconds between them."""
    unit = "natural log of the views beyond the first"
    told = "whole views as cut log-normal numbers"
    if not profile.records_views:
        told = "items of an order: here a visit is an order"
    found = estimators.fit_lengths(profile.lengths)
    if found:
        yield Estimate("strengths.visits.views_log_mean", found[0], unit, told)
        yield Estimate("strengths.visits.views_log_sd", found[1], unit, told)
    if profile.gap_log:
        unit, told = "natural log of seconds", "mean and spread of the gaps within sessions"
        yield Estimate("strengths.visits.gap_log_mean", profile.gap_log[0], unit, told)
        yield Estimate("strengths.visits.gap_log_sd", profile.gap_log[1], unit, told)


def settle_orders_only() -> Iterator[Estimate]:
    """What makes each visit an order, for a shop that records nothing else."""
    told = "not an estimate: the log holds orders only, so that a visit is an order"
    settled = {
        "people.signed_in_share": 1.0,
        "visits.revisit_share": 0.0,
        "visits.gap_log_mean": 0.0,
        "visits.gap_log_sd": 0.0,
        "funnel.cart_logit": 5.0,
        "funnel.cart_taste": 0.0,
        "funnel.intent_sd": 0.0,
        "funnel.checkout_share": 1.0,
        "funnel.guest_factor": 1.0,
        "funnel.line_share": 1.0,
        "habits.repeat_share": 0.0,
        "habits.supplement_share": 0.0,
    }
    for key, value in settled.items():
        yield Estimate(f"strengths.{key}", value, "set", told)


def fit_checkout(profile: ShopProfile, strengths: Strengths) -> Iterator[Estimate]:
    """From the cart to the order, as far as purchases are told by visit."""
    kept = estimators.fit_line_share(profile.carts)
    if kept is None:
        return
    known = [one for one in profile.carts if one.known]
    guests = [one for one in profile.carts if not one.known]
    share = estimators.fit_checkout(known, kept) if known else None
    line_share = kept / (1 - min(strengths.funnel.cancel_share, 0.99))
    told = "items bought in visits that pay; cancelled lines as set are taken off"
    unit = "of the items in a cart that is paid for"
    yield Estimate("strengths.funnel.line_share", min(line_share, 1.0), unit, told)
    if share:
        told = "known visits with a cart; those that keep no item are not seen"
        yield Estimate(
            "strengths.funnel.checkout_share", share, "of the visits with a cart, signed in", told
        )
        other = estimators.fit_checkout(guests, kept) if guests else None
        if other is not None:
            told = "the same share of visits that begin unknown"
            yield Estimate("strengths.funnel.guest_factor", min(other / share, 1), "ratio", told)


def fit_returns(profile: ShopProfile, habits: HabitOptions) -> Iterator[Estimate]:
    """Lines sent back; habitual products never are, in the generator."""
    share, told = (
        estimators.fit_returns(profile.returned),
        "of the products that are returned at all",
    )
    if share and not profile.records_views:
        lines = sum(n * times for (n, _), times in profile.returned.items())
        back = sum(n * times for (_, n), times in profile.returned.items())
        habitual = sum(days > 0 for days in habits.cycle_days.values()) / len(LEAF_NAMES)
        share = back / lines / (1 - habitual) if habitual < 1 else None
        told = "returns per line; the generator keeps its habitual products"
    if share:
        yield Estimate(
            "strengths.funnel.return_share", min(share, 1.0), "of the completed lines", told
        )


def fit_people(profile: ShopProfile) -> Iterator[Estimate]:
    """Spread of activity, and of prices within a category."""
    activity = estimators.fit_activity(profile.middle_visits, profile.edge_traffic)
    if activity:
        told = (
            "visits in the middle half of users seen before and after it, Poisson noise taken off"
        )
        yield Estimate(
            "strengths.people.activity_log_sd", activity, "natural log, person to person", told
        )
    if profile.price_log_sd:
        told = "mean prices of items, pooled over categories"
        yield Estimate(
            "strengths.assortment.price_log_sd",
            profile.price_log_sd,
            "natural log, within a category",
            told,
        )


def fit_size(profile: ShopProfile, strengths: Strengths) -> Iterator[Estimate]:
    """Size of the shop; nothing where one of its numbers is out of the generator's range."""
    people, n_days = strengths.people, len(profile.daily_visits)
    there = float(presence(n_days, people.new_share, people.stay_days).mean())
    n_users = count_people(profile, people)
    of_users = profile.signed_in_visits / max(people.signed_in_share, 0.01)
    strangers = max(profile.visits - of_users, 0)
    per_stranger = max(people.stranger_visits * there, 0.01)
    found = {
        "days": (n_days, "days", "first to last visit"),
        "n_users": (n_users, "people", f"{profile.n_users:,} known users seen, others never came"),
        "n_strangers": (round(strangers / per_stranger), "people", "visits beyond those of users"),
        "n_products": (profile.n_items, "products", "items seen or sold"),
        "visits_per_user": (
            of_users / max(n_users, 1) / there,
            "mean of who stays the whole period",
            "visits signed in; signed_in_share, new_share and stay_days as set",
        ),
    }
    limits = get_type_hints(Size, include_extras=True)
    ranges = {name: hint.__metadata__[0] for name, hint in limits.items()}
    if all(ranges[name].low <= row[0] <= ranges[name].high for name, row in found.items()):
        yield Estimate("shop.size", SIZE, "name", "the size below")
        for name, row in found.items():
            yield Estimate(f"{SIZE_KEY}.{name}", *row)
