"""Every row as received becomes a typed row, good or with the reason why it is not."""

from __future__ import annotations

from functools import reduce
from operator import and_

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F  # noqa: N812 - Spark's own custom

from personalization.contracts import checks
from personalization.contracts import columns as c
from personalization.contracts.schemas import EVENTS, ORDERS, PRODUCTS, USERS, RawTable
from personalization.contracts.sources import SourceDescription
from personalization.datasets.raw_rows import RawFiles
from personalization.pipelines.data_processing.cleaning import add_texts, add_values
from personalization.pipelines.data_processing.rules import (
    interaction_kind,
    moved_quantity,
    rejection,
)


def type_rows(raw: RawFiles) -> DataFrame:
    """Type every row of a source and say which are rejected.

    Grain: one row per row as received.
    Columns: ``source``, ``source_file``, ``row_number``, ``rejected_by`` (null: good),
    ``row_text`` (of rejected rows), ``interaction_type``, ``known_at``, then the table's columns
    but personal ones.
    """
    description = raw.description
    table = description.raw_table
    typed = select_typed(raw.rows(), description)
    if table.name in {EVENTS.name, ORDERS.name}:
        typed = reject_conflicts(typed, table)
    once = reject_duplicates(typed, table)
    if table.name in {USERS.name, PRODUCTS.name}:
        once = reject_earlier(once, table)
    kept_text = F.when(F.col(c.REJECTED_BY).isNotNull(), F.col(c.ROW_TEXT))
    return once.withColumn(c.ROW_TEXT, kept_text).drop(*table.personal)


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
        c.SOURCE_FILE,
        c.ROW_NUMBER,
        rejection(description).alias(c.REJECTED_BY),
        c.ROW_TEXT,
        interaction_kind(description).alias(c.INTERACTION_TYPE),
        known_at(description).alias(c.KNOWN_AT),
        *(value.alias(name) for name, value in values.items()),
    )


def known_at(description: SourceDescription) -> Column:
    """When a row could first be known: its moment and the delay that the source states."""
    seconds = F.lit(round(description.known_after_hours * 3600, 6))
    moment = F.col(description.raw_table.moment)
    return moment + F.make_dt_interval(hours=F.lit(0), secs=seconds)


def first_reason(reason: str, condition: Column) -> Column:
    """The reason that a row has already, else ``reason`` where ``condition`` holds."""
    return F.coalesce(F.col(c.REJECTED_BY), F.when(condition, F.lit(reason)))


def key_hash(table: RawTable) -> Column:
    """Hash of a row's key; of the whole row where a part of the key is not known.

    Windows over keys and over whole rows both begin with it, so that Spark moves the rows once.
    """
    known = reduce(and_, (F.col(name).isNotNull() for name in table.key))
    return F.when(known, F.xxhash64(*table.key)).otherwise(F.xxhash64(*table.types))


def reject_conflicts(rows: DataFrame, table: RawTable) -> DataFrame:
    """Reject good rows whose key came earlier with other content: which one holds is not known.

    Earlier is by name of file, then by row number. Rows without a key are left alone.
    """
    content = F.when(F.col(c.REJECTED_BY).isNull(), F.xxhash64(*table.types))
    of_key = Window.partitionBy(key_hash(table), *table.key)
    first = F.first(content, ignorenulls=True).over(of_key.orderBy(c.SOURCE_FILE, c.ROW_NUMBER))
    return rows.withColumn(c.REJECTED_BY, first_reason(checks.CONFLICT, content != first))


def reject_duplicates(rows: DataFrame, table: RawTable) -> DataFrame:
    """Reject good rows that equal an earlier one in all columns of the table.

    Earlier is by name of file, then by row number. Nulls are equal.
    """
    good = F.col(c.REJECTED_BY).isNull()
    # The hash comes first: Spark sorts by it alone wherever it decides; the columns make it exact.
    rest = [name for name in table.types if name not in table.key]
    equal_rows = Window.partitionBy(key_hash(table), *table.key, good, *rest)
    place = F.row_number().over(equal_rows.orderBy(c.SOURCE_FILE, c.ROW_NUMBER))
    return rows.withColumn(c.REJECTED_BY, first_reason(checks.DUPLICATE, place > 1))


def reject_earlier(rows: DataFrame, table: RawTable) -> DataFrame:
    """Reject good rows whose key comes again later: the newest delivery of an entity holds."""
    good = F.col(c.REJECTED_BY).isNull()
    order = Window.partitionBy(good, *table.key).orderBy(
        F.col(c.SOURCE_FILE).desc(), F.col(c.ROW_NUMBER).desc()
    )
    place = F.row_number().over(order)
    return rows.withColumn(c.REJECTED_BY, first_reason(checks.SUPERSEDED, place > 1))


def collect_rejected_rows(
    int_users: DataFrame,
    int_products: DataFrame,
    int_events: DataFrame,
    int_orders: DataFrame,
    int_search_logs: DataFrame,
) -> DataFrame:
    """The rejected rows of all sources.

    Grain: one row per rejected row as received.
    Columns: ``source, source_file, row_number, rejected_by, row_text``.
    """
    tables = (int_users, int_products, int_events, int_orders, int_search_logs)
    columns = (c.SOURCE, c.SOURCE_FILE, c.ROW_NUMBER, c.REJECTED_BY, c.ROW_TEXT)
    parts = [table.filter(F.col(c.REJECTED_BY).isNotNull()).select(*columns) for table in tables]
    together = parts[0]
    for part in parts[1:]:
        together = together.unionByName(part)
    return together
