"""Columns of text from columns of numbers, as Arrow arrays: identifiers, moments, prices."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from personalization.simulation.chance import scramble

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

PERSON_DIGITS: Final = 7
ITEM_DIGITS: Final = 5
EVENT, SEARCH, SESSION, ORDER, REQUEST = "e", "q", "s", "o", "r"  # first letters of ids
NUMBER_BITS: Final = 32  # of what is a person's own; the person's number stands above them
ID_LETTERS: Final = 16  # hexadecimal


def pad(numbers: NDArray[Any], digits: int) -> pa.Array:
    """Whole numbers with leading zeros, and more digits where they need them.

    >>> pad(np.array([7, 1234567]), 3).to_pylist()
    ['007', '1234567']
    """
    import pyarrow.compute as pc

    return pc.utf8_lpad(write_numbers(numbers), digits, "0")


def write_numbers(numbers: NDArray[Any]) -> pa.Array:
    """Whole numbers as they are."""
    import pyarrow as pa

    return pa.array(numbers.astype(np.int64)).cast(pa.string())


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


def only_where(
    condition: NDArray[np.bool_], write: Callable[..., pa.Array], *numbers: NDArray[Any]
) -> pa.Array:
    """What ``write`` makes of the numbers where the condition holds; empty elsewhere.

    >>> only_where(np.array([True, False]), write_items, np.array([7, -1])).to_pylist()
    ['i00007', None]
    """
    import pyarrow as pa

    place = pa.array(np.cumsum(condition) - 1, mask=~condition)
    return write(*(column[condition] for column in numbers)).take(place)


def write_users(person: NDArray[Any]) -> pa.Array:
    """Ids of users."""
    return join("u", pad(person, PERSON_DIGITS))


def write_items(item: NDArray[Any]) -> pa.Array:
    """Ids of items; there are few, so each is written once."""
    import pyarrow as pa

    ids = join("i", pad(np.arange(item.max(initial=0) + 1), ITEM_DIGITS))
    return ids.take(pa.array(item))


def write_ids(seed: int, prefix: str, person: NDArray[Any], number: NDArray[Any]) -> pa.Array:
    """Ids of what belongs to a person, by its number among the person's own, below 2**32.

    Nobody reads from an id whose it is, or which came first: seed and prefix scramble person and
    number, one to one. Truth tells whose it is.

    >>> {(one[0], len(one)) for one in write_ids(1, "s", np.array([7]), np.array([0])).to_pylist()}
    {('s', 17)}
    """
    import pyarrow as pa

    words = (person.astype(np.int64) << NUMBER_BITS) + number.astype(np.int64)
    letters = scramble(seed, f"id {prefix}", words).astype(">u8").tobytes().hex()
    ends = ID_LETTERS * np.arange(words.size + 1, dtype=np.int32)
    told = pa.StringArray.from_buffers(
        words.size, pa.py_buffer(ends), pa.py_buffer(letters.encode())
    )
    return join(prefix, told)


def write_visits(seed: int, prefix: str, person: NDArray[Any], visit: NDArray[Any]) -> pa.Array:
    """Ids of what a visit has one of at most; empty where the visit's number is negative."""
    return only_where(visit >= 0, partial(write_ids, seed, prefix), person, visit)


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
    import pyarrow as pa

    cents = np.zeros((prices.size, 2), dtype=np.int64)  # a decimal is 128 bits wide
    cents[:, 0] = np.rint(prices * 100)
    buffers = [None, pa.py_buffer(cents)]
    return pa.Array.from_buffers(pa.decimal128(18, 2), prices.size, buffers).cast(pa.string())


def pick_words(words: tuple[str, ...], place: NDArray[Any]) -> pa.Array:
    """The word at each place; none where the place is negative."""
    import pyarrow as pa

    return blank_where(place < 0, pa.array(words).take(pa.array(np.maximum(place, 0))))


def write_shares(shares: NDArray[Any]) -> pa.Array:
    """Numbers from 0 to 1 with as many digits as tell them apart."""
    import pyarrow as pa

    return pa.array(shares.astype(np.float64)).cast(pa.string())
