"""Happenings in a few long numbers, for the way through Spark's shuffle into Python.

Each column of a row costs there, however small its numbers are; the two words by which rows are
sorted keep the order of their fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from pyspark.sql import Column
from pyspark.sql import functions as F  # noqa: N812 - Spark's own custom

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

AGAIN: Final = "again"  # whether the row belongs to the file that comes a second time


class Field(NamedTuple):
    """A column of whole numbers or flags within a word.

    Attributes:
        name: of the column.
        bits: that it takes; 1 is a flag.
        least: smallest number.
    """

    name: str
    bits: int
    least: int = 0


# From the most significant bit to the least; 63 bits at most, so that no word is negative.
WORDS: Final[Mapping[str, tuple[Field, ...]]] = {
    "moment": (Field("delivered", 16), Field(AGAIN, 1), Field("ts", 36, -(2**35))),
    "row": (Field("person", 32), Field("seq", 30)),
    "visits": (Field("visit", 31, -1), Field("order", 31, -1)),
    "thing": (
        *(Field("item", 24, -1), Field("quantity", 14)),
        *(Field("position", 12), Field("line", 12)),
    ),
    "state": (
        *(Field("kind", 4), Field("known", 1), Field("cancelled", 1), Field("device", 7, -1)),
        *(Field("country", 7, -1), Field("policy", 4, -1), Field("dirt", 4)),
        *(Field("line_dirt", 4), Field("request", 31, -1)),
    ),
}
UNPACKED: Final = ("price", "propensity")


def pack(word: str) -> Column:
    """The word of a row that has all its fields."""
    packed = F.lit(0).cast("bigint")
    for field in WORDS[word]:
        number = F.col(field.name).cast("bigint") - F.lit(field.least)
        packed = F.shiftleft(packed, field.bits).bitwiseOR(number)
    return packed.alias(word)


def order_in_files() -> tuple[Column, Column, Column]:
    """Keys by which packed rows are sorted: by moment, then by visit, those of one together.

    Which visit comes first within a second tells nothing of whose it is.
    """
    person, visit = (F.shiftright(word, WORDS[word][-1].bits) for word in ("row", "visits"))
    return F.col("moment"), F.xxhash64(person, visit), F.col("row")


def read_columns(batch: pa.RecordBatch) -> dict[str, NDArray[Any]]:
    """The columns of a batch as arrays."""
    names = batch.schema.names
    return {name: batch.column(name).to_numpy(zero_copy_only=False) for name in names}


def unpack(words: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """The fields of all words, and what is no word as it is.

    >>> import numpy as np
    >>> sorted(unpack({"row": np.array([(7 << 30) + 5]), "price": np.array([2.5])}).items())
    [('person', array([7])), ('price', array([2.5])), ('seq', array([5]))]
    """
    fields: dict[str, NDArray[Any]] = {}
    for name, column in words.items():
        if name not in WORDS:
            fields[name] = column
            continue
        rest = column
        for field in reversed(WORDS[name]):
            number = (rest & (2**field.bits - 1)) + field.least
            fields[field.name] = number.astype(bool) if field.bits == 1 else number
            rest = rest >> field.bits
    return fields
