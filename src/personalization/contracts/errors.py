"""The errors a user of the project may meet, all derived from one class."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import click

NAMES_SHOWN: Final = 20


def tell_names(names: Sequence[str]) -> str:
    """The first names, and how many there are beside them.

    >>> tell_names(["a.csv", "b.csv"]), tell_names(["f"] * 23)[-11:]
    ('a.csv, b.csv', ' and 3 more')
    """
    shown = ", ".join(names[:NAMES_SHOWN])
    return shown if len(names) <= NAMES_SHOWN else f"{shown} and {len(names) - NAMES_SHOWN:,} more"


class PersonalizationError(click.ClickException):
    """Base of every error that the project raises on purpose.

    The message is written for the person who runs the project: it names the file, table or
    column and says what to do next. On the command line it is printed without a stack trace.
    """


class ConfigurationError(PersonalizationError):
    """A value in ``conf`` cannot be used; the message names the file or key."""


class EnvironmentNotReadyError(PersonalizationError):
    """Something that the project needs is missing on this machine (Java, JARs)."""


class MissingInputError(PersonalizationError):
    """A pipeline's input was never written; the message names the pipeline that writes it."""


class SourceFileError(PersonalizationError):
    """A shop's file does not have the shape that its description promises."""


class ContractError(PersonalizationError):
    """A table misses its contract: a column, a type, a key that is not unique."""


class RejectedShareError(PersonalizationError):
    """More rows were rejected than the configured limit allows; nothing was published.

    Attributes:
        passed: which limit, and by what, in a sentence.
    """

    def __init__(self, passed: str, advice: str = "") -> None:
        super().__init__(f"{passed} {advice}".strip())
        self.passed = passed


class AccountingError(PersonalizationError):
    """Rows received do not equal rows merged, already there and rejected."""


class DamagedTableError(PersonalizationError):
    """A table lacks rows or files that it should have: something outside the project changed it."""


class NotErasedError(PersonalizationError):
    """Somebody could not be erased, or is still somewhere; the message says where."""


class LockedError(PersonalizationError):
    """Another process holds the table or the run lock for longer than the time allowed."""


class ArtefactError(PersonalizationError):
    """A model artefact is refused: format, hash, shape or values; the message says which."""


class EmptyWindowError(PersonalizationError):
    """A time window of training or evaluation holds no usable interaction."""
