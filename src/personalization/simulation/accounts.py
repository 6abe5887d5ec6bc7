"""The users' table: personal data of invented people, drawn from pools that Faker fills once."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from personalization.contracts import columns as c
from personalization.simulation import texts
from personalization.simulation.catalogue import LOCALES
from personalization.simulation.chance import Chance, Indices
from personalization.simulation.clock import DAY_SECONDS
from personalization.simulation.people import draw_people
from personalization.simulation.world import World

if TYPE_CHECKING:
    import pyarrow as pa

Texts = NDArray[np.str_]

POOL_SIZE: Final = 500
PARTS: Final = ("first", "last", "street", "city")


@dataclass(frozen=True)
class Pools:
    """Names, streets and cities of each country, ``POOL_SIZE`` of each.

    Attributes:
        words: part to an array of shape ``(n_countries, POOL_SIZE)``.
        plain: first and last names the same, as they stand in an email address.
    """

    words: dict[str, Texts]
    plain: dict[str, Texts]


def draw_pools(seed: int, countries: Iterable[str]) -> Pools:
    """Let Faker fill the pools."""
    from faker import Faker

    drawn: dict[str, list[list[str]]] = {part: [] for part in PARTS}
    for number, country in enumerate(countries):
        fake = Faker(LOCALES[country])
        fake.seed_instance(seed + number)
        makers = (fake.first_name, fake.last_name, fake.street_address, fake.city)
        for part, make in zip(PARTS, makers, strict=True):
            drawn[part].append([make().strip().replace("\n", ", ") for _ in range(POOL_SIZE)])
    plain = {
        part: np.array([[plain_letters(word) for word in row] for row in drawn[part]])
        for part in ("first", "last")
    }
    return Pools({part: np.array(rows) for part, rows in drawn.items()}, plain)


def plain_letters(text: str) -> str:
    """Lower-case ASCII letters of a name, for an email address.

    >>> plain_letters("Léa-Zoë O'Hara")
    'leazoeohara'
    """
    folded = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return "".join(letter for letter in folded.lower() if letter.isalpha())


def write_accounts(world: World, pools: Pools, number: Indices) -> dict[str, pa.Array]:
    """Columns of the users' table; no address leads to a real mailbox. Grain: one row per user."""
    import pyarrow as pa

    chance, people = Chance(world.seed), draw_people(world, number)
    places = {part: (people.country, chance.below(part, POOL_SIZE, number)) for part in PARTS}
    words = {part: pools.words[part][place] for part, place in places.items()}
    first, last = (pools.plain[part][places[part]] for part in ("first", "last"))
    signed_up = world.period.start + np.floor(people.first_day * DAY_SECONDS).astype(np.int64)
    return {
        c.USER_ID: texts.write_users(number),
        c.NAME: texts.join(pa.array(words["first"]), " ", pa.array(words["last"])),
        c.EMAIL: texts.join(
            *(pa.array(first), ".", pa.array(last), texts.pad(number, 1), "@example.com")
        ),
        c.ADDRESS: pa.array(words["street"]),
        c.CITY: pa.array(words["city"]),
        c.COUNTRY: texts.pick_words(world.countries, people.country),
        c.DEVICE: texts.pick_words(world.devices, people.device),
        c.SIGNED_UP_TS: texts.write_moments(signed_up),
    }
