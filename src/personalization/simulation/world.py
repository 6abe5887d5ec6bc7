"""What is the same for everybody: period, products, calendar, strengths, and the random numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from personalization.contracts.values import require
from personalization.simulation.assortment import Assortment, draw_assortment
from personalization.simulation.chance import Chance, Floats
from personalization.simulation.clock import Period, presence, read_period, weigh_days
from personalization.simulation.dealing import POLICIES, Deck
from personalization.simulation.experiment import Experiment, ExperimentOptions, plan_experiment
from personalization.simulation.items import Items, draw_items
from personalization.simulation.settings import DirtOptions, ShopOptions, Size
from personalization.simulation.shifts import (
    BOT_WAVE,
    DriftOptions,
    Shift,
    find_shift,
    multiply_traffic,
    plan_shifts,
)
from personalization.simulation.strengths import Strengths

LEAST_BOT_VISITS: Final = 0.1  # of a bot a day, or a wave takes too many bots
MOST_PEOPLE_PER_BLOCK: Final = 2048
CELLS_PER_BLOCK: Final = 2**22  # people times products: what is laid out for a block at once


@dataclass(frozen=True)
class NoWorld:
    """Stands for the world of a shop that is not generated: its files are its own."""


@dataclass(frozen=True)
class World:
    """A shop before anybody has come.

    Attributes:
        size: of the shop.
        seed: of the shop.
        currency: of all prices.
        strengths: of everything that acts.
        dirt: what is wrong with the files.
        period: days covered.
        day_weights: relative traffic of each day, mean 1 where no campaign adds to it.
        items: products.
        assortment: what holds for each product on each day.
        chance: random numbers of what people do; who they are does not depend on its replica.
        people_per_block: that are simulated at once; it changes nothing that they do.
        shifts: what changes on purpose.
        experiment: the A/B test that runs, if one does.
    """

    size: Size
    seed: int
    currency: str
    strengths: Strengths
    dirt: DirtOptions
    period: Period
    day_weights: Floats
    items: Items
    assortment: Assortment
    chance: Chance
    people_per_block: int
    shifts: tuple[Shift, ...] = ()
    experiment: Experiment | None = None

    @property
    def n_humans(self) -> int:
        """Accounts and strangers."""
        return self.size.n_users + self.size.n_strangers

    @property
    def n_steady(self) -> int:
        """Accounts, strangers, and the bots that come at any time."""
        return self.n_humans + round(self.strengths.people.bot_share * self.n_humans)

    @property
    def n_people(self) -> int:
        """Everybody, also the bots of a wave."""
        wave = find_shift(self.shifts, BOT_WAVE)
        if wave is None:
            return self.n_steady
        people, n_days = self.strengths.people, self.period.n_days
        visits = self.size.n_users * self.size.visits_per_user
        visits += self.size.n_strangers * people.stranger_visits
        there = presence(n_days, people.new_share, people.stay_days)[wave.during(n_days)].mean()
        per_bot = people.bot_visits_per_day * n_days
        return self.n_steady + math.ceil(wave.strength * visits * float(there) / per_bot)

    @property
    def countries(self) -> tuple[str, ...]:
        """That people live in, by number."""
        return tuple(self.strengths.people.country_weights)

    @property
    def devices(self) -> tuple[str, ...]:
        """That people use, by number."""
        return tuple(self.strengths.people.device_weights)

    @property
    def n_blocks(self) -> int:
        """Blocks of people, each simulated at once."""
        return -(-self.n_people // self.people_per_block)

    @cached_property
    def decks(self) -> tuple[Deck, ...]:
        """What each policy of the recommendation box can show; a worker lays it out once."""
        length = self.strengths.lists.length
        return tuple(
            Deck.build(policy, length, self.items, self.assortment)
            for policy in range(len(POLICIES))
        )


def build_world(
    shop: ShopOptions,
    strengths: Strengths,
    dirt: DirtOptions,
    drift: DriftOptions | None = None,
    experiment: ExperimentOptions | None = None,
) -> World:
    """The world of a shop; the same options give the same.

    Raises:
        ConfigurationError: there are more segments than users, or something begins before the shop.
    """
    size = shop.extent
    require(
        strengths.people.n_segments <= size.n_users,
        f"data_generation.strengths.people.n_segments is {strengths.people.n_segments}; there are "
        f"more segments than users ({size.n_users}).",
    )
    period = read_period(shop.start_date, shop.end_date)
    shifts = plan_shifts(drift, shop.seed, period.n_days) if drift else ()
    require(
        find_shift(shifts, BOT_WAVE) is None
        or strengths.people.bot_visits_per_day >= LEAST_BOT_VISITS,
        f"data_generation.strengths.people.bot_visits_per_day is "
        f"{strengths.people.bot_visits_per_day}; a bot_wave needs {LEAST_BOT_VISITS} at least",
    )
    items = draw_items(shop.seed, size.n_products, strengths)
    return World(
        size=size,
        seed=shop.seed,
        currency=shop.currency,
        strengths=strengths,
        dirt=dirt,
        period=period,
        day_weights=weigh_days(period, strengths.clock) * multiply_traffic(shifts, period.n_days),
        items=items,
        assortment=draw_assortment(shop.seed, period, items, strengths.assortment, shifts),
        chance=Chance(shop.seed),
        people_per_block=max(1, min(CELLS_PER_BLOCK // items.size, MOST_PEOPLE_PER_BLOCK)),
        shifts=shifts,
        experiment=plan_experiment(experiment, shop.seed, period.n_days) if experiment else None,
    )
