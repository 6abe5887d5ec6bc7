"""Parameters of how the days of the mart are derived, checked before anything runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from math import isfinite
from typing import Final

from personalization.contracts import kinds
from personalization.contracts.entries import build_nested
from personalization.contracts.values import require, require_number

DAY_HOURS: Final = 24
DAY_MINUTES: Final = 1440
LEAST_MINUTES: Final = 1 / 60
DAY_SECONDS: Final = 86_400


@dataclass(frozen=True)
class InteractionWeights:
    """How much one interaction of a kind says about taste, relative to a purchase."""

    view: float = 0.1
    search_click: float = 0.1
    cart: float = 0.5
    purchase: float = 1.0
    # A return takes nothing back here; models that want it so read the kind.
    returned: float = 0.0

    def __post_init__(self) -> None:
        for item in fields(self):
            weight = getattr(self, item.name)
            require_number(weight, f"data_processing.derivation.weights.{item.name}")
            told = f"data_processing.derivation.weights.{item.name}: {weight} is not 0 or more."
            require(isfinite(weight) and weight >= 0, told)
        require(
            any(getattr(self, item.name) > 0 for item in fields(self)),
            "data_processing.derivation.weights: all are 0, so that no interaction says anything.",
        )


@dataclass(frozen=True)
class Bots:
    """What no person does; whoever passes one limit on a day is flagged for that day, not deleted.

    Views, carts and clicks on search results count; what is bought does not, because an order of
    many lines has one moment.

    Attributes:
        looks_per_10_minutes: in any ten minutes of the day.
        looks_per_day: in all.
        items_per_day: different ones looked at.
        hours_per_day: clock hours of the day (UTC) with at least one.
    """

    looks_per_10_minutes: int = 30
    looks_per_day: int = 500
    items_per_day: int = 250
    hours_per_day: int = 18

    def __post_init__(self) -> None:
        for one in fields(self):
            key = f"data_processing.derivation.visits.bots.{one.name}"
            limit = getattr(self, one.name)
            require_number(limit, key, int)
            require(limit > 0, f"{key} must be positive.")
        require(
            self.hours_per_day <= DAY_HOURS,
            f"data_processing.derivation.visits.bots.hours_per_day: a day has {DAY_HOURS}, "
            f"not {self.hours_per_day}; {DAY_HOURS} flags nobody.",
        )


@dataclass(frozen=True)
class Visits:
    """How a visitor's day is cut into visits.

    Attributes:
        idle_minutes: a longer pause ends a visit; so does the end of the day (UTC), so that each
            day can be derived alone, in any order.
        bots: limits that no person passes.
    """

    idle_minutes: float = 30.0
    bots: Bots = Bots()

    def __post_init__(self) -> None:
        build_nested(self, "data_processing.derivation.visits")
        require_number(self.idle_minutes, "data_processing.derivation.visits.idle_minutes")
        require(
            LEAST_MINUTES <= self.idle_minutes <= DAY_MINUTES,
            f"data_processing.derivation.visits.idle_minutes: {self.idle_minutes} is not between a "
            f"second and the {DAY_MINUTES} minutes of a day, whose end ends a visit anyway.",
        )


@dataclass(frozen=True)
class NearDuplicates:
    """Events that come again so soon that they were meant once: double clicks, retries.

    Attributes:
        seconds: an event of the same visitor, item and kind at most so long after the last one is
            rejected as ``near_duplicate``; 0 rejects none. A pair that the end of a day (UTC)
            parts is left alone.
        kinds: of event that are judged.
    """

    seconds: float = 0.0
    kinds: Sequence[str] = (kinds.VIEW, kinds.CART)

    def __post_init__(self) -> None:
        key = "data_processing.derivation.near_duplicates"
        require_number(self.seconds, f"{key}.seconds")
        require(
            0 <= self.seconds <= DAY_SECONDS,
            f"{key}.seconds: {self.seconds} is not between 0 and {DAY_SECONDS}, a day.",
        )
        strange = [kind for kind in self.kinds if kind not in kinds.EVENT_KINDS]
        known = ", ".join(kinds.EVENT_KINDS)
        require(not strange, f"{key}.kinds: {', '.join(strange)} is not one of {known}.")


@dataclass(frozen=True)
class Derivation:
    """How the days of the mart are derived from typed rows.

    Attributes:
        weights: of the kinds of interaction.
        visits: how a visitor's day is cut into visits.
        near_duplicates: which events are taken for one.
    """

    weights: InteractionWeights = InteractionWeights()
    visits: Visits = Visits()
    near_duplicates: NearDuplicates = NearDuplicates()

    def __post_init__(self) -> None:
        build_nested(self, "data_processing.derivation")
