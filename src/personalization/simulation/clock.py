"""The shop's period, and the hours and weekdays at which people visit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Moments = NDArray[np.int64]

DAY_SECONDS: Final = 86_400
HOUR_SECONDS: Final = 3_600

# relative traffic by hour of the day (UTC) and by weekday from Monday
HOUR_WEIGHTS: Final = (
    *(1.2, 0.7, 0.4, 0.3, 0.5, 0.9, 1.8, 3.0, 4.2, 5.0, 5.6, 5.8),
    *(5.7, 5.5, 5.4, 5.6, 6.0, 6.6, 7.4, 8.6, 9.0, 7.4, 4.6, 2.6),
)
WEEKDAY_WEIGHTS: Final = (1.10, 1.00, 0.98, 1.00, 0.95, 1.15, 1.35)


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


def draw_seconds_of_day(rng: np.random.Generator, size: int) -> Moments:
    """Seconds since midnight, following the hours' traffic; shape ``(size,)``."""
    weights = np.array(HOUR_WEIGHTS)
    hours = rng.choice(weights.size, size=size, p=weights / weights.sum())
    return hours.astype(np.int64) * HOUR_SECONDS + rng.integers(0, HOUR_SECONDS, size)


def draw_moments(rng: np.random.Generator, period: Period, size: int) -> Moments:
    """Moments within the period, following weekdays and hours, in time order; shape ``(size,)``."""
    days = np.arange(period.n_days)
    weekdays = (period.start // DAY_SECONDS + days + 3) % 7  # 1970-01-01 was a Thursday
    weights = np.array(WEEKDAY_WEIGHTS)[weekdays]
    drawn = rng.choice(days, size=size, p=weights / weights.sum())
    return np.sort(period.midnight(drawn) + draw_seconds_of_day(rng, size))


def write_moments(moments: Moments) -> NDArray[np.str_]:
    """Moments as ``yyyy-MM-dd HH:mm:ss``, UTC.

    >>> write_moments(np.array([0, 86_399])).tolist()
    ['1970-01-01 00:00:00', '1970-01-01 23:59:59']
    """
    texts = np.datetime_as_string(moments.astype("datetime64[s]"), unit="s")
    return np.char.replace(texts, "T", " ") if texts.size else texts


def write_days(moments: Moments) -> NDArray[np.str_]:
    """Days of the moments as ``yyyy-MM-dd``, UTC.

    >>> write_days(np.array([86_399, 86_400])).tolist()
    ['1970-01-01', '1970-01-02']
    """
    return np.datetime_as_string(moments.astype("datetime64[s]"), unit="D")
