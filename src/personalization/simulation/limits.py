"""What an option may be: marks for type hints, and the check that refuses everything else."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, get_args, get_type_hints

from personalization.contracts.values import require

ENDS: Final = 2  # of a span
MOST_NAMES: Final = 100  # that share something out
PLAIN: Final = re.compile(r'[^\s,"][^\r\n,"]*')
PLAINLY: Final = "one line each, without commas and quotes"


def is_number(value: object, kind: type) -> bool:
    """True for a value that can stand where ``kind`` (``int`` or ``float``) is asked.

    >>> is_number(3, float), is_number(2.5, int), is_number(True, int), is_number("3", int)
    (True, False, False, False)
    """
    allowed = int if kind is int else (int, float)
    return isinstance(value, allowed) and not isinstance(value, bool)


def write(number: float) -> str:
    """A limit in full.

    >>> write(4294967295), write(0.01), write(1.0)
    ('4,294,967,295', '0.01', '1')
    """
    return f"{number:,.12g}"


@dataclass(frozen=True)
class Range:
    """A number, the lowest and the highest included."""

    low: float
    high: float

    def holds(self, value: Any, hint: Any) -> bool:
        """Whether a value can stand where the type ``hint`` is asked."""
        return is_number(value, hint) and bool(self.low <= value <= self.high)

    def tell(self, hint: Any) -> str:
        """What is asked, in words."""
        kind = "a whole number" if hint is int else "a number"
        return f"{kind} from {write(self.low)} to {write(self.high)}"


@dataclass(frozen=True)
class Each(Range):
    """A list that is not empty, of numbers in the range."""

    def holds(self, value: Any, hint: Any) -> bool:
        """Whether a value can stand where the type ``hint`` is asked."""
        (kind,) = get_args(hint)
        listed = isinstance(value, list | tuple) and len(value) > 0
        return listed and all(Range.holds(self, one, kind) for one in value)

    def tell(self, _hint: Any) -> str:
        """What is asked, in words."""
        return f"a list of numbers from {write(self.low)} to {write(self.high)}"


@dataclass(frozen=True)
class Span(Each):
    """The shortest and the longest, both in the range and both included."""

    def holds(self, value: Any, hint: Any) -> bool:
        """Whether a value can stand where the type ``hint`` is asked."""
        return super().holds(value, hint) and bool(value[0] <= value[-1]) and len(value) == ENDS

    def tell(self, _hint: Any) -> str:
        """What is asked, in words."""
        return (
            f"two whole numbers from {write(self.low)} to {write(self.high)}, the smaller one first"
        )


def is_plain(name: object) -> bool:
    """True for a text that can stand in a CSV file without quotes.

    >>> is_plain("smart TV"), is_plain("TV, big"), is_plain(" "), is_plain(7)
    (True, False, False, False)
    """
    return isinstance(name, str) and PLAIN.fullmatch(name) is not None


@dataclass(frozen=True)
class Weights:
    """Relative shares by name, numbers from 0 of which one at least is above it.

    Attributes:
        names: that there may be; any plain one where none is listed.
    """

    names: tuple[str, ...] = ()

    def holds(self, value: Any, _hint: Any) -> bool:
        """Whether a value can stand where the type ``hint`` is asked."""
        if not isinstance(value, Mapping) or (self.names and set(value) - set(self.names)):
            return False
        good = all(is_number(one, float) and 0 <= one < math.inf for one in value.values())
        good = good and all(map(is_plain, value))
        return good and len(value) <= MOST_NAMES and 0 < sum(value.values()) < math.inf

    def tell(self, _hint: Any) -> str:
        """What is asked, in words."""
        known = f" ({', '.join(self.names)})" if self.names else f" ({PLAINLY})"
        return f"at most {MOST_NAMES} names{known} with numbers from 0, not all of them 0"


@dataclass(frozen=True)
class Text:
    """A text that is not blank."""

    def holds(self, value: Any, _hint: Any) -> bool:
        """Whether a value can stand where the type ``hint`` is asked."""
        return isinstance(value, str) and value.strip() != ""

    def tell(self, _hint: Any) -> str:
        """What is asked, in words."""
        return "a name"


@dataclass(frozen=True)
class ByName:
    """Groups by name, one at least."""

    def holds(self, value: Any, _hint: Any) -> bool:
        """Whether a value can stand where the type ``hint`` is asked."""
        named = isinstance(value, Mapping) and len(value) > 0
        return named and all(isinstance(name, str) for name in value)

    def tell(self, _hint: Any) -> str:
        """What is asked, in words."""
        return "one group at least, each under its name"


@dataclass(frozen=True)
class PerName(Range):
    """Numbers in the range by name.

    Attributes:
        names: that there may be.
        is_whole: whether each of them must be there.
    """

    names: tuple[str, ...] = ()
    is_whole: bool = False

    def holds(self, value: Any, _hint: Any) -> bool:
        """Whether a value can stand where the type ``hint`` is asked."""
        if not isinstance(value, Mapping) or set(value) - set(self.names):
            return False
        missing = set(self.names) - set(value)
        good = all(Range.holds(self, one, float) for one in value.values())
        return good and not (missing and self.is_whole)

    def tell(self, _hint: Any) -> str:
        """What is asked, in words."""
        names = ", ".join(self.names)
        whole = "each of " if self.is_whole else ""
        return f"numbers from {write(self.low)} to {write(self.high)} for {whole}{names}"


SHARE: Final = Range(0, 1)
Name = Annotated[str, Text()]
Share = Annotated[float, SHARE]
LogSd = Annotated[float, Range(0, 4)]
Rate = Annotated[float, Range(0, 100)]
Days = Annotated[float, Range(1, 100_000)]
SecondsSpan = Annotated[Sequence[int], Span(1, 3600)]
DaysSpan = Annotated[Sequence[int], Span(1, 365)]


def check_ranges(group: str, options: object) -> None:
    """Refuse the first option that is not what the mark in its type hint asks.

    Raises:
        ConfigurationError: naming the key as it stands in ``conf``.
    """
    for name, hint in get_type_hints(type(options), include_extras=True).items():
        value = getattr(options, name)
        for limits in getattr(hint, "__metadata__", ()):
            require(
                limits.holds(value, hint.__origin__),
                f"data_generation.{group}.{name} is {value!r}; "
                f"it must be {limits.tell(hint.__origin__)}",
            )
