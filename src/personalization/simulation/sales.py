"""Everything that is put into carts, bought and sent back, repeated purchases included."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from personalization.simulation.baskets import (
    check_out,
    fill_carts,
    follow_habits,
    send_back,
    settle_lines,
    supplement_orders,
)
from personalization.simulation.chance import Flags, Indices
from personalization.simulation.choice import Chooser
from personalization.simulation.visits import Visits
from personalization.simulation.world import World

NEVER = np.iinfo(np.int64).max


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

    Grain: one row per person, day and item; columns as ``follow_habits``.
    """
    habits = follow_habits(world, chooser, visits, lines)
    bought = pd.DataFrame({"person": visits.person[lines["visit"]], "ts": lines["ts"]})
    bought["day"] = world.period.day_of(bought["ts"].to_numpy())
    orders = pd.concat([bought, habits[["person", "day", "ts"]]], ignore_index=True)
    both = pd.concat([habits, supplement_orders(world, chooser, orders)], ignore_index=True)
    return both.sort_values(["person", "ts", "item"], kind="stable").drop_duplicates(
        ["person", "day", "item"]
    )


def number_repeats(visits: Visits, repeats: pd.DataFrame) -> pd.DataFrame:
    """Give each person and day with repeated purchases a visit of its own.

    Adds: ``visit``; ``ts`` becomes the first look of the visit, ``turn`` is the item's place in it.
    """
    groups = repeats.groupby(["person", "day"], sort=True)
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


def sell(world: World, chooser: Chooser, visits: Visits, views: pd.DataFrame) -> Sales:
    """Fill the carts, check out, follow habits, cancel and return."""
    carts = fill_carts(world, chooser, visits, views)
    lines = check_out(world, chooser, visits, carts)
    known_from = find_known(world, chooser, visits, lines)
    again = number_repeats(visits, order_again(world, chooser, visits, lines))
    first = again.drop_duplicates("visit")
    own = [place_within(visits.person), place_within(first["person"].to_numpy())]
    own[1] += np.bincount(visits.person, minlength=chooser.people.number.size)[first["person"]]
    person = np.concatenate([visits.person, first["person"].to_numpy()])
    own_number = np.concatenate(own)
    repeats_known = np.where(
        chooser.people.has_account[first["person"]], first["ts"].to_numpy(), NEVER
    )
    rules = world.strengths.habits
    looked = again.assign(ts=again["ts"] + rules.look_seconds * again["turn"], request=-1)
    looked["quantity"] = 1
    last = looked.groupby("visit")["ts"].transform("max")
    paid = looked.assign(ts=last + rules.checkout_seconds)[lines.columns]
    bought = pd.concat([lines, paid], ignore_index=True)
    bought = bought[bought["ts"] < world.period.end]
    visit = bought["visit"].to_numpy()
    settled = settle_lines(
        world, chooser, bought.assign(person=person[visit], order=own_number[visit])
    )
    filled = looked.assign(ts=looked["ts"] + rules.cart_seconds)
    return Sales(
        person=person,
        own_number=own_number,
        known_from=np.concatenate([known_from, repeats_known]),
        views=looked[["visit", "item", "ts", "request"]],
        carts=pd.concat([carts, filled[carts.columns]], ignore_index=True),
        lines=settled,
        returned=send_back(world, chooser, settled),
    )
