"""The five raw tables as text, the way a shop would deliver them."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from personalization.contracts import columns as c
from personalization.contracts import kinds, schemas
from personalization.simulation.catalogue import ADJECTIVES, LEAVES
from personalization.simulation.chance import Floats, Indices, number_ids
from personalization.simulation.clock import DAY_SECONDS, write_days, write_moments
from personalization.simulation.items import Items
from personalization.simulation.recommendations import POLICIES
from personalization.simulation.shop import Shop
from personalization.simulation.users import Users

Texts = NDArray[np.str_]

KIND_ORDER: Final = {kind: number for number, kind in enumerate(kinds.EVENT_KINDS)}


def write_prices(prices: Floats) -> Texts:
    """Prices with two decimals.

    >>> write_prices(np.array([3.0, 0.125])).tolist()
    ['3.00', '0.12']
    """
    return np.char.mod("%.2f", prices)


def write_titles(items: Items) -> list[str]:
    """Title of each item: brand, adjective and noun."""
    labels = items.labels[["brand", "adjective", "leaf", "noun"]].to_numpy()
    return [
        f"{items.brands[brand]} {ADJECTIVES[adjective]} {LEAVES[leaf].nouns[noun]}"
        for brand, adjective, leaf, noun in labels
    ]


def write_stock_outs(items: Items, start: int) -> list[str]:
    """Days out of stock of each item as ``first/last``, both included, joined by ``;``."""
    days = items.stock_outs[["first_day", "last_day"]].to_numpy() * DAY_SECONDS + start
    texts = np.char.add(np.char.add(write_days(days[:, 0]), "/"), write_days(days[:, 1]))
    joined = pd.Series(texts, dtype=object).groupby(items.stock_outs["item"]).agg(";".join)
    return joined.reindex(range(items.ids.size), fill_value="").tolist()


def write_users(users: Users) -> pd.DataFrame:
    """The users' table. Grain: one row per user."""
    person = {name: users.person[name] for name in (c.NAME, c.EMAIL, c.ADDRESS, c.CITY, c.COUNTRY)}
    columns = {
        c.USER_ID: users.ids,
        **person,
        c.DEVICE: users.devices,
        c.SIGNED_UP_TS: write_moments(users.signed_up),
    }
    return pd.DataFrame(columns, dtype=object)[list(schemas.USERS.types)]


def write_products(shop: Shop, currency: str) -> pd.DataFrame:
    """The products' table. Grain: one row per item."""
    items, period = shop.items, shop.scene.period
    retired = np.where(
        items.retire_day <= period.n_days, write_moments(period.midnight(items.retire_day)), ""
    )
    columns = {
        c.ITEM_ID: items.ids,
        c.TITLE: write_titles(items),
        c.CATEGORY_PATH: [" > ".join(LEAVES[leaf].path) for leaf in items.labels["leaf"]],
        c.BRAND: [items.brands[brand] for brand in items.labels["brand"]],
        c.PRICE: write_prices(items.base_price),
        c.CURRENCY: currency,
        c.LAUNCHED_TS: write_moments(period.midnight(items.launch_day)),
        c.RETIRED_TS: retired,
        c.STOCK_OUTS: write_stock_outs(items, period.start),
    }
    return pd.DataFrame(columns, dtype=object)[list(schemas.PRODUCTS.types)]


def known_users(shop: Shop, visit: Indices) -> NDArray[np.object_]:
    """User id of each visit, empty where the visitor is not signed in."""
    frame = shop.scene.visits.frame
    ids = np.where(frame["known"], shop.users.ids[frame["user"]], "").astype(object)
    return ids[visit]


def stack_events(shop: Shop) -> pd.DataFrame:
    """All events as numbers, in time order.

    Grain: one row per event; columns ``visit``, ``item``, ``ts``, ``kind`` and, where they
    apply, ``quantity``, ``price``, ``order``, ``request``, ``policy``, ``position``,
    ``propensity``.
    """
    no_lines = ["line", "cancelled"]
    parts = {
        kinds.IMPRESSION: shop.shown,
        kinds.VIEW: shop.views.assign(request=shop.views["request"].replace(-1, np.nan)),
        kinds.CART: shop.carts,
        kinds.PURCHASE: shop.lines.drop(columns=no_lines),
        kinds.RETURN: shop.returned.drop(columns=no_lines),
    }
    numbered = [part.assign(kind=KIND_ORDER[kind]) for kind, part in parts.items()]
    events = pd.concat(numbered, ignore_index=True)
    events = events.sort_values(
        ["ts", "visit", "kind", "position", "item"], ignore_index=True, kind="stable"
    )
    item, ts = events["item"].to_numpy(), events["ts"].to_numpy()
    return events.assign(
        price=events["price"].fillna(
            pd.Series(shop.items.price_at(item, ts, shop.scene.period), index=events.index)
        )
    )


