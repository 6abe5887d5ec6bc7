"""From views to orders: carts, checkout, cancellations, returns, and what is bought again."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from scipy.special import expit

from personalization.simulation.browsing import keep_on_sale
from personalization.simulation.chance import Floats, Indices, Keys
from personalization.simulation.choice import Chooser
from personalization.simulation.clock import DAY_SECONDS, HOUR_SECONDS, draw_second_of_day
from personalization.simulation.visits import Visits
from personalization.simulation.world import World

MOST_ITEMS: Final = 1_048_576  # tells the items of a visit apart in a count
MOST_ROUNDS: Final = 32  # in one chain of repeated purchases


def number_counts(visits: Visits, rows: pd.DataFrame) -> Indices:
    """Count of each visit and item, once for a person."""
    counts: Indices = visits.count[rows["visit"]] * MOST_ITEMS + rows["item"].to_numpy()
    return counts


def cart_odds(
    world: World, chooser: Chooser, visits: Visits, visit: Indices, item: Indices
) -> Floats:
    """Log-odds that an item seen in a visit goes to the cart."""
    funnel = world.strengths.funnel
    person, day = visits.person[visit], visits.day[visit]
    liking = funnel.cart_taste * chooser.affinity(person, item, day)
    dearer = np.log(world.assortment.price_level[day])
    odds: Floats = funnel.cart_logit + liking + visits.intent[visit]
    odds -= funnel.cart_elasticity * dearer
    if world.experiment is not None:
        effect = world.experiment.options.cart_logit
        odds += world.experiment.effect(effect, chooser.people.number[person], day)
    return odds


def draw_geometric(uniforms: Floats, mean: Floats) -> Indices:
    """Whole numbers from 0, geometric with a mean, from uniform numbers.

    With mean 1, half of them are 0 and a quarter are 1:

    >>> draw_geometric(np.array([0.9, 0.51, 0.3, 0.2]), np.array(1.0)).tolist()
    [0, 0, 1, 2]
    """
    rate = np.log1p(1 / np.maximum(mean, 1e-300))
    drawn: Indices = np.floor(-np.log(uniforms) / rate).astype(np.int64)
    return drawn


def draw_pieces(world: World, purpose: str, item: Indices, keys: Keys) -> Indices:
    """Pieces that are put into the cart of each item, one at least."""
    funnel, habits = world.strengths.funnel, world.strengths.habits
    more = np.where(world.items.is_habit[item], habits.extra_pieces, funnel.extra_pieces)
    return 1 + draw_geometric(world.chance.uniforms(purpose, *keys), more)


def fill_carts(world: World, chooser: Chooser, visits: Visits, views: pd.DataFrame) -> pd.DataFrame:
    """Items put into the cart, once per visit, seconds after the last look.

    Grain: one row per visit and item; columns ``visit``, ``item``, ``ts``, ``quantity``.
    """
    seen = views.sort_values(["visit", "ts"], kind="stable").drop_duplicates(
        ["visit", "item"], keep="last"
    )
    visit, item = seen["visit"].to_numpy(), seen["item"].to_numpy()
    person = visits.person[visit]
    keys = (chooser.people.number[person], number_counts(visits, seen))
    odds = cart_odds(world, chooser, visits, visit, item)
    carted = world.chance.uniforms("cart", *keys) < expit(odds)
    carted &= ~chooser.people.is_bot[person]
    delay = world.chance.between("cart delay", world.strengths.funnel.cart_seconds, *keys)
    filled = pd.DataFrame(
        {
            "visit": visit,
            "item": item,
            "ts": seen["ts"] + delay,
            "quantity": draw_pieces(world, "pieces", item, keys),
        }
    )
    return keep_on_sale(world, filled[carted])


def check_out(world: World, chooser: Chooser, visits: Visits, carts: pd.DataFrame) -> pd.DataFrame:
    """Order lines bought from the carts, all lines of a visit at one moment.

    Grain: one row per order line; columns as ``fill_carts``.
    """
    funnel, chance = world.strengths.funnel, world.chance
    number = chooser.people.number[visits.person]
    share = np.where(visits.signed_in, 1.0, funnel.guest_factor) * funnel.checkout_share
    pays = chance.uniforms("checkout", number, visits.count) < share
    pause = chance.between("pause", funnel.checkout_seconds, number, visits.count)
    visit = carts["visit"].to_numpy()
    keys = (number[visit], number_counts(visits, carts))
    kept = pays[visit] & (chance.uniforms("line", *keys) < funnel.line_share)
    last = carts.groupby("visit")["ts"].transform("max")
    return keep_on_sale(world, carts.assign(ts=last + pause[visit])[kept])


def follow_habits(
    world: World, chooser: Chooser, visits: Visits, lines: pd.DataFrame
) -> pd.DataFrame:
    """What is bought again after ``lines``, and again after that.

    Each line with a habitual product is followed by another with a fixed probability, after its
    category's cycle times a log-normal number, as long as the person comes and it is on sale.

    Grain: one row per person, day and item; columns ``person``, ``item``, ``chain`` (the count of
    the line that it began with), ``day``, ``ts``.
    """
    habits, chance, people = world.strengths.habits, world.chance, chooser.people
    now = lines[world.items.is_habit[lines["item"]]]
    item, count = now["item"].to_numpy(), number_counts(visits, now)
    person, ts = visits.person[now["visit"].to_numpy()], now["ts"].to_numpy()
    rounds = []
    for turn in range(MOST_ROUNDS):
        keys = (people.number[person], count * MOST_ROUNDS + turn)
        spread = np.exp(habits.cycle_log_sd * chance.normals("cycle", *keys))
        waits = np.maximum(world.items.cycle_days[item] * spread, 1.0)
        day = world.period.day_of(ts + (waits * DAY_SECONDS).astype(np.int64))
        again = chance.uniforms("again", *keys) < habits.repeat_share
        again &= (day < people.last_day[person]) & world.assortment.on_sale(item, day)
        second = draw_second_of_day(chance, world.strengths.clock, "again", *keys)
        ts = world.period.midnight(day) + second
        item, count, person, ts = item[again], count[again], person[again], ts[again]
        rounds.append(
            pd.DataFrame(
                {"person": person, "item": item, "chain": count, "day": day[again], "ts": ts}
            )
        )
    repeats = pd.concat(rounds, ignore_index=True)
    return repeats.sort_values(["person", "ts", "item"], kind="stable").drop_duplicates(
        ["person", "day", "item"]
    )


def supplement_orders(world: World, chooser: Chooser, orders: pd.DataFrame) -> pd.DataFrame:
    """What people order in addition, hours after an order: one more item that they turn to.

    Args:
        world: the shop.
        chooser: of the people.
        orders: what was ordered; columns ``person``, ``day``, ``ts``.

    Grain: one row per person and day that is followed by such an order; columns ``person``,
    ``item``, ``day``, ``ts``, ``follows`` (that day).
    """
    rules, chance, people = world.strengths.habits, world.chance, chooser.people
    last = orders.groupby(["person", "day"], as_index=False)["ts"].max()
    person, day = last["person"].to_numpy(), last["day"].to_numpy()
    keys = (people.number[person], day)
    adds = chance.uniforms("supplement", *keys) < rules.supplement_share
    spread = rules.supplement_log_sd * chance.normals("supplement hours", *keys)
    hours = np.exp(rules.supplement_log_hours + spread)
    ts = last["ts"].to_numpy() + (hours * HOUR_SECONDS).astype(np.int64)
    later = world.period.day_of(ts)
    adds &= (later < world.period.n_days) & (later < people.last_day[person])
    person, count, ts, later = person[adds], day[adds], ts[adds], later[adds]
    item = chooser.draw_items("supplement item", person, count, later, np.full(person.size, -1))
    added = pd.DataFrame({"person": person, "item": item, "day": later, "ts": ts, "follows": count})
    return added[item >= 0]


def settle_lines(world: World, chooser: Chooser, lines: pd.DataFrame) -> pd.DataFrame:
    """Number the lines of each order and cancel some.

    Requires: ``person``, ``order``, ``item``, ``ts``, ``quantity``.
    Adds: ``line`` (from 1), ``cancelled``.
    """
    lines = lines.sort_values(["person", "order", "item"], ignore_index=True, kind="stable")
    line = lines.groupby(["person", "order"]).cumcount() + 1
    keys = (
        chooser.people.number[lines["person"].to_numpy()],
        lines["order"].to_numpy() * MOST_ITEMS + lines["item"].to_numpy(),
    )
    cancelled = world.chance.uniforms("cancel", *keys) < world.strengths.funnel.cancel_share
    return lines.assign(line=line, cancelled=cancelled)


def send_back(world: World, chooser: Chooser, lines: pd.DataFrame) -> pd.DataFrame:
    """Lines that are returned some days later; what was bought out of habit is not.

    Grain: one row per order line sent back. Adds: ``paid_ts``, when it was bought.
    """
    keys = (
        chooser.people.number[lines["person"].to_numpy()],
        lines["order"].to_numpy() * MOST_ITEMS + lines["item"].to_numpy(),
    )
    chance, funnel = world.chance, world.strengths.funnel
    back = chance.uniforms("return", *keys) < funnel.return_share
    back &= ~lines["cancelled"].to_numpy() & ~world.items.is_habit[lines["item"]]
    first, end = (days * DAY_SECONDS for days in funnel.return_days)
    ts = lines["ts"] + chance.between("return delay", (first, end - 1), *keys)
    return lines.assign(ts=ts, paid_ts=lines["ts"])[back & (ts < world.period.end)]
