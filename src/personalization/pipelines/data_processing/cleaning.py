"""From text as received to typed columns: trimmed, exact, UTC."""

from __future__ import annotations

from typing import Final

from pyspark.sql import Column
from pyspark.sql import functions as F  # noqa: N812 - Spark's own custom

from personalization.contracts.schemas import ColumnType
from personalization.contracts.sources import SourceDescription
from personalization.contracts.timestamps import (
    EPOCH_MILLISECONDS,
    EPOCH_SECONDS,
    ISO,
    Timestamps,
)
from personalization.contracts.values import PADDING

WHOLE_AS_FLOAT: Final = r"^(-?\d+)\.0+$"
# As programs write it: with a decimal mark or a signed exponent. 1234e567 is an identifier.
SCIENTIFIC: Final = r"^-?\d+([.,]\d+[eE]\+?\d+|[eE]\+\d+)$"
NUMBER: Final = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
# Where the comma is the decimal mark a dot can only stand between thousands.
NUMBER_WITH_COMMA: Final = r"^[+-]?(\d{1,3}(\.\d{3})+|\d+)?(,\d*)?$"
INTEGER: Final = r"^[+-]?\d{1,18}(\.0+)?$"
ISO_TEXT: Final = (
    r"^\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?\s?(Z|[+-]\d{2}(:?\d{2})?)?)?$"
)
ISO_OFFSET: Final = r"\d{2}:\d{2}.*(Z|[+-]\d{2}(:?\d{2})?)$"
# More digits than this overflow Spark's timestamp, which fails instead of giving null.
EPOCH_DIGITS: Final = {EPOCH_SECONDS: 11, EPOCH_MILLISECONDS: 14}


def trim_text(raw: Column) -> Column:
    """Text without padding; null where nothing is left."""
    return F.nullif(F.btrim(raw, F.lit(PADDING)), F.lit(""))


def read_id(text: Column) -> Column:
    """Identifier with every digit and leading zero; ``17850.0`` is 17850.

    Null where a spreadsheet has replaced digits by an exponent: they cannot be brought back.
    """
    exact = F.regexp_replace(text, WHOLE_AS_FLOAT, "$1")
    return F.when(~text.rlike(SCIENTIFIC), exact)


def read_number(text: Column, decimal_mark: str) -> Column:
    """Finite number as double; null where the text is none."""
    if decimal_mark == ",":
        text = F.when(text.rlike(NUMBER_WITH_COMMA), F.translate(text, ",.", "."))
    # Spark's cast takes more for a number than a shop means: NaN, 1d, 0x1p3.
    number = F.when(text.rlike(NUMBER), text).try_cast("double")
    return F.when(F.abs(number) < float("inf"), number)


def read_integer(text: Column) -> Column:
    """Whole number as bigint, also where it is written ``3.0``; null where the text is none."""
    digits = F.regexp_replace(text, r"\.0+$", "")
    return F.when(text.rlike(INTEGER), digits.try_cast("bigint"))


def read_timestamp(text: Column, timestamps: Timestamps) -> Column:
    """Moment in UTC; null where the text does not have the stated format.

    Local time without offset is meant in ``timestamps.time_zone``.
    """
    if timestamps.format in EPOCH_DIGITS:
        digits = EPOCH_DIGITS[timestamps.format]
        number = F.when(text.rlike(rf"^-?\d{{1,{digits}}}(\.0+)?$"), read_integer(text))
        to_moment = F.timestamp_seconds
        if timestamps.format == EPOCH_MILLISECONDS:
            to_moment = F.timestamp_millis
        return to_moment(number)
    zone = F.lit(timestamps.time_zone)
    if timestamps.format == ISO:
        moment = F.when(text.rlike(ISO_TEXT), text).try_cast("timestamp")
        has_offset = text.rlike(r"\d{2}:\d{2}.*" + OFFSET)
        return F.when(has_offset, moment).otherwise(F.to_utc_timestamp(moment, zone))
    moment = F.try_to_timestamp(text, F.lit(timestamps.format))
    if any(letter in timestamps.format for letter in "XxZOVz"):
        return moment
    return F.to_utc_timestamp(moment, zone)


def read_column(text: Column, kind: ColumnType, description: SourceDescription) -> Column:
    """The typed value of trimmed ``text``; null where it is empty or cannot be read."""
    if kind == "id":
        return read_id(text)
    if kind == "number":
        return read_number(text, description.decimal_mark)
    if kind == "integer":
        return read_integer(text)
    if kind == "timestamp":
        return read_timestamp(text, description.timestamps)
    return text


def read_columns(description: SourceDescription) -> dict[str, tuple[Column, Column]]:
    """Our columns of a source: name to (trimmed text, typed value)."""
    columns = {}
    for name, kind in description.column_types.items():
        text = trim_text(F.col(name))
        if name in description.upper_case:
            text = F.upper(text)
        columns[name] = (text, read_column(text, kind, description))
    return columns
