"""The other primary tables: users and items, impressions and searches."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812 - Spark's own custom

from personalization.contracts import columns as c
from personalization.contracts import kinds
from personalization.contracts.schemas import USERS
from personalization.pipelines.data_processing.interactions import stamp
from personalization.pipelines.data_processing.options import Batch
from personalization.pipelines.data_processing.quarantine import pseudonym_of


def build_users(users: DataFrame, batch: Batch) -> DataFrame:
    """What describes a user; names and addresses stay in the raw layer, these are pseudonyms.

    Grain: one row per user. Key: ``user_id``.
    """
    described = (
        *(c.USER_ID, c.COUNTRY, c.DEVICE, c.SIGNED_UP_TS),
        *(pseudonym_of(name) for name in USERS.personal),
        *(c.SOURCE, c.SOURCE_FILE),
    )
    return users.select(*described).withColumns(stamp(batch))


def build_items(products: DataFrame, batch: Batch) -> DataFrame:
    """What describes an item.

    Grain: one row per item. Key: ``item_id``.
    """
    described = (
        *(c.ITEM_ID, c.TITLE, c.CATEGORY_PATH, c.BRAND, c.PRICE, c.CURRENCY),
        *(c.LAUNCHED_TS, c.RETIRED_TS, c.STOCK_OUTS, c.SOURCE, c.SOURCE_FILE),
    )
    return products.select(*described).withColumns(stamp(batch))


def build_impressions(events: DataFrame, batch: Batch) -> DataFrame:
    """Items shown in lists, with the policy that chose them.

    Grain: one row per item shown. Key: ``impression_id``.
    """
    shown = events.filter(F.col(c.INTERACTION_TYPE) == kinds.IMPRESSION)
    named = (
        *(c.INTERACTION_DATE, c.EVENT_TS, c.USER_ID, c.SESSION_ID, c.ITEM_ID, c.REQUEST_ID),
        *(c.POLICY, c.POSITION, c.PROPENSITY, c.DEVICE, c.KNOWN_AT, c.SOURCE, c.SOURCE_FILE),
    )
    keyed = shown.select(F.col(c.ROW_ID).alias(c.IMPRESSION_ID), *named)
    return keyed.withColumns(stamp(batch))


def build_searches(searches: DataFrame, batch: Batch) -> DataFrame:
    """Searches, clicked or not.

    Grain: one row per search as logged; a shop may log each click of a search.
    Key: ``search_key``; the shop's own ``search_id`` may be missing, or be given twice.
    """
    named = (
        *(c.INTERACTION_DATE, c.SEARCH_ID, c.SEARCH_TS, c.USER_ID, c.SESSION_ID, c.DEVICE),
        *(c.QUERY, c.RESULTS, c.CLICKED_ITEM_ID, c.CLICKED_POSITION),
        *(c.KNOWN_AT, c.SOURCE, c.SOURCE_FILE),
    )
    keyed = searches.select(F.col(c.ROW_ID).alias(c.SEARCH_KEY), *named)
    return keyed.withColumns(stamp(batch))
