"""From text as received to typed columns: trimmed, exact, UTC."""

from __future__ import annotations

from typing import Final

from pyspark.sql import Column, DataFrame
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

# By decimal mark: where it is the comma a dot can only stand between thousands.
FRACTION_OF_ZERO: Final = {".": r"\.0+$", ",": r",0+$"}
# As programs write it: with a decimal mark or a signed exponent. 1234e567 is an identifier.
SCIENTIFIC: Final = r"^-?\d+([.,]\d+[eE]\+?\d+|[eE]\+\d+)$"
JSON_ARRAY: Final = r"^\[.*\]$"
JSON_CONTAINER: Final = r'^(?s)(\[.*\]|\{\s*(".*)?\})$'
JSON_CONTAINER_LISTED: Final = r"(^|\|)\s*[\[{]"
NUMBER: Final = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
NUMBER_WITH_COMMA: Final = r"^[+-]?(\d{1,3}(\.\d{3})+(,\d*)?|(\d+(,\d*)?|,\d+)([eE][+-]?\d+)?)$"
INTEGER: Final = {
    ".": r"^[+-]?\d{1,18}(\.0+)?$",
    ",": r"^[+-]?(\d{1,3}(\.\d{3}){1,5}|\d{1,18})(,0+)?$",
}
ISO_TEXT: Final = (
    r"^\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?\s?(Z|[+-]\d{2}(:?\d{2})?)?)?$"
)
ISO_DAY_CHARACTERS: Final = 10
ISO_OFFSET: Final = r"\d{2}:\d{2}.*(Z|[+-]\d{2}(:?\d{2})?)$"
ISO_MINUTE: Final = r"^(\S{10}[ T]\d{2}:\d{2})(\s?[Z+-].*)$"
# More digits than these overflow Spark's timestamp, which fails instead of giving null.
LONG_YEAR: Final = r"[+-]\d{5}"
EPOCH_DIGITS: Final = {EPOCH_SECONDS: 11, EPOCH_MILLISECONDS: 14}


def trim_text(raw: Column) -> Column:
    """Text without padding; null where nothing is left."""
    return F.nullif(F.btrim(raw, F.lit(PADDING)), F.lit(""))


def join_ids(text: Column) -> Column:
    """Text with ``|`` between identifiers, also where they come as a JSON array: ``["17", "4"]``.

    An empty array is null; the place of a null is kept.
    """
    listed = F.from_json(F.when(text.rlike(JSON_ARRAY), text), "array<string>")
    joined = F.nullif(F.array_join(listed, "|", ""), F.lit(""))
    return F.when(listed.isNull(), text).otherwise(joined)


def whole_as_float(decimal_mark: str) -> str:
    """Regular expression of a whole number with a fraction of zeros; its group is the number.

    Where the comma is the decimal mark a dot before one or two zeros cannot mean thousands.
    """
    other = r"|\.0{1,2}$" if decimal_mark == "," else ""
    return rf"^(-?\d+)(?:{FRACTION_OF_ZERO[decimal_mark]}{other})"


def read_id(text: Column, decimal_mark: str = ".") -> Column:
    """Identifier with every digit and leading zero; ``17850.0`` is 17850.

    Null where a spreadsheet has replaced digits by an exponent: they cannot be brought back.
    """
    exact = F.regexp_replace(text, whole_as_float(decimal_mark), "$1")
    return F.when(~text.rlike(SCIENTIFIC), exact)


def read_ids(text: Column, decimal_mark: str = ".") -> Column:
    """Identifiers with ``|`` between them, each as ``read_id`` gives it; empty places stay.

    Null where one of them cannot be read.
    """

    def read_padded(one: Column) -> Column:
        return read_id(F.btrim(one, F.lit(PADDING)), decimal_mark)

    listed = F.transform(F.split(text, r"\|"), read_padded)
    readable = ~F.exists(listed, F.isnull)
    return F.when(readable, F.array_join(listed, "|"))


def refuse_container(text: Column, kind: ColumnType) -> Column:
    """Text of identifiers; null where a list or an object of JSON stands in place of one."""
    container = JSON_CONTAINER if kind == "id" else JSON_CONTAINER_LISTED
    return F.when(~text.rlike(container), text)


def read_number(text: Column, decimal_mark: str) -> Column:
    """Finite number as double; null where the text is none."""
    if decimal_mark == ",":
        text = F.when(text.rlike(NUMBER_WITH_COMMA), F.translate(text, ",.", "."))
    # Spark's cast takes more for a number than a shop means: NaN, 1d, 0x1p3.
    number = F.when(text.rlike(NUMBER), text).try_cast("double")
    return F.when(F.abs(number) < float("inf"), number)


