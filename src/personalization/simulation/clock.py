"""The shop's period, and the hours and weekdays at which people visit."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from personalization.contracts.values import require
from personalization.simulation.chance import Chance, Floats, Indices
from personalization.simulation.limits import is_number

Moments = NDArray[np.int64]

DAY_SECONDS: Final = 86_400
HOUR_SECONDS: Final = 3_600

HOURS: Final = 24
WEEKDAYS: Final = 7
MONTHS: Final = 12
CLOCK_GROUP: Final = "data_generation.strengths.clock"


@dataclass(frozen=True)
class ClockOptions:
    """When people visit: relative traffic, in any unit; 0 where nobody comes.

    Attributes:
        hour_weights: of each hour of the day, UTC.
        weekday_weights: from Monday.
        month_weights: from January.
    """

    hour_weights: Sequence[float]
    weekday_weights: Sequence[float]
    month_weights: Sequence[float]

    def __post_init__(self) -> None:
        """Refuse weights that cannot be drawn from."""
        check_weights("hour_weights", self.hour_weights, HOURS)
        check_weights("weekday_weights", self.weekday_weights, WEEKDAYS)
        check_weights("month_weights", self.month_weights, MONTHS)


def check_weights(name: str, weights: Sequence[float], length: int) -> None:
    """Refuse weights that are not ``length`` numbers from 0 with a positive sum.

    Raises:
        ConfigurationError: naming the key as it stands in ``conf``.
    """
    key = f"{CLOCK_GROUP}.{name}"
    require(len(weights) == length, f"{key} has {len(weights)} weights; it must have {length}")
    good = all(is_number(one, float) and 0 <= one < math.inf for one in weights)
    require(good, f"{key} is {list(weights)!r}; each weight must be a number from 0")
    require(
        0 < sum(weights) < math.inf,
        f"{key} sums to {sum(weights)}; one weight at least must be above 0, none too large",
    )


@dataclass(frozen=True)
class Period:
    """Whole days, from midnight UTC.

    Attributes:
        start: first moment, seconds since 1970.
        n_days: days covered.
    """

    start: int
    n_days: int

    @property
    def end(self) -> int:
        """First moment after the period, seconds since 1970."""
        return self.start + self.n_days * DAY_SECONDS

    def day_of(self, moments: Moments) -> NDArray[np.int64]:
        """Day number of each moment, 0 on the first day, negative before it.

        >>> Period(start=86_400, n_days=2).day_of(np.array([86_399, 86_400, 172_800])).tolist()
        [-1, 0, 1]
        """
        return (moments - self.start) // DAY_SECONDS

    def midnight(self, days: NDArray[np.int64]) -> Moments:
        """Moment at which each day number begins.

        >>> Period(start=86_400, n_days=2).midnight(np.array([-1, 0])).tolist()
        [0, 86400]
        """
        return self.start + days * DAY_SECONDS


def read_period(start_date: str, end_date: str) -> Period:
    """The period between two ISO days, both included.

    >>> read_period("1970-01-02", "1970-01-04")
    Period(start=86400, n_days=3)
    """
    first, last = np.datetime64(start_date, "D"), np.datetime64(end_date, "D")
    n_days = int((last - first).astype(np.int64)) + 1
    return Period(int(first.astype(np.int64)) * DAY_SECONDS, n_days)


def weigh_days(period: Period, clock: ClockOptions) -> Floats:
    """Relative traffic of each day by month and weekday, mean 1; shape ``(n_days,)``.

    Raises:
        ConfigurationError: nobody comes on any day of the period.
    """
    days = period.start // DAY_SECONDS + np.arange(period.n_days)
    months = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12
    weekdays = (days + 3) % 7  # 1970-01-01 was a Thursday
    weights = np.array(clock.month_weights)[months] * np.array(clock.weekday_weights)[weekdays]
    require(weights.any(), f"{CLOCK_GROUP}: all days of the period weigh 0")
    relative: Floats = weights / weights.mean()
    return relative


def draw_second_of_day(
    chance: Chance, clock: ClockOptions, purpose: str, person: Indices, count: Indices
) -> Moments:
    """Seconds since midnight, following the hours' traffic."""
    hours = chance.choices(f"{purpose} hour", np.array(clock.hour_weights), person, count)
    return hours * HOUR_SECONDS + chance.below(f"{purpose} second", HOUR_SECONDS, person, count)


def presence(n_days: int, new_share: float, stay_days: float) -> Floats:
    """Share of the people who come on each day, between their first and their last.

    >>> presence(2, 0.0, 1.0).round(3).tolist()
    [0.607, 0.223]
    """
    day = np.arange(n_days) + 0.5
    stays = np.exp(-day / stay_days)
    arrived: Floats = (1 - new_share) * stays + new_share * stay_days * (1 - stays) / n_days
    return arrived
