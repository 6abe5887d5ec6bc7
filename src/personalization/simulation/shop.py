"""A whole shop: users, products, and everything that happened in the period."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from personalization.simulation.baskets import check_out, repeat_orders, send_back, settle_lines
from personalization.simulation.behaviour import Scene, browse, fill_carts
from personalization.simulation.chance import open_streams
from personalization.simulation.clock import read_period
from personalization.simulation.items import Items, draw_items
from personalization.simulation.recommendations import click_on_lists, show_lists
from personalization.simulation.searches import click_on_results, search
from personalization.simulation.settings import BehaviourOptions, ShopOptions, VisitOptions
from personalization.simulation.users import Users, draw_devices, draw_users
from personalization.simulation.visits import Visits, count_visits, draw_visits

Streams = dict[str, np.random.Generator]


@dataclass(frozen=True)
class Shop:
    """Everything that happened, by number of user, item, visit and order.

    Attributes:
        users: registered users.
        items: products.
        scene: period and visits.
        shown: one row per item shown in a list.
        views: one row per view.
        carts: one row per visit and item put into the cart.
        lines: one row per order line.
        returned: one row per order line sent back.
        searches: one row per search.
    """

    users: Users
    items: Items
    scene: Scene
    shown: pd.DataFrame
    views: pd.DataFrame
    carts: pd.DataFrame
    lines: pd.DataFrame
    returned: pd.DataFrame
    searches: pd.DataFrame


def open_scene(
    streams: Streams, shop: ShopOptions, visits: VisitOptions, behaviour: BehaviourOptions
) -> tuple[Users, Scene]:
    """Draw the people, the products and the visits."""
    period = read_period(shop.start_date, shop.end_date)
    users = draw_users(streams["users"], period, shop, visits, behaviour)
    items = draw_items(streams["items"], period, shop, behaviour)
    size = count_visits(shop, visits, behaviour)
    drawn = draw_visits(streams["visits"], period, users, size, (visits, behaviour))
    return users, Scene(period, items, drawn, behaviour.taste_strength)


def add_repeat_visits(
    rng: np.random.Generator, scene: Scene, users: Users, repeats: pd.DataFrame
) -> tuple[Scene, pd.DataFrame]:
    """Give each habitual order a visit of its own.

    Returns:
        The scene with these visits after the others, and what they buy: one row per visit and
        item, with ``view_ts``, ``cart_ts`` and ``ts`` of the order.
    """
    number = repeats.groupby(["chain", "round"]).ngroup()
    rows = repeats.assign(visit=len(scene.visits.frame) + number)
    added = rows.drop_duplicates("visit").sort_values("visit")
    user = added["user"].to_numpy()
    frame = pd.DataFrame(
        {
            "user": user,
            "known": True,
            "start": added["start"],
            "device": draw_devices(rng, len(added)),
            "searcher": users.searches[user],
        }
    )
    visits = Visits(
        pd.concat([scene.visits.frame, frame], ignore_index=True),
        np.vstack([scene.visits.moods, users.tastes[user]]),
    )
    turn = rows.groupby("visit").cumcount()
    looked = rows["start"] + 40 * turn + rng.integers(2, 30, len(rows))
    paid = rows["start"] + 40 * rows.groupby("visit")["visit"].transform("size") + 60
    return replace(scene, visits=visits), rows.assign(view_ts=looked, cart_ts=looked + 5, ts=paid)


class Sales(NamedTuple):
    """What was bought; the tables are described at :class:`Shop`.

    Attributes:
        scene: the visits, those that only repeat an order included.
        views: views of the visits that repeat an order.
        carts: items put into the cart.
        lines: order lines.
        returned: order lines sent back.
    """

    scene: Scene
    views: pd.DataFrame
    carts: pd.DataFrame
    lines: pd.DataFrame
    returned: pd.DataFrame


def buy(
    rng: np.random.Generator,
    scene: Scene,
    users: Users,
    views: pd.DataFrame,
    behaviour: BehaviourOptions,
) -> Sales:
    """Fill the carts, check out, repeat habitual orders, cancel and return."""
    carts = fill_carts(rng, scene, views, behaviour)
    lines = check_out(rng, scene, carts, behaviour)
    repeats = repeat_orders(rng, scene, lines, behaviour)
    scene, again = add_repeat_visits(rng, scene, users, repeats)
    # what is no longer on sale when it is paid for was neither looked at nor put into the cart
    again = scene.sold(again)
    columns = ["visit", "item", "ts", "quantity"]
    lines = settle_lines(rng, scene, pd.concat([lines, again])[columns], behaviour.cancel_rate)
    looked = again.assign(ts=again["view_ts"], request=-1)
    filled = again.assign(ts=again["cart_ts"])
    return Sales(
        scene=scene,
        views=looked[list(views.columns)],
        carts=pd.concat([carts, filled], ignore_index=True)[columns],
        lines=lines,
        returned=send_back(rng, scene, lines, behaviour.return_rate),
    )


def simulate_shop(shop: ShopOptions, visits: VisitOptions, behaviour: BehaviourOptions) -> Shop:
    """Simulate a shop; the same options give the same shop."""
    streams = open_streams(shop.seed)
    users, scene = open_scene(streams, shop, visits, behaviour)
    shown = show_lists(streams["lists"], scene, visits)
    searches = search(streams["searches"], scene, visits)
    opened = [
        browse(streams["views"], scene, visits),
        click_on_lists(streams["lists"], scene, shown, visits.click_rate),
        click_on_results(searches),
    ]
    views = pd.concat(opened, ignore_index=True)
    sales = buy(streams["baskets"], scene, users, views, behaviour)
    return Shop(
        users=users,
        items=scene.items,
        scene=sales.scene,
        shown=shown,
        views=pd.concat([views, sales.views], ignore_index=True),
        carts=sales.carts,
        lines=sales.lines,
        returned=sales.returned,
        searches=searches,
    )
