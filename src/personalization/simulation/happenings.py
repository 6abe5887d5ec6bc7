"""Everything that some people do, as numbers: one row for each thing that happens."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from personalization.contracts import kinds
from personalization.simulation.browsing import browse, keep_on_sale
from personalization.simulation.chance import Floats, Indices
from personalization.simulation.choice import Chooser
from personalization.simulation.lists import click_on_boxes, show_boxes
from personalization.simulation.people import People, draw_people
from personalization.simulation.sales import Sales, place_within, sell
from personalization.simulation.searches import click_on_results, search
from personalization.simulation.visits import Visits, draw_starts, draw_visits
from personalization.simulation.world import World

SEARCH: Final = "search"
KINDS: Final = (*kinds.EVENT_KINDS, SEARCH)
NUMBER_OF: Final = {kind: number for number, kind in enumerate(KINDS)}
# Name to type and to the value where it does not apply. Grain: one row per event or search.
COLUMNS: Final[dict[str, tuple[str, object]]] = {
    "person": ("int64", -1),
    "seq": ("int32", -1),  # place among the person's rows in time order
    "kind": ("int8", -1),
    "ts": ("int64", -1),
    "visit": ("int32", -1),  # among the person's own
    "known": ("bool", False),
    "device": ("int8", -1),
    "country": ("int8", -1),
    "item": ("int32", -1),
    "quantity": ("int32", 0),
    "price": ("float64", 0.0),
    "order": ("int32", -1),  # among the person's own
    "line": ("int16", 0),
    "cancelled": ("bool", False),
    "request": ("int32", -1),  # the visit's number; a visit has one box at most
    "policy": ("int8", -1),
    "position": ("int16", 0),
    "propensity": ("float64", 0.0),
    "query": ("object", None),
    "results": ("object", None),
}


def price_at(world: World, item: Indices, ts: Indices) -> Floats:
    """Price of one piece at a moment within the period, rounded to cents."""
    day = world.period.day_of(ts)
    price = world.items.base_price[item] * world.assortment.discount[day, item].astype(np.float64)
    price *= world.assortment.price_level[day]
    rounded: Floats = np.maximum(np.round(price, 2), 0.01)
    return rounded


Columns = dict[str, NDArray[Any]]


def fill_column(part: pd.DataFrame, name: str) -> NDArray[Any]:
    """A column in its type; where the part does not have it, what stands for nothing."""
    dtype, nothing = COLUMNS[name]
    if name in part:
        return part[name].to_numpy().astype(dtype, copy=False)
    return np.full(len(part), nothing, dtype=dtype)


def stack(parts: dict[str, pd.DataFrame]) -> Columns:
    """Rows of all kinds one below the other, with every column, ``block_visit`` and ``paid_ts``.

    What is sent back has the price of the moment at which it was paid.
    """
    numbered = [part.assign(kind=NUMBER_OF[kind]) for kind, part in parts.items()]
    columns = {
        name: np.concatenate([fill_column(part, name) for part in numbered]) for name in COLUMNS
    }
    columns["block_visit"] = np.concatenate([part["visit"].to_numpy() for part in numbered])
    paid = [part["paid_ts" if "paid_ts" in part else "ts"].to_numpy() for part in numbered]
    columns["paid_ts"] = np.concatenate(paid)
    return columns


def complete(
    world: World, chooser: Chooser, visits: Visits, sales: Sales, rows: Columns
) -> pd.DataFrame:
    """Add who, where and for how much, and number the rows of each person in time order."""
    visit, ts, people = rows["block_visit"], rows["ts"], chooser.people
    person = sales.person[visit]
    # a visit that repeats a purchase is made on the person's own device
    device = np.concatenate([visits.device, people.device[sales.person[visits.person.size :]]])
    returned = rows["kind"] == NUMBER_OF[kinds.RETURN]
    price = price_at(world, np.maximum(rows["item"], 0), rows["paid_ts"])
    whole = {
        **rows,
        "person": people.number[person],
        "visit": np.where(returned, -1, sales.own_number[visit]),
        "known": ts >= sales.known_from[visit],
        "device": np.where(returned, -1, device[visit]),
        "country": people.country[person],
        "price": np.where(rows["item"] >= 0, price, 0.0),
        "request": np.where(rows["request"] >= 0, sales.own_number[visit], -1),
    }
    keys = ("position", "item", "kind", "ts", "person")
    order = np.lexsort(tuple(whole[key] for key in keys))
    whole["seq"] = place_within(whole["person"][order])
    in_order = {
        name: (whole[name] if name == "seq" else whole[name][order]).astype(dtype, copy=False)
        for name, (dtype, _) in COLUMNS.items()
    }
    return pd.DataFrame(in_order, copy=False)


def draw_visitors(world: World, number: Indices) -> People:
    """Who of these people comes at all; for the others nothing needs to be laid out."""
    came, _, _ = draw_starts(world, draw_people(world, number))
    return draw_people(world, number[np.unique(came)])


def happen(world: World, number: Indices) -> pd.DataFrame:
    """Everything that the people of these numbers do.

    Grain: one row per event or search, by person and then in time order; columns ``COLUMNS``.
    Whoever else is simulated changes nothing.
    """
    chooser = Chooser.build(world, draw_visitors(world, number))
    visits = draw_visits(world, chooser)
    shown = show_boxes(world, chooser, visits)
    searches = search(world, chooser, visits)
    opened = [
        browse(world, chooser, visits),
        click_on_boxes(world, chooser, visits, shown),
        click_on_results(searches),
    ]
    views = keep_on_sale(world, pd.concat(opened, ignore_index=True))
    sales = sell(world, chooser, visits, views)
    columns = ["visit", "ts", "item", "policy", "position", "propensity"]
    parts = {
        kinds.IMPRESSION: shown[columns].assign(request=shown["visit"]),
        kinds.VIEW: pd.concat([views, sales.views], ignore_index=True),
        kinds.CART: sales.carts,
        kinds.PURCHASE: sales.lines,
        kinds.RETURN: sales.returned,
        SEARCH: searches.drop(columns="click_ts"),
    }
    return complete(world, chooser, visits, sales, stack(parts))


def block_numbers(world: World, block: int) -> Indices:
    """Numbers of the people of a block: busy accounts and strangers, mixed as in the shop."""
    return np.arange(block, world.n_people, world.n_blocks)
