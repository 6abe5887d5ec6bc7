"""Schemas of the project's tables as Spark DDL, and the shape of the five raw tables.

A raw table is text as received. What its columns mean once typed is stated here, so that a
shop's own file, once mapped, and a generated one are read by the same code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from personalization.contracts import columns as c

# "ids": several identifiers, separated by "|" or as a JSON array
ColumnType = Literal["id", "ids", "text", "number", "integer", "timestamp"]


@dataclass(frozen=True)
class RawTable:
    """One of the five tables a shop may deliver.

    Attributes:
        name: ``users``, ``products``, ``events``, ``orders`` or ``search_logs``.
        types: column to type, in the order of the file; every value is text as received.
        required: columns without which a row cannot be used.
        key: columns that tell two rows apart; an exact duplicate repeats all columns.
        moment: the column that says when the row happened.
        personal: columns that say who somebody is; they stay in the raw files.
    """

    name: str
    types: Mapping[str, ColumnType]
    required: tuple[str, ...]
    key: tuple[str, ...]
    moment: str
    personal: tuple[str, ...] = ()


USERS: Final = RawTable(
    name="users",
    types={
        c.USER_ID: "id",
        c.NAME: "text",
        c.EMAIL: "text",
        c.ADDRESS: "text",
        c.CITY: "text",
        c.COUNTRY: "text",
        c.DEVICE: "text",  # the device used to sign up
        c.SIGNED_UP_TS: "timestamp",
    },
    required=(c.USER_ID,),
    key=(c.USER_ID,),
    moment=c.SIGNED_UP_TS,
    personal=(c.NAME, c.EMAIL, c.ADDRESS),
)

PRODUCTS: Final = RawTable(
    name="products",
    types={
        c.ITEM_ID: "id",
        c.TITLE: "text",
        c.CATEGORY_PATH: "text",  # from root to leaf, separated by " > "
        c.BRAND: "text",
        c.PRICE: "number",
        c.CURRENCY: "text",
        c.LAUNCHED_TS: "timestamp",
        c.RETIRED_TS: "timestamp",  # empty while on sale
        c.STOCK_OUTS: "text",  # ISO 8601 intervals "start/end", separated by ";"
    },
    required=(c.ITEM_ID,),
    key=(c.ITEM_ID,),
    moment=c.LAUNCHED_TS,
)

EVENTS: Final = RawTable(
    name="events",
    types={
        c.EVENT_ID: "id",
        c.EVENT_TS: "timestamp",
        c.EVENT_KIND: "text",
        c.SESSION_ID: "id",
        c.USER_ID: "id",  # empty where the visitor is unknown
        c.DEVICE: "text",
        c.COUNTRY: "text",
        c.ITEM_ID: "id",
        c.QUANTITY: "number",  # cart, purchase and return
        c.PRICE: "number",  # unit price at that moment
        c.CURRENCY: "text",
        c.ORDER_ID: "id",  # purchase and return
        c.REQUEST_ID: "id",  # impressions of one list, and the view that a click on it opened
        c.POLICY: "text",  # impression: who chose the list
        c.POSITION: "integer",  # impression: from 1
        c.PROPENSITY: "number",  # impression: probability that the policy showed this item here
    },
    required=(c.EVENT_TS, c.EVENT_KIND, c.ITEM_ID),
    key=(c.EVENT_ID,),
    moment=c.EVENT_TS,
)

ORDERS: Final = RawTable(
    name="orders",
    types={
        c.ORDER_ID: "id",
        c.LINE_NUMBER: "integer",  # from 1 within the order
        c.ORDER_TS: "timestamp",
        c.USER_ID: "id",
        c.SESSION_ID: "id",
        c.ITEM_ID: "id",
        c.TITLE: "text",  # where a shop has no product file
        c.QUANTITY: "number",
        c.PRICE: "number",  # of one piece
        c.CURRENCY: "text",
        c.COUNTRY: "text",
        c.STATUS: "text",  # completed or cancelled
    },
    required=(c.ORDER_TS, c.ITEM_ID, c.QUANTITY, c.PRICE),
    key=(c.ORDER_ID, c.LINE_NUMBER),
    moment=c.ORDER_TS,
)

SEARCH_LOGS: Final = RawTable(
    name="search_logs",
    types={
        c.SEARCH_ID: "id",
        c.SEARCH_TS: "timestamp",
        c.SESSION_ID: "id",
        c.USER_ID: "id",
        c.DEVICE: "text",
        c.QUERY: "text",
        c.RESULTS: "ids",  # items as shown, from the first place; empty where nothing was found
        c.CLICKED_ITEM_ID: "id",  # empty where nothing was clicked
        c.CLICKED_POSITION: "integer",  # from 1
    },
    required=(c.SEARCH_TS, c.QUERY),
    key=(c.SEARCH_ID,),
    moment=c.SEARCH_TS,
)

RAW_TABLES: Final = {t.name: t for t in (USERS, PRODUCTS, EVENTS, ORDERS, SEARCH_LOGS)}
