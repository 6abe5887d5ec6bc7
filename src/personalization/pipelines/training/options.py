"""Parameters of training, checked before anything runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from math import isfinite
from typing import Any, Final, Literal

from personalization.contracts.errors import ConfigurationError
from personalization.contracts.kinds import INTERACTION_TYPES, PURCHASE, RETURN
from personalization.contracts.values import require, require_number
from personalization.recommenders import AlsOptions

NET: Final = "net"
LEAVE_OUT: Final = "leave_out"


def read_moment(text: str, key: str) -> datetime:
    """A moment in UTC from ISO 8601 text.

    >>> read_moment("2011-11-11", "test_start").isoformat()
    '2011-11-11T00:00:00+00:00'

    Raises:
        ConfigurationError: the text is none.
    """
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError as error:
        raise ConfigurationError(
            f"training.windows.{key}: '{text}' is no date, write for example 2026-06-01."
        ) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Windows:
    """The global time windows; a row belongs to one window only, by when it was known.

    Train is all before ``validation_start`` (tuning) or ``test_start`` (evaluation).

    Attributes:
        validation_start: validation runs from here to ``test_start``, UTC.
        test_start: test runs from here to ``test_end``, UTC.
        test_end: exclusive; None takes everything after ``test_start``.
    """

    validation_start: str
    test_start: str
    test_end: str | None = None

    def __post_init__(self) -> None:
        moments = [read_moment(getattr(self, f.name), f.name) for f in fields(self) if self._has(f)]
        require(
            moments == sorted(moments) and len(set(moments)) == len(moments),
            "training.windows: validation_start, test_start and test_end must follow each other.",
        )

    def _has(self, field: Any) -> bool:
        return getattr(self, field.name) is not None

    @property
    def validation(self) -> datetime:
        """Start of the validation window, UTC."""
        return read_moment(self.validation_start, "validation_start")

    @property
    def test(self) -> datetime:
        """Start of the test window, UTC."""
        return read_moment(self.test_start, "test_start")

    @property
    def end(self) -> datetime:
        """End of the test window, UTC; the last moment there is where none is given."""
        if self.test_end is None:
            return datetime.max.replace(tzinfo=UTC)
        return read_moment(self.test_end, "test_end")


@dataclass(frozen=True)
class Signals:
    """What models learn from.

    Attributes:
        kinds: interaction types; weights are the mart's.
        recent_days: window of recent popularity, in days back from the cut.
        half_life_days: an interaction so long before the cut weighs half; None: as one today.
        returns: ``net`` takes what came back off the purchases before it, ``keep`` leaves these.
        bots: ``leave_out`` what visitors flagged as machines do, or ``keep`` it.
    """

    kinds: Sequence[str]
    recent_days: int = 28
    half_life_days: float | None = None
    returns: Literal["keep", "net"] = "keep"
    bots: Literal["keep", "leave_out"] = "leave_out"

    def __post_init__(self) -> None:
        require(not isinstance(self.kinds, str), "training.signals.kinds must be a list.")
        strange = [kind for kind in self.kinds if kind not in INTERACTION_TYPES]
        require(
            not strange,
            f"training.signals.kinds: {', '.join(strange)} is not one of "
            f"{', '.join(INTERACTION_TYPES)}.",
        )
        require(PURCHASE in self.kinds, "training.signals.kinds must hold purchase.")
        require_number(self.recent_days, "training.signals.recent_days", int)
        require(self.recent_days > 0, "training.signals.recent_days must be positive.")
        require(RETURN not in self.kinds, "training.signals.kinds: see 'returns' for return.")
        for name, known in (("returns", ("keep", NET)), ("bots", ("keep", LEAVE_OUT))):
            value = getattr(self, name)
            told = f"training.signals.{name}: '{value}' is not one of {', '.join(known)}."
            require(value in known, told)
        if self.half_life_days is not None:
            require_number(self.half_life_days, "training.signals.half_life_days")
            told = f"training.signals.half_life_days: {self.half_life_days} is not positive."
            require(isfinite(self.half_life_days) and self.half_life_days > 0, told)

    @property
    def read_kinds(self) -> list[str]:
        """Interaction types that are read: those learned from, and returns where they are netted.

        >>> Signals(["purchase"], returns="net").read_kinds
        ['purchase', 'return']
        """
        return [*self.kinds, *([RETURN] if self.returns == NET else [])]


@dataclass(frozen=True)
class Tuning:
    """The search for ALS parameters on the validation window; the test window stays unseen.

    Attributes:
        candidates: what each trial changes in ``training.als``; empty: nothing is tuned.
        k: the mean of nDCG at ``k`` over both protocols decides.
    """

    candidates: Sequence[dict[str, Any]] = ()
    k: int = 10

    def __post_init__(self) -> None:
        known = {field.name for field in fields(AlsOptions)}
        strange = sorted({key for one in self.candidates for key in one} - known)
        require(not strange, f"training.tuning.candidates: no parameter {', '.join(strange)}.")
        require_number(self.k, "training.tuning.k", int)
        require(self.k > 0, "training.tuning.k must be positive.")


@dataclass(frozen=True)
class Lists:
    """The recommendations that are precomputed.

    Attributes:
        length: items per list.
        seen: whether items that the user has bought stay in the list of the finished product.
    """

    length: int = 20
    seen: Literal["keep", "remove"] = "keep"

    def __post_init__(self) -> None:
        require_number(self.length, "training.lists.length", int)
        require(self.length > 0, "training.lists.length must be positive.")
        require(self.seen in {"keep", "remove"}, f"training.lists.seen: '{self.seen}' is unknown.")


@dataclass(frozen=True)
class RunStamp:
    """When the recommendations were made, UTC, ``yyyy-MM-dd HH:mm:ss``."""

    generated_at: str
