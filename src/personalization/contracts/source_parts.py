"""Parts of a source's description: what takes back a purchase, which rows are about a table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from personalization.contracts.values import require, require_pattern

Theirs = str | int | Sequence[str | int]  # a column of theirs, or several that make one of ours


@dataclass(frozen=True)
class Cancellation:
    """Which rows take a purchase back, and what becomes of them.

    Attributes:
        column: our column that shows it.
        matches: regular expression on that column's text.
        treat_as: ``return`` keeps the row as a return, ``rejected`` sets it aside.
    """

    column: str
    matches: str
    treat_as: Literal["return", "rejected"] = "return"

    def __post_init__(self) -> None:
        require_pattern(self.matches, "cancellation.matches")


@dataclass(frozen=True)
class RowsOfTable:
    """Which rows are about the table of an entry, where a file holds rows of several.

    Attributes:
        column: theirs: a name or dotted path, or a position as text.
        matches: regular expression that is found in the text of that column.
    """

    column: str
    matches: str

    def __post_init__(self) -> None:
        require(self.column, "rows.column is empty.")
        require_pattern(self.matches, "rows.matches")

    def take(self, text: str | None) -> bool:
        """Whether a row with this text is one of them."""
        return text is not None and re.search(self.matches, text) is not None


def parts_of(theirs: Theirs) -> Sequence[str | int]:
    """The columns of theirs that one of ours is made of.

    >>> parts_of("day"), parts_of(["year", "month"])
    (['day'], ['year', 'month'])
    """
    return [theirs] if isinstance(theirs, str | int) else theirs
