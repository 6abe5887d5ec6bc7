"""Registered users: personal data, device, sign-up, and what they like."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from personalization.simulation.chance import Flags, Floats, faker_seed, number_ids
from personalization.simulation.clock import DAY_SECONDS, Moments, Period
from personalization.simulation.settings import BehaviourOptions, ShopOptions, VisitOptions

Texts = NDArray[np.object_]

# country code to Faker locale and share of the users
COUNTRIES: Final = {
    "GB": ("en_GB", 0.45),
    "DE": ("de_DE", 0.25),
    "FR": ("fr_FR", 0.20),
    "NL": ("nl_NL", 0.10),
}
DEVICES: Final = {"mobile": 0.58, "desktop": 0.34, "tablet": 0.08}
POOL_SIZE: Final = 200
NEW_USER_SHARE: Final = 0.25
MEMORY_DAYS: Final = 900  # the oldest accounts


@dataclass(frozen=True)
class Users:
    """Registered users, one entry per user in each array.

    Attributes:
        ids: user ids.
        person: name, email, address, city and country of each user.
        devices: device used to sign up, and most often afterwards.
        signed_up: moment of the sign-up.
        tastes: latent taste, shape ``(n_users, n_tastes)``.
        activity: share of all visits, sums to 1.
        searches: true for users who use the search box.
    """

    ids: NDArray[np.str_]
    person: dict[str, Texts]
    devices: NDArray[np.str_]
    signed_up: Moments
    tastes: Floats
    activity: Floats
    searches: Flags


def plain_letters(text: str) -> str:
    """Lower-case ASCII letters of a name, for an email address.

    >>> plain_letters("Léa-Zoë O'Hara")
    'leazoeohara'
    """
    folded = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return "".join(letter for letter in folded.lower() if letter.isalpha())


def draw_pools(locale: str, seed: int) -> dict[str, Texts]:
    """Names, streets and cities of one country, ``POOL_SIZE`` of each."""
    from faker import Faker

    fake = Faker(locale)
    fake.seed_instance(seed)
    makers = {
        "first": fake.first_name,
        "last": fake.last_name,
        "street": fake.street_address,
        "city": fake.city,
    }
    return {
        part: np.array([make().replace("\n", ", ") for _ in range(POOL_SIZE)], dtype=object)
        for part, make in makers.items()
    }


def draw_people(rng: np.random.Generator, n_users: int) -> dict[str, Texts]:
    """Personal data of invented people; no address leads to a real mailbox."""
    shares = np.array([share for _, share in COUNTRIES.values()])
    country = rng.choice(len(COUNTRIES), size=n_users, p=shares)
    parts = {p: np.empty(n_users, dtype=object) for p in ("first", "last", "street", "city")}
    for number, (locale, _) in enumerate(COUNTRIES.values()):
        pools = draw_pools(locale, faker_seed(rng))
        here = np.flatnonzero(country == number)
        for part, values in parts.items():
            values[here] = pools[part][rng.integers(0, POOL_SIZE, here.size)]
    pairs = list(zip(parts["first"], parts["last"], strict=True))
    emails = [
        f"{plain_letters(first)}.{plain_letters(last)}{number}@example.com"
        for number, (first, last) in enumerate(pairs)
    ]
    return {
        "name": np.array([f"{first} {last}" for first, last in pairs], dtype=object),
        "email": np.array(emails, dtype=object),
        "address": parts["street"],
        "city": parts["city"],
        "country": np.array(list(COUNTRIES), dtype=object)[country],
    }


def draw_devices(rng: np.random.Generator, size: int) -> NDArray[np.str_]:
    """Devices in the shares of :data:`DEVICES`; shape ``(size,)``."""
    return rng.choice(list(DEVICES), size=size, p=list(DEVICES.values()))


def draw_sign_ups(rng: np.random.Generator, period: Period, size: int) -> Moments:
    """Moments of sign-up: mostly before the period, some evenly within it."""
    is_new = rng.random(size) < NEW_USER_SHARE
    before = period.start - rng.integers(1, MEMORY_DAYS * DAY_SECONDS, size)
    return np.where(is_new, rng.integers(period.start, period.end, size), before)


def draw_users(
    rng: np.random.Generator,
    period: Period,
    shop: ShopOptions,
    visits: VisitOptions,
    behaviour: BehaviourOptions,
) -> Users:
    """Draw the shop's registered users."""
    size = shop.n_users
    activity = rng.lognormal(0.0, visits.activity_log_sd, size)
    return Users(
        ids=number_ids("u", np.arange(size)),
        person=draw_people(rng, size),
        devices=draw_devices(rng, size),
        signed_up=draw_sign_ups(rng, period, size),
        tastes=rng.standard_normal((size, behaviour.n_tastes)),
        activity=activity / activity.sum(),
        searches=rng.random(size) < visits.searcher_share,
    )
