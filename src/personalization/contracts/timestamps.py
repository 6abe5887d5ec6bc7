"""How a source writes moments, checked as far as that goes without Spark."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from personalization.contracts.errors import ConfigurationError
from personalization.contracts.values import require

EPOCH_SECONDS: Final = "epoch_seconds"
EPOCH_MILLISECONDS: Final = "epoch_milliseconds"
ISO: Final = "iso"
# What Spark reads by a pattern; week-based years and names of days can only be written.
PATTERN_LETTERS: Final = frozenset("GyMLdDHhKkmsSaVzOXx")
OFFSET_LETTERS: Final = frozenset("VzOXx")
HOUR_LETTERS: Final = frozenset("HhKk")
QUOTED: Final = re.compile(r"'[^']*'")


def pattern_letters(pattern: str) -> set[str]:
    """Letters of a datetime pattern that stand for something.

    >>> sorted(pattern_letters("yyyy-MM-dd'T'HH"))
    ['H', 'M', 'd', 'y']
    """
    return set(re.findall("[A-Za-z]", QUOTED.sub("", pattern)))


@dataclass(frozen=True)
class Timestamps:
    """How the source writes moments.

    Attributes:
        format: a Spark datetime pattern, ``iso``, ``epoch_seconds`` or ``epoch_milliseconds``.
        time_zone: IANA name of the zone in which the text is meant; epochs are UTC by definition,
            and a day without hours stays the day that it is, over when it is over there.
        earliest: rows before this moment (UTC) are rejected: epoch 0 is no sale.
        latest: rows at or after this moment (UTC) are rejected.
    """

    format: str = ISO
    time_zone: str = "UTC"
    earliest: str = "1995-01-01 00:00:00"
    latest: str = "2036-01-01 00:00:00"

    def __post_init__(self) -> None:
        self._check_format()
        try:
            ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ConfigurationError(
                f"timestamps.time_zone: no zone '{self.time_zone}'."
            ) from error
        earliest, latest = (self._moment(key) for key in ("earliest", "latest"))
        require(earliest < latest, "timestamps.earliest is not before timestamps.latest.")

    @property
    def tells_offset(self) -> bool:
        """Whether the pattern reads an offset or a literal Z, so that the text is exact."""
        letters = pattern_letters(self.format)
        return bool(letters & OFFSET_LETTERS) or self.format.endswith("'Z'")

    @property
    def tells_hours(self) -> bool:
        """Whether moments are told, as against days; ISO 8601 may tell either."""
        named = {ISO, EPOCH_SECONDS, EPOCH_MILLISECONDS}
        return self.format in named or bool(pattern_letters(self.format) & HOUR_LETTERS)

    def _check_format(self) -> None:
        if self.format in {ISO, EPOCH_SECONDS, EPOCH_MILLISECONDS}:
            return
        letters = pattern_letters(self.format)
        has_date = "y" in letters and ("D" in letters or ("d" in letters and letters & {"M", "L"}))
        years = {len(run) for run in re.findall("y+", QUOTED.sub("", self.format))}
        require(
            has_date and letters <= PATTERN_LETTERS and years <= {2, 4},
            f"timestamps.format: '{self.format}' is not iso, epoch_seconds, epoch_milliseconds or "
            "a Spark pattern with year, month and day, such as yyyy-MM-dd HH:mm:ss.",
        )

    def _moment(self, key: str) -> datetime:
        text = getattr(self, key)
        try:
            moment = datetime.fromisoformat(text)
        except ValueError as error:
            raise ConfigurationError(f"timestamps.{key}: '{text}' is no moment.") from error
        require(moment.tzinfo is None, f"timestamps.{key}: '{text}' is UTC, without an offset.")
        return moment
