"""What changes in a shop on purpose, so that monitors can be scored: scenarios of drift.

Each has a start, a length and a strength, and is off unless it is named. What is injected is
written down as truth.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Final, get_type_hints

import numpy as np

from personalization.contracts.entries import build_part
from personalization.contracts.errors import ConfigurationError
from personalization.contracts.values import require
from personalization.simulation.catalogue import LEAVES
from personalization.simulation.chance import Chance, Flags, Floats
from personalization.simulation.limits import Range, Share, check_ranges

TASTE_CHANGE: Final = "taste_change"
PRICE_RISE: Final = "price_rise"
NEW_CATEGORY: Final = "new_category"
BROKEN_TRACKING: Final = "broken_tracking"
CAMPAIGN: Final = "campaign"
BOT_WAVE: Final = "bot_wave"
# Scenario to the unit of its strength.
UNITS: Final[Mapping[str, str]] = {
    TASTE_CHANGE: "share of the variance of a person's taste that is new",
    PRICE_RISE: "rise of all prices, relative",
    NEW_CATEGORY: "log-weight of the category's products on their first day",
    BROKEN_TRACKING: "share of the events of known users that lose the user",
    CAMPAIGN: "visits more, relative",
    BOT_WAVE: "visits of bots per visit of a person",
}
OF_ONE_CATEGORY: Final = (NEW_CATEGORY, CAMPAIGN)
NONE: Final = "none"
MOST_LOG_FAVOUR: Final = 2.0  # more of it would throw away too many draws of other days
Start = Annotated[int, Range(1, 3660)]
Days = Annotated[int, Range(1, 3660)]


@dataclass(frozen=True)
class Scenario:
    """When something changes, and how much.

    Attributes:
        start: days before the end of the period at which it begins.
        days: that it takes.
        strength: unit by scenario; see :data:`UNITS`.
    """

    start: Start
    days: Days
    strength: Annotated[float, Range(0, 10)]


@dataclass(frozen=True)
class ShareScenario(Scenario):
    """A scenario whose strength is a share."""

    strength: Share


@dataclass(frozen=True)
class FavourScenario(Scenario):
    """A scenario whose strength is added to log-weights."""

    strength: Annotated[float, Range(0, MOST_LOG_FAVOUR)]


@dataclass(frozen=True)
class CampaignScenario(Scenario):
    """A scenario that takes something off the prices of one category.

    Attributes:
        discount: off the price, relative.
    """

    discount: Annotated[float, Range(0, 0.9)]


@dataclass(frozen=True)
class DriftOptions:
    """What changes on purpose.

    Attributes:
        active: ``none``, the name of a scenario, or a list of names.
        taste_change: people's tastes turn elsewhere, person by person.
        price_rise: all prices rise, a little every day, and stay.
        new_category: a category is not sold before; then it is, favoured less from day to day.
        broken_tracking: the tracker loses who it is, event by event.
        campaign: more people come; one category is cheaper and draws attention.
        bot_wave: machines look at everything.
    """

    active: str | Sequence[str]
    taste_change: ShareScenario
    price_rise: Scenario
    new_category: FavourScenario
    broken_tracking: ShareScenario
    campaign: CampaignScenario
    bot_wave: Scenario

    def __post_init__(self) -> None:
        """Build the scenarios; refuse unknown names and values out of range."""
        for name, hint in get_type_hints(type(self)).items():
            if name not in UNITS:
                continue
            group, given = f"drift.{name}", getattr(self, name)
            if not isinstance(given, Scenario):
                built = build_part(hint, given, f"data_generation.{group}.")
                object.__setattr__(self, name, built)
            check_ranges(group, getattr(self, name))
        listed = [self.active] if isinstance(self.active, str) else self.active
        told = (
            f"data_generation.drift.active is {self.active!r}; it must be a name or a list of them"
        )
        require(isinstance(listed, list | tuple) and all(isinstance(n, str) for n in listed), told)
        for name in self.names:
            known = ", ".join((NONE, *UNITS))
            told = f"data_generation.drift.active names {name!r}; there are {known}"
            require(name in UNITS, told)

    @property
    def names(self) -> tuple[str, ...]:
        """The active scenarios."""
        given = (self.active,) if isinstance(self.active, str) else tuple(self.active)
        return tuple(name for name in given if name != NONE)


@dataclass(frozen=True)
class Shift:
    """An active scenario in a shop's own days.

    Attributes:
        scenario: name.
        first: first day, from the start of the period.
        days: that it takes.
        strength: unit by scenario.
        leaf: the category it is about; -1 for all.
        discount: off that category's prices, relative.
    """

    scenario: str
    first: int
    days: int
    strength: float
    leaf: int = -1
    discount: float = 0.0

    def during(self, n_days: int) -> Flags:
        """The days that it takes, of a period."""
        day = np.arange(n_days)
        return (day >= self.first) & (day < self.first + self.days)

    def risen(self, n_days: int) -> Floats:
        """How far it has come on each day: 0 before, 1 after.

        >>> Shift("price_rise", first=1, days=2, strength=0.1).risen(4).tolist()
        [0.0, 0.5, 1.0, 1.0]
        """
        risen: Floats = np.clip((np.arange(n_days) + 1 - self.first) / self.days, 0.0, 1.0)
        return risen


def find_shift(shifts: Sequence[Shift], scenario: str) -> Shift | None:
    """The shift of a scenario; None where it is not active."""
    return next((shift for shift in shifts if shift.scenario == scenario), None)


def plan_shifts(options: DriftOptions, seed: int, n_days: int) -> tuple[Shift, ...]:
    """The active scenarios of a shop.

    Raises:
        ConfigurationError: one begins before the shop does.
    """
    planned = []
    for place, name in enumerate(UNITS):
        scenario: Scenario = getattr(options, name)
        if name not in options.names:
            continue
        if scenario.start > n_days:
            raise ConfigurationError(
                f"data_generation.drift.{name}.start is {scenario.start}; "
                f"the shop has {n_days} days only"
            )
        drawn = int(Chance(seed).below("drift", len(LEAVES), np.array([place]))[0])
        leaf = drawn if name in OF_ONE_CATEGORY else -1
        first = n_days - scenario.start
        off = getattr(scenario, "discount", 0.0)
        planned.append(Shift(name, first, scenario.days, scenario.strength, leaf, off))
    return tuple(planned)


def multiply_traffic(shifts: Sequence[Shift], n_days: int) -> Floats:
    """Factor on the visits of each day."""
    campaign = find_shift(shifts, CAMPAIGN)
    if campaign is None:
        return np.ones(n_days)
    factor: Floats = 1 + campaign.strength * campaign.during(n_days).astype(np.float64)
    return factor


def raise_prices(shifts: Sequence[Shift], n_days: int) -> Floats:
    """Factor on all prices of each day."""
    rise = find_shift(shifts, PRICE_RISE)
    return np.ones(n_days) if rise is None else 1 + rise.strength * rise.risen(n_days)
