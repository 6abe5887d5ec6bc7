"""The mart's interactions, from good rows of events, orders and search logs."""

from __future__ import annotations

from typing import Final

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F  # noqa: N812 - Spark's own custom

from personalization.contracts import columns as c
from personalization.contracts import kinds
from personalization.pipelines.data_processing.options import Batch, InteractionWeights

HASH_CHARACTERS: Final = 32  # 128 bits of the SHA-256, in hex

INTERACTION_COLUMNS: Final = (
    c.INTERACTION_ID,
    c.USER_ID,
    c.ITEM_ID,
    c.INTERACTION_TS,
    c.INTERACTION_DATE,
    c.INTERACTION_TYPE,
    c.QUANTITY,
    c.PRICE,
    c.CURRENCY,
    c.WEIGHT,
    c.SESSION_ID,
    c.ORDER_ID,
    c.SOURCE,
    c.SOURCE_FILE,
    c.KNOWN_AT,
    c.BATCH_ID,
    c.INGESTED_AT,
)


def good_rows(rows: DataFrame) -> DataFrame:
    """Rows that no rule rejects."""
    return rows.filter(F.col(c.REJECTED_BY).isNull())


def hash_key(*parts: Column) -> Column:
    """A key that differs where any part differs; JSON keeps ('a', 'bc') apart from ('ab', 'c')."""
    fields = [part.alias(f"p{place}") for place, part in enumerate(parts)]
    text = F.to_json(F.struct(*fields), {"ignoreNullFields": "false"})
    return F.substring(F.sha2(text, 256), 1, HASH_CHARACTERS)


def stamp(batch: Batch) -> dict[str, Column]:
    """The columns that tell which run merged a row, and when."""
    return {
        c.BATCH_ID: F.lit(batch.batch_id),
        c.INGESTED_AT: F.lit(batch.ingested_at).cast("timestamp"),
    }


def weigh(weights: InteractionWeights) -> Column:
    """The weight of an interaction by its kind."""
    by_kind = {
        kinds.VIEW: weights.view,
        kinds.SEARCH_CLICK: weights.search_click,
        kinds.CART: weights.cart,
        kinds.PURCHASE: weights.purchase,
        kinds.RETURN: weights.returned,
    }
    kind = F.col(c.INTERACTION_TYPE)
    return F.coalesce(*(F.when(kind == name, F.lit(value)) for name, value in by_kind.items()))


def events_as_interactions(events: DataFrame) -> DataFrame:
    """Good events but impressions, which are shown, not done."""
    done = good_rows(events).filter(F.col(c.INTERACTION_TYPE) != kinds.IMPRESSION)
    return done.withColumn(c.INTERACTION_TS, F.col(c.EVENT_TS))


def orders_as_interactions(orders: DataFrame) -> DataFrame:
    """Good order lines."""
    return good_rows(orders).withColumn(c.INTERACTION_TS, F.col(c.ORDER_TS))


def searches_as_interactions(searches: DataFrame) -> DataFrame:
    """Clicks on search results; a search without a click is no interaction with an item."""
    clicked = good_rows(searches).filter(F.col(c.CLICKED_ITEM_ID).isNotNull())
    nothing = F.lit(None)
    return clicked.withColumns(
        {
            c.ITEM_ID: F.col(c.CLICKED_ITEM_ID),
            c.INTERACTION_TS: F.col(c.SEARCH_TS),
            c.INTERACTION_TYPE: F.lit(kinds.SEARCH_CLICK),
            c.ORDER_ID: nothing.cast("string"),
            c.QUANTITY: nothing.cast("double"),
            c.PRICE: nothing.cast("double"),
            c.CURRENCY: nothing.cast("string"),
        }
    )


def number_equal_lines(rows: DataFrame) -> DataFrame:
    """Add ``interaction_id``; equal lines of one order or visit are told apart by position.

    The position follows from what the lines say, not from the order in which files came.
    """
    visit = F.coalesce(F.col(c.ORDER_ID), F.col(c.SESSION_ID))
    same = (
        F.col(c.SOURCE),
        visit,
        F.col(c.USER_ID),
        F.col(c.ITEM_ID),
        F.col(c.INTERACTION_TYPE),
        F.unix_micros(c.INTERACTION_TS),  # JSON would cut a moment to milliseconds
    )
    content = (c.QUANTITY, c.PRICE, c.CURRENCY, c.SESSION_ID, c.KNOWN_AT)
    order = Window.partitionBy(*same).orderBy(*content, c.SOURCE_FILE, c.ROW_NUMBER)
    return rows.withColumn(c.INTERACTION_ID, hash_key(*same, F.row_number().over(order)))


def build_interactions(
    typed: dict[str, DataFrame], batch: Batch, weights: InteractionWeights
) -> DataFrame:
    """All interactions that the good rows tell.

    Grain: one row per interaction as delivered, exact duplicates removed; ``user_id`` is null
    where the visitor is unknown.
    Key: ``interaction_id``.
    """
    shared = (
        *(c.SOURCE, c.SOURCE_FILE, c.ROW_NUMBER, c.KNOWN_AT, c.INTERACTION_TYPE),
        *(c.INTERACTION_TS, c.USER_ID, c.SESSION_ID, c.ORDER_ID, c.ITEM_ID),
        *(c.QUANTITY, c.PRICE, c.CURRENCY),
    )
    told = (
        events_as_interactions(typed["events"]).select(*shared),
        orders_as_interactions(typed["orders"]).select(*shared),
        searches_as_interactions(typed["search_logs"]).select(*shared),
    )
    together = told[0].unionByName(told[1]).unionByName(told[2])
    derived = {
        c.INTERACTION_DATE: F.to_date(c.INTERACTION_TS),
        c.WEIGHT: weigh(weights),
        **stamp(batch),
    }
    return number_equal_lines(together).withColumns(derived).select(*INTERACTION_COLUMNS)
