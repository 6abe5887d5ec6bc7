"""The shop's period, and the hours and weekdays at which people visit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from personalization.simulation.chance import Chance, Floats, Indices

Moments = NDArray[np.int64]

DAY_SECONDS: Final = 86_400
HOUR_SECONDS: Final = 3_600

# relative traffic by hour of the day (UTC) and by weekday from Monday
HOUR_WEIGHTS: Final = (
    *(1.1, 0.5, 0.2, 0.15, 0.3, 0.8, 1.8, 3.0, 4.2, 5.0, 5.6, 5.8),
    *(5.7, 5.5, 5.4, 5.6, 6.0, 6.6, 7.4, 8.6, 9.0, 7.4, 4.6, 2.6),
)
WEEKDAY_WEIGHTS: Final = (1.10, 1.00, 0.98, 1.00, 0.95, 1.15, 1.35)
# relative traffic by month from January: quiet after the holidays, busy before them
MONTH_WEIGHTS: Final = (0.60, 0.75, 0.90, 0.92, 0.95, 0.95, 0.93, 0.93, 1.05, 1.20, 2.60, 2.00)


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


def weigh_days(period: Period) -> Floats:
    """Relative traffic of each day by month and weekday, mean 1; shape ``(n_days,)``."""
    days = period.start // DAY_SECONDS + np.arange(period.n_days)
    months = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12
    weekdays = (days + 3) % 7  # 1970-01-01 was a Thursday
    weights = np.array(MONTH_WEIGHTS)[months] * np.array(WEEKDAY_WEIGHTS)[weekdays]
    relative: Floats = weights / weights.mean()
    return relative


def draw_second_of_day(chance: Chance, purpose: str, person: Indices, count: Indices) -> Moments:
    """Seconds since midnight, following the hours' traffic."""
    hours = chance.choices(f"{purpose} hour", np.array(HOUR_WEIGHTS), person, count)
    return hours * HOUR_SECONDS + chance.below(f"{purpose} second", HOUR_SECONDS, person, count)
