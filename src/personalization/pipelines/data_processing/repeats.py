"""Good rows that repeat another one: delivered twice, in conflict, or overtaken by a newer one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F  # noqa: N812 - Spark's own custom

from personalization.contracts import checks
from personalization.contracts import columns as c
from personalization.contracts.schemas import SEARCH_LOGS
from personalization.pipelines.data_processing.derivation import NearDuplicates
from personalization.pipelines.data_processing.visits import name_visitor

# What says where a repeated row is; it stands beside the reason.
REPEAT_COLUMNS: Final = (
    *(c.SOURCE, c.SOURCE_FILE, c.FILE_VERSION, c.ROW_NUMBER),
    *(c.ROW_ID, c.ROW_KEY, c.INTERACTION_DATE, c.REJECTED_BY, c.HELD_BY),
)
COLLISION: Final = "collision"
OFTEN: Final = "often"
SAME_ROW: Final = (c.INTERACTION_DATE, c.INTERACTION_TYPE)  # and key: what a correction is about
IN_CONFLICT: Final = "in_conflict"
FOLLOWING: Final = "following"
# Earlier is by when a row could be known, then by name of file and row.
EARLIEST: Final = (c.KNOWN_AT, c.SOURCE_FILE, c.ROW_NUMBER)


def repeated_candidates(rows: DataFrame, *within: str) -> DataFrame:
    """Rows that may share their key or all that they say with another one of their source.

    Requires: ``source``, ``row_id``, ``row_key``; the columns ``within`` which rows are compared.
    Adds: ``collision``, a hash that such rows have in common.
    """
    # Columns that are not needed stay behind: this is the one time that every row is moved.
    alike_in = (F.col(c.SOURCE), *map(F.col, within), F.coalesce(c.ROW_KEY, c.ROW_ID))
    hashed = rows.withColumn(COLLISION, F.xxhash64(*alike_in))
    alike = Window.partitionBy(COLLISION)
    return hashed.withColumn(OFTEN, F.count("*").over(alike)).filter(F.col(OFTEN) > 1)


def earlier_equals(*also: str) -> Column:
    """How many rows that say the same come before a row."""
    equal = Window.partitionBy(COLLISION, c.ROW_ID, *also)
    before = equal.orderBy(*EARLIEST).rowsBetween(Window.unboundedPreceding, -1)
    return F.count("*").over(before)


def find_repeats(rows: DataFrame) -> DataFrame:
    """Events, order lines and searches that repeat another one of the same day.

    ``duplicate``: an earlier row of the same file says exactly the same. ``delivered_again``: an
    earlier row of another file does. ``key_conflict``: the shop's key came earlier with other
    content; which one holds is not known, and the earlier one is kept; ``held_by`` is the version
    of its file.

    Grain: one row per repeated row.
    Requires: good rows of one or more sources, of whole days.
    Columns: ``REPEAT_COLUMNS``.
    """
    # By day: a number that a shop uses again on another day is another row, whenever it comes.
    of_key = Window.partitionBy(COLLISION, c.SOURCE, c.INTERACTION_DATE, c.ROW_KEY)
    first = F.first(F.struct(c.ROW_ID, c.FILE_VERSION)).over(of_key.orderBy(*EARLIEST))
    # A search is logged once for each click on its results: its key may come again.
    keyed = F.col(c.ROW_KEY).isNotNull() & (F.col(c.SOURCE) != SEARCH_LOGS.name)
    in_conflict = keyed & (F.col(c.ROW_ID) != first[c.ROW_ID])
    reason = (
        F.when(earlier_equals(c.FILE_VERSION) > 0, F.lit(checks.DUPLICATE))
        .when(in_conflict, F.lit(checks.CONFLICT))
        .when(earlier_equals() > 0, F.lit(checks.DELIVERED_AGAIN))
    )
    told = {
        c.REJECTED_BY: reason,
        c.HELD_BY: F.when(reason == checks.CONFLICT, first[c.FILE_VERSION]),
    }
    return choose_repeats(repeated_candidates(rows, c.INTERACTION_DATE), told)


def find_superseded(rows: DataFrame) -> DataFrame:
    """Users or products of which a newer row is there: the newest delivery of an entity holds.

    Of several rows that say the same as the newest the earliest is kept, so that a dump that
    comes every day changes nothing where nothing has changed.

    Grain, requires and columns: as ``find_repeats``; reasons ``superseded`` as well.
    """
    candidates = repeated_candidates(rows).withColumn(IN_CONFLICT, F.lit(False))  # noqa: FBT003
    return choose_newest(candidates)


def find_corrected(rows: DataFrame) -> DataFrame:
    """Events and orders of which a newer row with the same key is there, told on the same day.

    As ``find_superseded`` by the shop's key, where a shop says that it corrects rows so. One file
    corrects nothing in itself: of rows with one key and other content the first holds, the others
    are in ``key_conflict``; the key may be the wrong one.

    Grain, requires and columns: as ``find_repeats``, and ``interaction_type``: a return does not
    replace its purchase, whose key it may have; reasons ``superseded`` as well.
    """
    candidates = repeated_candidates(rows, *SAME_ROW)
    of_file = Window.partitionBy(*of_key(*SAME_ROW), F.col(c.FILE_VERSION))
    first = F.first(c.ROW_ID).over(of_file.orderBy(c.ROW_NUMBER))
    in_conflict = candidates.withColumn(IN_CONFLICT, F.col(c.ROW_ID) != first)
    return choose_newest(in_conflict, *SAME_ROW)


def of_key(*within: str) -> list[Column]:
    """What rows with the same key have in common; a row without a key is alone with its equals."""
    return [*map(F.col, (COLLISION, c.SOURCE, *within)), F.coalesce(c.ROW_KEY, c.ROW_ID)]


def choose_newest(candidates: DataFrame, *within: str) -> DataFrame:
    """Rows but the one of each key that holds: the earliest that says what the newest does.

    ``held_by`` of ``superseded``, where a row held once, is the version of the file that was
    delivered next and said something else: what replaced it, whatever holds today.

    Args:
        candidates: rows with ``in_conflict``: true for those that cannot hold.
        within: columns within which keys are compared.
    """
    key, conflict = of_key(*within), F.col(IN_CONFLICT)
    delivery = F.when(~conflict, F.struct(c.DELIVERED_AT, c.SOURCE_FILE, c.ROW_NUMBER))
    of_content = Window.partitionBy(*key, F.col(c.ROW_ID))
    last_of_content = F.max(delivery).over(of_content)
    last_of_all = F.max(delivery).over(Window.partitionBy(*key))
    following = F.lead(c.FILE_VERSION).over(Window.partitionBy(*key).orderBy(delivery))
    told = candidates.withColumn(
        FOLLOWING, F.struct(delivery.alias("after"), following.alias("by"))
    )
    replaced_by = F.max(FOLLOWING).over(of_content)["by"]
    repeated = earlier_equals(IN_CONFLICT) > 0
    reason = (
        F.when(earlier_equals(c.FILE_VERSION) > 0, F.lit(checks.DUPLICATE))
        .when(conflict, F.lit(checks.CONFLICT))
        .when(last_of_content != last_of_all, F.lit(checks.SUPERSEDED))
        .when(repeated, F.lit(checks.DELIVERED_AGAIN))
    )
    held_once = (reason == checks.SUPERSEDED) & ~repeated
    held_by = F.when(conflict, F.col(c.FILE_VERSION)).when(held_once, replaced_by)
    return choose_repeats(told, {c.REJECTED_BY: reason, c.HELD_BY: held_by})


def find_near_duplicates(events: DataFrame, near: NearDuplicates) -> DataFrame:
    """Events that come so soon after the last one of their visitor, item and kind as to be one.

    ``near_duplicate``; of events at one moment the one with the smallest ``row_id`` is first, so
    that the order of files says nothing.

    Grain, requires and columns: as ``find_repeats``, and what tells visitor, item and moment; no
    row may repeat another one exactly.
    """
    visitor = name_visitor(F.col(c.USER_ID), F.col(c.SESSION_ID))
    judged = events.filter(visitor.isNotNull() & F.col(c.INTERACTION_TYPE).isin(*near.kinds))
    alike = Window.partitionBy(c.INTERACTION_DATE, visitor, c.ITEM_ID, c.INTERACTION_TYPE)
    micros = F.unix_micros(c.EVENT_TS)
    gap = micros - F.lag(micros).over(alike.orderBy(micros, c.ROW_ID))
    again = F.when(gap <= round(near.seconds * 1_000_000), F.lit(checks.NEAR_DUPLICATE))
    return choose_repeats(judged, {c.REJECTED_BY: again})


def choose_repeats(candidates: DataFrame, found: Mapping[str, Column]) -> DataFrame:
    """The candidates for which there is a reason."""
    told = candidates.withColumns({c.HELD_BY: F.lit(None).cast("long"), **found})
    return told.filter(F.col(c.REJECTED_BY).isNotNull()).select(*REPEAT_COLUMNS)


def drop_repeats(rows: DataFrame, repeats: DataFrame) -> DataFrame:
    """``rows`` without those that repeat another one."""
    place = [c.SOURCE, c.FILE_VERSION, c.ROW_NUMBER]
    return rows.join(repeats.select(*place), place, how="left_anti")
