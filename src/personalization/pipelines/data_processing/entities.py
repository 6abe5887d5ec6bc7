"""The other primary tables: users and items, impressions and searches."""

from __future__ import annotations

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F  # noqa: N812 - Spark's own custom

from personalization.contracts import columns as c
from personalization.contracts import kinds
from personalization.pipelines.data_processing.interactions import good_rows, hash_key, stamp
from personalization.pipelines.data_processing.options import Batch


def build_users(users: DataFrame, batch: Batch) -> DataFrame:
    """What describes a user; names and addresses stay in the raw layer.

    Grain: one row per user. Key: ``user_id``.
    """
    described = (c.USER_ID, c.COUNTRY, c.DEVICE, c.SIGNED_UP_TS, c.SOURCE, c.SOURCE_FILE)
    return good_rows(users).select(*described).withColumns(stamp(batch))


def build_items(products: DataFrame, batch: Batch) -> DataFrame:
    """What describes an item.

    Grain: one row per item. Key: ``item_id``.
    """
    described = (
        *(c.ITEM_ID, c.TITLE, c.CATEGORY_PATH, c.BRAND, c.PRICE, c.CURRENCY),
        *(c.LAUNCHED_TS, c.RETIRED_TS, c.STOCK_OUTS, c.SOURCE, c.SOURCE_FILE),
    )
    return good_rows(products).select(*described).withColumns(stamp(batch))


def build_impressions(events: DataFrame, batch: Batch) -> DataFrame:
    """Items shown in lists, with the policy that chose them.

    Grain: one row per item shown. Key: ``impression_id``.
    """
    shown = good_rows(events).filter(F.col(c.INTERACTION_TYPE) == kinds.IMPRESSION)
    content = (
        *(c.EVENT_TS, c.USER_ID, c.SESSION_ID, c.ITEM_ID, c.REQUEST_ID),
        *(c.POLICY, c.POSITION, c.PROPENSITY, c.DEVICE),
    )
    equal_lines = Window.partitionBy(*content).orderBy(c.EVENT_ID, c.SOURCE_FILE, c.ROW_NUMBER)
    # As microseconds: JSON would cut the moment to milliseconds.
    parts = (F.unix_micros(c.EVENT_TS), *(F.col(name) for name in content[1:]))
    key = hash_key(*parts, F.row_number().over(equal_lines))
    keyed = shown.withColumn(c.IMPRESSION_ID, key)
    named = (c.IMPRESSION_ID, *content, c.KNOWN_AT, c.SOURCE, c.SOURCE_FILE)
    return keyed.select(*named).withColumns(stamp(batch))


def build_searches(searches: DataFrame, batch: Batch) -> DataFrame:
    """Searches, clicked or not.

    Grain: one row per search as logged; a shop may log each click of a search.
    Key: ``search_id``, made from the content where a shop has none or gives one several times.
    """
    content = (
        *(c.SEARCH_TS, c.USER_ID, c.SESSION_ID, c.DEVICE, c.QUERY, c.RESULTS),
        *(c.CLICKED_ITEM_ID, c.CLICKED_POSITION),
    )
    parts = (
        *(F.col(c.SEARCH_ID), F.unix_micros(c.SEARCH_TS)),
        *(F.col(name) for name in content[1:]),
    )
    order = (c.SOURCE_FILE, c.ROW_NUMBER)
    equal_lines = Window.partitionBy(c.SEARCH_ID, *content).orderBy(*order)
    same_search = Window.partitionBy(c.SEARCH_ID).orderBy(*content, *order)
    made = hash_key(*parts, F.row_number().over(equal_lines))
    first = F.when(F.row_number().over(same_search) == 1, F.col(c.SEARCH_ID))
    keyed = good_rows(searches).withColumn(c.SEARCH_ID, F.coalesce(first, made))
    named = (c.SEARCH_ID, *content, c.KNOWN_AT, c.SOURCE, c.SOURCE_FILE)
    return keyed.select(*named).withColumns(stamp(batch))
