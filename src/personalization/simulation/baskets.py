"""Orders: checkout of carts, habitual orders that follow, cancellations and returns."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from personalization.simulation.behaviour import Scene
from personalization.simulation.clock import DAY_SECONDS, Moments, draw_seconds_of_day
from personalization.simulation.settings import BehaviourOptions

REPEAT_LOG_SD: Final = 0.6
REPEAT_LINE_RATE: Final = 0.92  # share of the habitual items that the next order holds
MOST_REPEATS: Final = 12  # in one chain of habitual orders
RETURN_DAYS: Final = (2, 22)


def check_out(
    rng: np.random.Generator, scene: Scene, carts: pd.DataFrame, behaviour: BehaviourOptions
) -> pd.DataFrame:
    """Order lines bought from the carts, all lines of a visit at one moment.

    Grain: one row per order line; columns ``visit``, ``item``, ``ts``, ``quantity``.
    """
    known = scene.visits.frame["known"].to_numpy()
    factor = np.where(known, 1.0, behaviour.guest_factor)
    pays = rng.random(known.size) < behaviour.checkout_rate * factor
    pause = rng.integers(30, 400, known.size)
    kept = (rng.random(len(carts)) < behaviour.line_rate) & pays[carts["visit"]]
    last = carts.groupby("visit")["ts"].transform("max")
    return scene.sold(carts.assign(ts=last + pause[carts["visit"]])[kept])


def draw_next_order(
    rng: np.random.Generator, orders: pd.DataFrame, behaviour: BehaviourOptions
) -> pd.DataFrame:
    """Which orders are followed by another one, and when.

    Grain: one row per order that has a successor; columns ``order``, ``user``, ``start``.
    """
    goes_on = rng.random(len(orders)) < behaviour.repeat_rate
    days = behaviour.repeat_days * rng.lognormal(0.0, REPEAT_LOG_SD, len(orders))
    midnight = orders["start"] // DAY_SECONDS * DAY_SECONDS
    later = midnight + np.ceil(days).astype(np.int64) * DAY_SECONDS
    start = later + draw_seconds_of_day(rng, len(orders))
    return orders.assign(start=start)[goes_on]


def repeat_orders(
    rng: np.random.Generator, scene: Scene, lines: pd.DataFrame, behaviour: BehaviourOptions
) -> pd.DataFrame:
    """Later orders of the same habitual items by known users.

    Grain: one row per order line; columns ``user``, ``chain`` and ``round`` (together the new
    order), ``item``, ``quantity``, ``start`` of the visit. Only items on sale that day.
    """
    frame = scene.visits.frame
    habitual = lines[
        scene.items.is_habit[lines["item"]] & frame["known"].to_numpy()[lines["visit"]]
    ]
    current = habitual.rename(columns={"visit": "chain"})[["chain", "item", "quantity"]]
    user = frame["user"].to_numpy()[current["chain"]]
    current = current.assign(user=user, start=habitual["ts"])
    rounds = []
    for number in range(MOST_REPEATS):
        orders = current[["chain", "user", "start"]].drop_duplicates("chain")
        following = draw_next_order(rng, orders, behaviour)
        current = current.drop(columns=["start", "user"]).merge(following, how="inner", on="chain")
        current = current[rng.random(len(current)) < REPEAT_LINE_RATE]
        current = scene.sold(current.assign(ts=current["start"])).drop(columns="ts")
        rounds.append(current.assign(round=number))
    return pd.concat(rounds, ignore_index=True)


def settle_lines(
    rng: np.random.Generator, scene: Scene, lines: pd.DataFrame, cancel_rate: float
) -> pd.DataFrame:
    """Number the orders and their lines, price them, and cancel some.

    Grain: one row per order line, in order of time. Requires ``visit``, ``item``, ``ts``,
    ``quantity``; adds ``order`` (from 0), ``line`` (from 1), ``price`` and ``cancelled``.
    """
    settled = lines.sort_values(["ts", "visit", "item"], ignore_index=True)
    order = settled.groupby(["ts", "visit"]).ngroup()
    item, ts = settled["item"].to_numpy(), settled["ts"].to_numpy()
    return settled.assign(
        order=order,
        line=settled.groupby(order).cumcount() + 1,
        price=scene.items.price_at(item, ts, scene.period),
        cancelled=rng.random(len(settled)) < cancel_rate,
    )


def send_back(
    rng: np.random.Generator, scene: Scene, lines: pd.DataFrame, return_rate: float
) -> pd.DataFrame:
    """Order lines that come back some days later, within the period.

    Grain: one row per returned line; the columns of the lines, ``ts`` being the return's.
    """
    eligible = ~lines["cancelled"] & ~scene.items.is_habit[lines["item"]]
    back = lines[eligible & (rng.random(len(lines)) < return_rate)]
    days = rng.integers(*RETURN_DAYS, len(back))
    moments: Moments = back["ts"].to_numpy() + days * DAY_SECONDS
    returned = back.assign(ts=moments)
    return returned[returned["ts"] < scene.period.end].reset_index(drop=True)
