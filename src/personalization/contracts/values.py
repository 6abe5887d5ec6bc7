"""Checks of configured values: each raises ``ConfigurationError`` with the words it is given."""

from __future__ import annotations

import re

from personalization.contracts.errors import ConfigurationError


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
