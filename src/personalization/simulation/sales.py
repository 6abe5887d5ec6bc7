"""Everything that is put into carts, bought and sent back, repeated purchases included."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import pandas as pd

from personalization.simulation.baskets import (
    MOST_ITEMS,
    check_out,
    draw_pieces,
    fill_carts,
    follow_habits,
    send_back,
    settle_lines,
    supplement_orders,
)
from personalization.simulation.browsing import keep_on_sale
from personalization.simulation.chance import Flags, Indices
from personalization.simulation.choice import Chooser
from personalization.simulation.visits import Visits
from personalization.simulation.world import World

NEVER = np.iinfo(np.int64).max
MOST_DAYS: Final = 4096  # tells the days of a period apart in a count


@dataclass(frozen=True)
class Sales:
    """What was sold; the visits that repeat a purchase are numbered after all others.

    Attributes:
        person: of each visit, the repeating ones included.
        own_number: of each visit among the person's own, from 0.
        known_from: moment from which each visit's person is known; none: after all time.
        views: of the visits that repeat; columns ``visit``, ``item``, ``ts``, ``request``.
        carts: columns ``visit``, ``item``, ``ts``, ``quantity``.
        lines: order lines; columns ``visit``, ``item``, ``ts``, ``quantity``, ``order``, ``line``,
            ``cancelled``.
        returned: order lines sent back, columns as ``lines``.
    """

    person: Indices
    own_number: Indices
    known_from: Indices
    views: pd.DataFrame
    carts: pd.DataFrame
    lines: pd.DataFrame
    returned: pd.DataFrame


def place_within(person: Indices) -> Indices:
    """Place of each entry among those of the same person; persons ascending.

    >>> place_within(np.array([0, 0, 3, 3, 3])).tolist()
    [0, 1, 0, 1, 2]
    """
    return np.arange(person.size) - np.searchsorted(person, person)


def order_again(
    world: World, chooser: Chooser, visits: Visits, lines: pd.DataFrame
) -> pd.DataFrame:
    """What is ordered in visits of its own: out of habit, or in addition to an order.

    Grain: one row per item of such a visit. Columns: ``person``, ``item``, ``day``, ``ts``,
    ``follows`` (day of the order that it is an addition to; -1 for habits).
    """
    habits = follow_habits(world, chooser, visits, lines)
    bought = pd.DataFrame({"person": visits.person[lines["visit"]], "ts": lines["ts"]})
    bought["day"] = world.period.day_of(bought["ts"].to_numpy())
    orders = pd.concat([bought, habits[["person", "day", "ts"]]], ignore_index=True)
    added = supplement_orders(world, chooser, orders)
    both = pd.concat([habits.assign(follows=-1), added], ignore_index=True)
    return both.sort_values(["person", "day", "follows", "ts", "item"], ignore_index=True)


def number_repeats(visits: Visits, repeats: pd.DataFrame) -> pd.DataFrame:
    """Give each person's habits of a day a visit, and each addition to an order.

    Adds: ``visit``; ``ts`` becomes the first look of the visit, ``turn`` is the item's place in it.
    """
    groups = repeats.groupby(["person", "day", "follows"], sort=True)
    return repeats.assign(
        visit=visits.person.size + groups.ngroup(),
        ts=groups["ts"].transform("min"),
        turn=groups.cumcount(),
    )


def find_known(world: World, chooser: Chooser, visits: Visits, lines: pd.DataFrame) -> Indices:
    """Moment from which each visit's person is known: the start, the checkout, or never."""
    number = chooser.people.number[visits.person]
    drawn = world.chance.uniforms("sign in to pay", number, visits.count)
    signs_in: Flags = drawn < world.strengths.funnel.sign_in_share
    signs_in &= chooser.people.has_account[visits.person]
    known: Indices = np.where(visits.signed_in, visits.start, NEVER)
    paying, paid = lines["visit"].to_numpy(), lines["ts"].to_numpy()
    at_checkout: Flags = signs_in[paying] & ~visits.signed_in[paying]
    known[paying[at_checkout]] = paid[at_checkout]
    return known


class Repeats(NamedTuple):
    """What happens in the visits in which people order again; grain: one row per item.

    Attributes:
        person: of each such visit.
        begins: moment of its first look.
        views: columns ``visit``, ``item``, ``ts``, ``request``.
        carts: columns ``visit``, ``item``, ``ts``, ``quantity``.
        lines: as ``carts``.
    """

    person: Indices
    begins: Indices
    views: pd.DataFrame
    carts: pd.DataFrame
    lines: pd.DataFrame


def repeat(world: World, chooser: Chooser, visits: Visits, lines: pd.DataFrame) -> Repeats:
    """Order again: look, put into the cart and pay, as long as it is on sale.

    Args:
        world: the shop.
        chooser: of the people.
        visits: the visits.
        lines: order lines of those.
    """
    again = number_repeats(visits, order_again(world, chooser, visits, lines))
    rules, first = world.strengths.habits, again.drop_duplicates("visit")
    item, followed = again["item"].to_numpy(), again["follows"].to_numpy()
    count = (again["day"].to_numpy() * MOST_DAYS + followed + 1) * MOST_ITEMS + item
    keys = (chooser.people.number[again["person"]], count)
    looked = again.assign(
        ts=again["ts"] + rules.look_seconds * again["turn"],
        request=-1,
        quantity=draw_pieces(world, "pieces again", item, keys),
    )
    last = looked.groupby("visit")["ts"].transform("max")
    looked = keep_on_sale(world, looked.assign(paid_ts=last + rules.checkout_seconds))
    filled = keep_on_sale(world, looked.assign(ts=looked["ts"] + rules.cart_seconds))
    paid = keep_on_sale(world, filled.assign(ts=filled["paid_ts"]))
    return Repeats(
        person=first["person"].to_numpy(),
        begins=first["ts"].to_numpy(),
        views=looked[["visit", "item", "ts", "request"]],
        carts=filled[lines.columns],
        lines=paid[lines.columns],
    )


def sell(world: World, chooser: Chooser, visits: Visits, views: pd.DataFrame) -> Sales:
    """Fill the carts, check out, follow habits, cancel and return."""
    carts = fill_carts(world, chooser, visits, views)
    lines = check_out(world, chooser, visits, carts)
    again = repeat(world, chooser, visits, lines)
    usual = np.bincount(visits.person, minlength=chooser.people.number.size)
    own = [place_within(visits.person), usual[again.person] + place_within(again.person)]
    person, own_number = np.concatenate([visits.person, again.person]), np.concatenate(own)
    repeats_known = np.where(chooser.people.has_account[again.person], again.begins, NEVER)
    bought = pd.concat([lines, again.lines], ignore_index=True)
    visit = bought["visit"].to_numpy()
    settled = settle_lines(
        world, chooser, bought.assign(person=person[visit], order=own_number[visit])
    )
    return Sales(
        person=person,
        own_number=own_number,
        known_from=np.concatenate([find_known(world, chooser, visits, lines), repeats_known]),
        views=again.views,
        carts=pd.concat([carts, again.carts], ignore_index=True),
        lines=settled,
        returned=send_back(world, chooser, settled),
    )
