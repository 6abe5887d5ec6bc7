"""Numbers as a sentence holds them."""

from __future__ import annotations

import math
from collections.abc import Sequence


def percent(part: float, whole: float) -> str:
    """A share in percent, with one decimal; of nothing it is unknown.

    >>> percent(1, 8), percent(0, 0)
    ('12.5 %', 'an unknown share')
    """
    if not whole or math.isnan(whole):
        return "an unknown share"
    return f"{100 * part / whole:.1f} %"


def number(value: float, noun: str, nouns: str = "") -> str:
    """A whole number with its noun.

    Args:
        value: how many.
        noun: of one.
        nouns: of several; with an s where empty.

    >>> number(1, "visit"), number(2500, "visit"), number(0, "query", "queries")
    ('1 visit', '2,500 visits', '0 queries')
    """
    return f"{value:,.0f} {noun if value == 1 else nouns or noun + 's'}"


def listing(parts: Sequence[str]) -> str:
    """Parts as a list in a sentence.

    >>> listing(["a", "b", "c"]), listing(["a"])
    ('a, b and c', 'a')
    """
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
