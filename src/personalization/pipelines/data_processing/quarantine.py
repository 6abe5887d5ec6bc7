"""Every row as received becomes a typed row, good or with the reason why it is not."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from operator import and_
from typing import Final

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F  # noqa: N812 - Spark's own custom

from personalization.contracts import columns as c
from personalization.contracts.checks import OF_ANOTHER_TABLE, is_possible
from personalization.contracts.row_rules import RowRule
from personalization.contracts.schemas import EVENTS, ORDERS, RawTable
from personalization.contracts.sources import SourceDescription
from personalization.datasets.raw_rows import RawFiles
from personalization.pipelines.data_processing.cleaning import (
    add_texts,
    add_values,
    tells_day,
    text_of,
)
from personalization.pipelines.data_processing.derivation import DAY_HOURS
from personalization.pipelines.data_processing.rules import (
    interaction_kind,
    moved_quantity,
    own_rejection,
    rule_rejection,
    rule_warnings,
)

HASH_CHARACTERS: Final = 32  # 128 bits of the SHA-256, in hex
BETWEEN: Final = "\0"  # no text of a good row holds it, and no text is empty


def type_rows(raw: RawFiles, rules: Mapping[str, RowRule]) -> DataFrame:
    """Type every row of a source and say which are rejected for what they are.

    Whether a row repeats another one is not asked here: see ``repeats``.

    Grain: one row per row as received.
    Columns: ``source``, ``source_file``, ``file_version``, ``row_number``, ``interaction_date``
    (day of the row's moment, UTC; null where it is impossible), ``rejected_by`` (null: good),
    ``row_text`` (of rejected rows), ``warned_by`` (rules that it breaks and that only warn),
    ``row_id``, ``row_key``, ``interaction_type``, ``known_at``, ``delivered_at``, then the columns
    of the table; personal ones as ``<name>_pseudonym``.

    Args:
        raw: the files.
        rules: of the table, by reason.
    """
    description = raw.description
    table = description.raw_table
    typed = select_typed(raw.rows(), description)
    judged = {
        c.REJECTED_BY: F.coalesce(c.REJECTED_BY, rule_rejection(rules)),
        c.WARNED_BY: rule_warnings(rules),
        c.ROW_ID: row_id(table),
    }
    return typed.withColumns(judged).select(
        *(c.SOURCE, c.SOURCE_FILE, c.FILE_VERSION, c.ROW_NUMBER),
        possible_day(description).alias(c.INTERACTION_DATE),
        c.REJECTED_BY,
        F.when(F.col(c.REJECTED_BY) != OF_ANOTHER_TABLE, F.col(c.ROW_TEXT)).alias(c.ROW_TEXT),
        c.WARNED_BY,
        c.ROW_ID,
        row_key(description).alias(c.ROW_KEY),
        *(c.INTERACTION_TYPE, c.KNOWN_AT, c.DELIVERED_AT),
        *(name for name in table.types if name not in table.personal),
        *(F.col(name).alias(pseudonym_of(name)) for name in table.personal),
    )


def possible_day(description: SourceDescription) -> Column:
    """Day of a row's moment, UTC; null where the moment is impossible.

    A day of 1970 in each file would have every file opened for any day of the past.
    """
    moment, times = F.col(description.raw_table.moment), description.timestamps
    return F.when(is_possible(moment, times.earliest, times.latest), F.to_date(moment))


def pseudonym_of(name: str) -> str:
    """Column that holds the pseudonyms of column ``name``."""
    return f"{name}_pseudonym"


def select_typed(rows: DataFrame, description: SourceDescription) -> DataFrame:
    """Typed columns beside the reason for rejection.

    Grain: one row per row as received.
    Requires: the columns of ``RawFiles.rows()``.
    """
    values = {name: F.col(name) for name in description.raw_table.types}
    if description.table in {EVENTS.name, ORDERS.name}:
        values[c.QUANTITY] = moved_quantity(description)
    read = rows.transform(add_texts, description).transform(add_values, description)
    return read.select(
        F.lit(description.table).alias(c.SOURCE),
        *(c.SOURCE_FILE, c.FILE_VERSION, c.ROW_NUMBER, c.DELIVERED_AT),
        own_rejection(description).alias(c.REJECTED_BY),
        c.ROW_TEXT,
        interaction_kind(description).alias(c.INTERACTION_TYPE),
        known_at(description).alias(c.KNOWN_AT),
        *(value.alias(name) for name, value in values.items()),
    )


def known_at(description: SourceDescription) -> Column:
    """When a row could first be known: its file's delivery, else its moment and the stated lag.

    What tells a day without hours is known when that day is over in its zone, or later.
    """
    name, times = description.raw_table.moment, description.timestamps
    moment, hours = F.col(name), description.known_after_hours
    midnight = F.to_utc_timestamp(moment, F.lit(times.time_zone))
    of_day = midnight + hours_long(max(hours, DAY_HOURS))
    lagged = F.when(tells_day(F.col(text_of(name)), times), of_day).otherwise(
        moment + hours_long(hours)
    )
    return F.coalesce(F.col(c.DELIVERED_AT), lagged)


def hours_long(hours: float) -> Column:
    """So many hours as an interval, to the microsecond."""
    return F.make_dt_interval(hours=F.lit(0), secs=F.lit(round(hours * 3600, 6)))


def as_text(table: RawTable, name: str) -> Column:
    """A typed value as text, exact; empty where there is none."""
    value = F.col(name)
    if table.types[name] == "timestamp":
        value = F.unix_micros(value)
    return F.coalesce(value.cast("string"), F.lit(""))


def row_id(table: RawTable) -> Column:
    """Hash of all that a row says: two rows have the same one where they are exact duplicates.

    It names a row whatever file, order or batch it comes in.
    """
    kind = F.coalesce(F.col(c.INTERACTION_TYPE), F.lit(""))
    parts = (F.lit(table.name), kind, *(as_text(table, name) for name in table.types))
    return F.substring(F.sha2(F.concat_ws(BETWEEN, *parts), 256), 1, HASH_CHARACTERS)


def row_key(description: SourceDescription) -> Column:
    """The shop's own key of a row; null where a part of it is not known."""
    table = description.raw_table
    key = description.key or table.key
    known = reduce(and_, (F.col(name).isNotNull() for name in key))
    return F.when(known, F.concat_ws(BETWEEN, *(as_text(table, name) for name in key)))
