"""Tables of people and items made a few rows at a time, so that what is in hand stays at hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

CELLS: Final = 2**16  # whose numbers stay in a processor's cache while they are worked on


def few_rows(n_rows: int, n_columns: int) -> Iterator[slice]:
    """Rows to work on at once, all of them in their order; one at least at a time.

    >>> list(few_rows(5, CELLS // 2))
    [slice(0, 2, None), slice(2, 4, None), slice(4, 5, None)]
    """
    step = max(1, CELLS // max(1, n_columns))
    for first in range(0, n_rows, step):
        yield slice(first, min(first + step, n_rows))
