"""Visits of each visitor and day: sessions where a shop has none, and machines that look around."""

from __future__ import annotations

from typing import Final

from pyspark.sql import Column, DataFrame, Window, WindowSpec
from pyspark.sql import functions as F  # noqa: N812 - Spark's own custom

from personalization.contracts import columns as c
from personalization.contracts import kinds
from personalization.pipelines.data_processing.derivation import Bots, Visits

LOOKING: Final = (kinds.VIEW, kinds.CART, kinds.SEARCH_CLICK)
RATE_SECONDS: Final = 600
A_SECOND: Final = 1_000_000  # in microseconds
HASH_CHARACTERS: Final = 32
VISITOR: Final = "visitor"
MICROS: Final = "micros"
BLOCK: Final = "block"
LOOKS: Final = "looks"
RATE: Final = "rate"
ITEM: Final = "item"
NTH_ITEM: Final = "nth_item"


def starts_visit(gap_seconds: Column, idle_minutes: float) -> Column:
    """True where an event opens a visit; a null gap is the first event."""
    return gap_seconds.isNull() | (gap_seconds > idle_minutes * 60)


def name_visitor(user: Column, session: Column) -> Column:
    """Who acts: the user, else the session; null where neither is known. No user is a session."""
    return F.coalesce(F.concat(F.lit("user "), user), F.concat(F.lit("session "), session))


def name_visit() -> Column:
    """A name for a visit that the shop gave none: hash of the visitor and the first moment."""
    start = F.min(MICROS).over(Window.partitionBy(c.INTERACTION_DATE, VISITOR, BLOCK))
    name = F.concat_ws("\0", VISITOR, start.cast("string"))
    return F.substring(F.sha2(name, 256), 1, HASH_CHARACTERS)


def first_session() -> Column:
    """The first session that a visit has; null where it has none."""
    of_visit = Window.partitionBy(c.INTERACTION_DATE, VISITOR, BLOCK)
    whole = of_visit.orderBy(MICROS, c.INTERACTION_ID).rowsBetween(
        Window.unboundedPreceding, Window.unboundedFollowing
    )
    return F.first(c.SESSION_ID, ignorenulls=True).over(whole)


def add_visits(interactions: DataFrame, visits: Visits) -> DataFrame:
    """Give a session to what a known user did without one, and flag machines.

    What a shop calls a session stays as it is. A row without one joins the session that its user
    had in the same visit, else all rows of the visit get a name of their own. A row without user
    and session stays without: nothing tells whose it is.

    Grain: one row per interaction, as given; whole days.
    Requires: ``interaction_id``, ``interaction_date``, ``interaction_ts``, ``interaction_type``,
    ``user_id``, ``session_id``, ``item_id``.
    Adds: ``is_bot``; fills ``session_id``.
    """
    visitor = F.coalesce(name_visitor(F.col(c.USER_ID), F.col(c.SESSION_ID)), c.INTERACTION_ID)
    of_day = Window.partitionBy(c.INTERACTION_DATE, VISITOR)
    in_order = of_day.orderBy(MICROS, c.INTERACTION_ID)
    so_far = in_order.rowsBetween(Window.unboundedPreceding, Window.currentRow)
    last_minutes = of_day.orderBy(MICROS).rangeBetween(
        1 - RATE_SECONDS * A_SECOND, Window.currentRow
    )
    gap_seconds = (F.col(MICROS) - F.lag(MICROS).over(in_order)) / A_SECOND
    opens = starts_visit(gap_seconds, visits.idle_minutes)
    timed = interactions.withColumns(
        {
            VISITOR: visitor,
            MICROS: F.unix_micros(c.INTERACTION_TS),
            LOOKS: F.col(c.INTERACTION_TYPE).isin(*LOOKING).cast("int"),
            ITEM: F.when(F.col(c.INTERACTION_TYPE).isin(*LOOKING), F.col(c.ITEM_ID)),
        }
    )
    # Counted by rank: a window has no other exact count of what is different
    nth_item = F.dense_rank().over(of_day.orderBy(F.col(ITEM).asc_nulls_last()))
    cut = timed.withColumn(BLOCK, opens.cast("int")).withColumns(
        {
            BLOCK: F.sum(BLOCK).over(so_far),
            RATE: F.sum(LOOKS).over(last_minutes),
            NTH_ITEM: F.when(F.col(ITEM).isNotNull(), nth_item),
        }
    )
    known = F.col(c.USER_ID).isNotNull()
    made = F.when(known, F.coalesce(first_session(), name_visit()))
    return cut.withColumns(
        {
            c.SESSION_ID: F.coalesce(F.col(c.SESSION_ID), made),
            c.IS_BOT: is_machine(of_day, visits.bots),
        }
    ).drop(VISITOR, MICROS, BLOCK, LOOKS, RATE, ITEM, NTH_ITEM)


def is_machine(of_day: WindowSpec, bots: Bots) -> Column:
    """True where a visitor passes one of the limits on a day; never null."""
    hour = F.when(F.col(LOOKS) > 0, F.expr(f"shiftleft(1, hour({c.INTERACTION_TS}))"))
    hours = F.bit_count(F.coalesce(F.bit_or(hour).over(of_day), F.lit(0)))
    return (
        (F.max(RATE).over(of_day) > bots.looks_per_10_minutes)
        | (F.sum(LOOKS).over(of_day) > bots.looks_per_day)
        | (F.coalesce(F.max(NTH_ITEM).over(of_day), F.lit(0)) > bots.items_per_day)
        | (hours > bots.hours_per_day)
    )
