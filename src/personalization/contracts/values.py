"""Checks of configured values, each with the words for its error; padding of delivered ones."""

from __future__ import annotations

import re
from typing import Final

from personalization.contracts.errors import ConfigurationError

# Characters around a value that mean nothing: spaces of every width, a byte order mark.
PADDING: Final = " \t\r\n\v\f\u00a0\u2007\u200b\u202f\u3000\ufeff"


def require(condition: object, message: str) -> None:
    """Raise ``ConfigurationError(message)`` unless ``condition`` holds."""
    if not condition:
        raise ConfigurationError(message)


def require_pattern(pattern: str, key: str) -> None:
    """Raise ``ConfigurationError`` unless ``pattern`` is a regular expression."""
    try:
        re.compile(pattern)
    except re.error as error:
        raise ConfigurationError(f"{key}: '{pattern}' is no regular expression: {error}") from error


def require_number(value: object, key: str, kind: type = float) -> None:
    """Raise ``ConfigurationError`` unless ``value`` is a number, whole where ``kind`` is int.

    >>> require_number(3, "training.lists.length", int)
    """
    allowed = int if kind is int else (int, float)
    fits = isinstance(value, allowed) and not isinstance(value, bool)
    require(fits, f"{key}: {value!r} is not a {'whole ' if kind is int else ''}number.")
