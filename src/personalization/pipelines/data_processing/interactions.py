"""The mart's interactions, from rows of events, orders and search logs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F  # noqa: N812 - Spark's own custom

from personalization.contracts import columns as c
from personalization.contracts import kinds
from personalization.contracts.schemas import EVENTS, ORDERS, SEARCH_LOGS
from personalization.pipelines.data_processing.derivation import Derivation, InteractionWeights
from personalization.pipelines.data_processing.options import Batch
from personalization.pipelines.data_processing.visits import add_visits
from personalization.spark.frames import unite

ROWS_PER_PARTITION: Final = 500_000
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
    c.IS_BOT,
    c.SOURCE,
    c.SOURCE_FILE,
    c.KNOWN_AT,
    c.BATCH_ID,
    c.INGESTED_AT,
)


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
    """Events but impressions, which are shown, not done."""
    done = events.filter(F.col(c.INTERACTION_TYPE) != kinds.IMPRESSION)
    return done.withColumn(c.INTERACTION_TS, F.col(c.EVENT_TS))


def orders_as_interactions(orders: DataFrame) -> DataFrame:
    """Order lines."""
    return orders.withColumn(c.INTERACTION_TS, F.col(c.ORDER_TS))


def searches_as_interactions(searches: DataFrame) -> DataFrame:
    """Clicks on search results; a search without a click is no interaction with an item."""
    clicked = searches.filter(F.col(c.CLICKED_ITEM_ID).isNotNull())
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


AS_INTERACTIONS: Final = {
    EVENTS.name: events_as_interactions,
    ORDERS.name: orders_as_interactions,
    SEARCH_LOGS.name: searches_as_interactions,
}


def build_interactions(
    rows: Mapping[str, DataFrame], batch: Batch, derivation: Derivation, most_rows: int
) -> DataFrame:
    """All interactions that rows of events, orders and search logs tell.

    Grain: one row per interaction as delivered; ``user_id`` is null where the visitor is unknown.
    Key: ``interaction_id``, the hash of all that the row says.

    Args:
        rows: good rows by source, none of which repeats another one.
        batch: the stamps of the run.
        derivation: weights of the kinds, and how days are cut into visits.
        most_rows: there are at most so many rows.
    """
    shared = (
        *(c.ROW_ID, c.SOURCE, c.SOURCE_FILE, c.KNOWN_AT, c.INTERACTION_TYPE),
        *(c.INTERACTION_TS, c.INTERACTION_DATE, c.USER_ID, c.SESSION_ID, c.ORDER_ID, c.ITEM_ID),
        *(c.QUANTITY, c.PRICE, c.CURRENCY),
    )
    told = (AS_INTERACTIONS[source](of_source) for source, of_source in rows.items())
    together = unite(one.select(*shared) for one in told)
    derived = {
        c.INTERACTION_ID: F.col(c.ROW_ID),
        c.WEIGHT: weigh(derivation.weights),
        **stamp(batch),
    }
    by_day = keep_days_together(together.withColumns(derived), most_rows)
    return add_visits(by_day, derivation.visits).select(*INTERACTION_COLUMNS)


def keep_days_together(rows: DataFrame, most_rows: int) -> DataFrame:
    """``rows`` in partitions of whole days, neighbours by date.

    A reader of some days skips the files of others; what is derived by day moves nothing again.
    """
    partitions = -(-most_rows // ROWS_PER_PARTITION)
    if partitions <= 1:
        return rows.coalesce(1)
    return rows.repartitionByRange(partitions, c.INTERACTION_DATE)
