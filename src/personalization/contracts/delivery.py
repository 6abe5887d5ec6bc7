"""When a file was delivered, as its name tells it."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from personalization.contracts.errors import ConfigurationError
from personalization.contracts.values import require, require_pattern

REQUIRED_PARTS: Final = ("year", "month", "day")
PARTS: Final = (*REQUIRED_PARTS, "hour", "minute")
CENTURY: Final = 100
THIS_CENTURY: Final = 2000  # of years with two digits


@dataclass(frozen=True)
class Delivered:
    r"""How the name of a file tells when it was delivered.

    Attributes:
        matches: regular expression with the named groups ``year``, ``month``, ``day`` and, where
            told, ``hour`` and ``minute``: ``(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)``.
        time_zone: IANA name of the zone in which the name is meant.
        after_hours: how long after that moment the file arrives; a file named after the day that
            it tells is delivered 24 hours after its beginning, or later.
    """

    matches: str
    time_zone: str = "UTC"
    after_hours: float = 24.0

    def __post_init__(self) -> None:
        require_pattern(self.matches, "delivered.matches")
        groups = set(re.compile(self.matches).groupindex)
        require(
            set(REQUIRED_PARTS) <= groups <= set(PARTS),
            "delivered.matches needs the named groups (?P<year>…), (?P<month>…) and (?P<day>…); "
            "(?P<hour>…) and (?P<minute>…) are allowed.",
        )
        try:
            ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ConfigurationError(f"delivered.time_zone: no zone '{self.time_zone}'.") from error
        require(
            math.isfinite(self.after_hours) and self.after_hours >= 0,
            f"delivered.after_hours: {self.after_hours} is not 0 or more.",
        )

    def moment_of(self, name: str) -> datetime | None:
        r"""Moment of delivery in UTC; None where the name does not tell a moment.

        >>> day = r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)"
        >>> Delivered(day, "Europe/London").moment_of("2011/2011-07-01.csv").isoformat()
        '2011-07-01T23:00:00+00:00'
        >>> Delivered(day).moment_of("2011-02-30.csv") is None
        True
        """
        found = re.search(self.matches, name)
        if found is None:
            return None
        parts = {part: int(text) for part, text in found.groupdict().items() if text}
        if 0 <= parts.get("year", 0) < CENTURY:
            parts["year"] = parts.get("year", 0) + THIS_CENTURY
        try:
            told = datetime(**parts, tzinfo=ZoneInfo(self.time_zone))
            # Added on the clock of the zone: the end of a day is 24 hours on, also in October.
            return (told + timedelta(hours=self.after_hours)).astimezone(UTC)
        except (TypeError, ValueError, OverflowError):
            return None
