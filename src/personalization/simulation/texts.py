"""Columns of text from columns of numbers, as Arrow arrays: identifiers, moments, prices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

PERSON_DIGITS = 7
VISIT_DIGITS = 5
SEQ_DIGITS = 6
ITEM_DIGITS = 5


def pad(numbers: NDArray[Any], digits: int) -> pa.Array:
    """Whole numbers with leading zeros, and more digits where they need them.

    >>> pad(np.array([7, 1234567]), 3).to_pylist()
    ['007', '1234567']
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    return pc.utf8_lpad(pa.array(numbers.astype(np.int64)).cast(pa.string()), digits, "0")


def join(*parts: Any) -> pa.Array:
    """Texts joined row by row; a part may be one text for all.

    >>> join("u", pad(np.array([7]), 3)).to_pylist()
    ['u007']
    """
    import pyarrow.compute as pc

    return pc.binary_join_element_wise(*parts, "")


def blank_where(condition: NDArray[np.bool_], texts: pa.Array) -> pa.Array:
    """The texts, empty where the condition holds."""
    import pyarrow as pa
    import pyarrow.compute as pc

    return pc.if_else(pa.array(condition), None, texts)


def write_users(person: NDArray[Any]) -> pa.Array:
    """Ids of users."""
    return join("u", pad(person, PERSON_DIGITS))


def write_items(item: NDArray[Any]) -> pa.Array:
    """Ids of items."""
    return join("i", pad(item, ITEM_DIGITS))


def write_of_person(
    prefix: str, person: NDArray[Any], number: NDArray[Any], digits: int
) -> pa.Array:
    """Ids of what belongs to a person: the person's number and its own among the person's."""
    return join(prefix, pad(person, PERSON_DIGITS), "-", pad(number, digits))


def write_moments(seconds: NDArray[Any]) -> pa.Array:
    """Moments as ``yyyy-MM-dd HH:mm:ss``, UTC.

    >>> write_moments(np.array([0, 86_399])).to_pylist()
    ['1970-01-01 00:00:00', '1970-01-01 23:59:59']
    """
    import pyarrow as pa

    return pa.array(seconds.astype("datetime64[s]")).cast(pa.string())


def write_days(seconds: NDArray[Any]) -> pa.Array:
    """Days of the moments as ``yyyy-MM-dd``, UTC."""
    import pyarrow as pa

    return pa.array(seconds.astype("datetime64[s]").astype("datetime64[D]")).cast(pa.string())


def write_prices(prices: NDArray[Any]) -> pa.Array:
    """Prices with two decimals.

    >>> write_prices(np.array([2.5, 0.29, 1200.0])).to_pylist()
    ['2.50', '0.29', '1200.00']
    """
    cents = np.rint(prices * 100).astype(np.int64)
    return join(pad(cents // 100, 1), ".", pad(cents % 100, 2))


def pick_words(words: tuple[str, ...], place: NDArray[Any]) -> pa.Array:
    """The word at each place; none where the place is negative."""
    import pyarrow as pa

    return blank_where(place < 0, pa.array(words).take(pa.array(np.maximum(place, 0))))


def write_shares(shares: NDArray[Any]) -> pa.Array:
    """Numbers from 0 to 1 with as many digits as tell them apart."""
    import pyarrow as pa

    return pa.array(shares.astype(np.float64)).cast(pa.string())
