"""Errors that a user can mend are told in words at the terminal, without a stack trace."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import TracebackType

from kedro.config import MissingConfigException
from kedro.validation.exceptions import ParameterValidationError

from personalization.contracts.errors import PersonalizationError

FOR_USERS = (PersonalizationError, ParameterValidationError, MissingConfigException)


def causes(error: BaseException) -> Iterator[BaseException]:
    """The error and what it was raised from, the outermost first."""
    current: BaseException | None = error
    while current is not None:
        yield current
        current = current.__cause__


def words_for_users(error: BaseException) -> str | None:
    """What to tell the person at the terminal; None where only a stack trace helps.

    >>> words_for_users(PersonalizationError("orders.csv: no column Quantity"))
    'Error: orders.csv: no column Quantity'
    >>> words_for_users(ZeroDivisionError("a bug")) is None
    True
    """
    for one in causes(error):
        if isinstance(one, FOR_USERS):
            return f"Error: {one}"
    return None


def tell_plainly(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """A ``sys.excepthook``: words where there are words for users, else Python's own."""
    words = words_for_users(error)
    if words is None:
        sys.__excepthook__(kind, error, trace)
        return
    sys.stderr.write(f"{words}\n")