def read_integer(text: Column, decimal_mark: str = ".") -> Column:
    """Whole number as bigint, also where it is written ``3.0``; null where the text is none."""
    digits = F.regexp_replace(text, FRACTION_OF_ZERO[decimal_mark], "")
    if decimal_mark == ",":
        digits = F.translate(digits, ".", "")
    return F.when(text.rlike(INTEGER[decimal_mark]), digits.try_cast("bigint"))


def read_epoch(text: Column, unit: str, decimal_mark: str = ".") -> Column:
    """Moment of a whole number of seconds or milliseconds since 1970 in UTC."""
    whole = F.regexp_replace(text, FRACTION_OF_ZERO[decimal_mark], "")
    possible = whole.rlike(rf"^-?\d{{1,{EPOCH_DIGITS[unit]}}}$")
    to_moment = F.timestamp_seconds if unit == EPOCH_SECONDS else F.timestamp_millis
    return to_moment(F.when(possible, whole.try_cast("bigint")))


def read_iso(text: Column, zone: Column) -> Column:
    """Moment in UTC of an ISO 8601 text; one without offset is meant in ``zone``.

    A day without hours is its midnight in UTC, so that it stays that day.
    """
    # Spark wants seconds where there is an offset.
    whole = F.regexp_replace(text, ISO_MINUTE, "$1:00$2")
    moment = F.when(text.rlike(ISO_TEXT), whole).try_cast("timestamp")
    exact = text.rlike(ISO_OFFSET) | (F.length(text) == ISO_DAY_CHARACTERS)
    return F.when(exact, moment).otherwise(F.to_utc_timestamp(moment, zone))


def read_timestamp(text: Column, timestamps: Timestamps, decimal_mark: str = ".") -> Column:
    """Moment in UTC; null where the text does not have the stated format.

    Local time without offset is meant in ``timestamps.time_zone``; days stay the days they are.
    """
    if timestamps.format in EPOCH_DIGITS:
        return read_epoch(text, timestamps.format, decimal_mark)
    zone = F.lit(timestamps.time_zone)
    if timestamps.format == ISO:
        return read_iso(text, zone)
    possible = F.when(~text.rlike(LONG_YEAR), text)
    moment = F.try_to_timestamp(possible, F.lit(timestamps.format))
    exact = timestamps.tells_offset or not timestamps.tells_hours
    return moment if exact else F.to_utc_timestamp(moment, zone)


def tells_day(text: Column, timestamps: Timestamps) -> Column:
    """True where a text tells a day without hours."""
    if timestamps.format == ISO:
        return F.length(text) == ISO_DAY_CHARACTERS
    return F.lit(not timestamps.tells_hours and not timestamps.tells_offset)


def read_column(text: Column, kind: ColumnType, description: SourceDescription) -> Column:
    """The typed value of trimmed ``text``; null where it is empty or cannot be read."""
    if kind in {"id", "ids"} and description.format.kind != "csv":
        text = refuse_container(text, kind)
    if kind == "text":
        return text
    if kind == "timestamp":
        return read_timestamp(text, description.timestamps, description.format.decimal_mark)
    read = {"id": read_id, "ids": read_ids, "number": read_number, "integer": read_integer}
    return read[kind](text, description.format.decimal_mark)


def text_of(name: str) -> str:
    """Name of the column that holds the trimmed text of column ``name``."""
    return f"{name}_text"


def add_texts(rows: DataFrame, description: SourceDescription) -> DataFrame:
    """Replace each column of the table by its trimmed text.

    Requires: the columns of ``RawFiles.rows()``.
    Adds: ``<name>_text`` for each column of the table, in place of ``<name>``.
    """
    names = description.raw_table.types
    kept = [name for name in rows.columns if name not in names]
    texts = {name: trim_text(F.col(name)) for name in names}
    if description.null_values:
        nothing = list(description.null_values)
        texts = {name: F.when(~text.isin(nothing), text) for name, text in texts.items()}
    for name, kind in description.column_types.items():
        if kind == "ids":
            texts[name] = join_ids(texts[name])
    for name in description.upper_case:
        texts[name] = F.upper(texts[name])
    return rows.select(*kept, *(text.alias(text_of(name)) for name, text in texts.items()))


def add_values(texts: DataFrame, description: SourceDescription) -> DataFrame:
    """Add the typed value of each column, so that what comes after reads no text twice.

    Requires: the columns of ``add_texts``.
    Adds: each column of the table with its own type, null where it is empty or unreadable.
    """
    values = []
    for name, own in description.raw_table.types.items():
        value = read_column(F.col(text_of(name)), description.column_types[name], description)
        values.append((value.cast("double") if own == "number" else value).alias(name))
    return texts.select("*", *values)