def write_given(values: pd.Series[float], form: str) -> NDArray[np.object_]:
    """Numbers in a ``%`` format, empty where there is none.

    >>> write_given(pd.Series([2.0, np.nan]), "%d").tolist()
    ['2', '']
    """
    texts = np.full(len(values), "", dtype=object)
    given = values.notna().to_numpy()
    texts[given] = np.char.mod(form, values[given].to_numpy())
    return texts


def write_events(shop: Shop, currency: str) -> pd.DataFrame:
    """The events' table. Grain: one row per event; a return happens outside any visit."""
    events = stack_events(shop)
    visit = events["visit"].to_numpy()
    frame, users = shop.scene.visits.frame, shop.users
    in_visit = events["kind"].to_numpy() != KIND_ORDER[kinds.RETURN]
    policies = np.array([*POLICIES, ""], dtype=object)
    columns = {
        c.EVENT_ID: number_ids("e", np.arange(len(events))),
        c.EVENT_TS: write_moments(events["ts"].to_numpy()),
        c.EVENT_KIND: np.array(kinds.EVENT_KINDS, dtype=object)[events["kind"]],
        c.SESSION_ID: np.where(in_visit, number_ids("s", visit), ""),
        c.USER_ID: known_users(shop, visit),
        c.DEVICE: np.where(in_visit, frame["device"].to_numpy()[visit], ""),
        c.COUNTRY: users.person["country"][frame["user"].to_numpy()[visit]],
        c.ITEM_ID: shop.items.ids[events["item"]],
        c.QUANTITY: write_given(events["quantity"], "%d"),
        c.PRICE: write_prices(events["price"].to_numpy()),
        c.CURRENCY: currency,
        c.ORDER_ID: write_given(events["order"], "o%06d"),
        c.REQUEST_ID: write_given(events["request"], "r%06d"),
        c.POLICY: policies[events["policy"].fillna(-1).astype(int)],
        c.POSITION: write_given(events["position"], "%d"),
        c.PROPENSITY: write_given(events["propensity"], "%.10f"),
    }
    return pd.DataFrame(columns, dtype=object)[list(schemas.EVENTS.types)]


def write_orders(shop: Shop, titles: Texts, currency: str) -> pd.DataFrame:
    """The orders' table. Grain: one row per order line."""
    lines = shop.lines
    visit = lines["visit"].to_numpy()
    user = shop.scene.visits.frame["user"].to_numpy()[visit]
    columns = {
        c.ORDER_ID: number_ids("o", lines["order"].to_numpy()),
        c.LINE_NUMBER: lines["line"].astype(str),
        c.ORDER_TS: write_moments(lines["ts"].to_numpy()),
        c.USER_ID: known_users(shop, visit),
        c.SESSION_ID: number_ids("s", visit),
        c.ITEM_ID: shop.items.ids[lines["item"]],
        c.TITLE: titles[lines["item"]],
        c.QUANTITY: lines["quantity"].astype(str),
        c.PRICE: write_prices(lines["price"].to_numpy()),
        c.CURRENCY: currency,
        c.COUNTRY: shop.users.person["country"][user],
        c.STATUS: np.where(lines["cancelled"], kinds.CANCELLED, kinds.COMPLETED),
    }
    return pd.DataFrame(columns, dtype=object)[list(schemas.ORDERS.types)]


def write_search_logs(shop: Shop) -> pd.DataFrame:
    """The search logs. Grain: one row per search, in time order."""
    searches = shop.searches.sort_values(["ts", "visit"], ignore_index=True)
    visit, item = searches["visit"].to_numpy(), searches["item"].to_numpy()
    clicked = item >= 0
    columns = {
        c.SEARCH_ID: number_ids("q", np.arange(len(searches))),
        c.SEARCH_TS: write_moments(searches["ts"].to_numpy()),
        c.SESSION_ID: number_ids("s", visit),
        c.USER_ID: known_users(shop, visit),
        c.DEVICE: shop.scene.visits.frame["device"].to_numpy()[visit],
        c.QUERY: searches["query"],
        c.RESULTS: ["|".join(shop.items.ids[row]) if row else "" for row in searches["results"]],
        c.CLICKED_ITEM_ID: np.where(clicked, shop.items.ids[item], ""),
        c.CLICKED_POSITION: np.where(clicked, searches["position"].astype(str), ""),
    }
    return pd.DataFrame(columns, dtype=object)[list(schemas.SEARCH_LOGS.types)]


def write_tables(shop: Shop, currency: str) -> dict[str, pd.DataFrame]:
    """All five raw tables by name; every value is text, empty where missing."""
    products = write_products(shop, currency)
    titles = products[c.TITLE].to_numpy(dtype=str)
    return {
        schemas.USERS.name: write_users(shop.users),
        schemas.PRODUCTS.name: products,
        schemas.EVENTS.name: write_events(shop, currency),
        schemas.ORDERS.name: write_orders(shop, titles, currency),
        schemas.SEARCH_LOGS.name: write_search_logs(shop),
    }
