"""Lists of recommendations shown during visits, with exact propensities, and the clicks on them.

The items are dealt into as many groups as a list has positions. A list turns the groups by a
random number of positions and draws one item from each, so an item stands at a position with
probability (its weight / its group's weight) / list length: never zero, never repeated.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from personalization.simulation.behaviour import Scene
from personalization.simulation.chance import Floats, Indices, pick_by_weight, scale_to_rate
from personalization.simulation.settings import VisitOptions

POLICIES: Final = ("popular", "uniform")
FIRST_LOOK_SECONDS: Final = 1  # after the start of the visit
POSITION_BIAS: Final = 0.6  # attention falls as position to the power of minus this


def policy_weights(scene: Scene, days: Indices, is_uniform: Indices) -> Floats:
    """Weight of each item for each list; shape ``(n_lists, n_items)``."""
    popular = np.exp(scene.items.log_popularity)
    weights = np.where(is_uniform[:, None] == 1, 1.0, popular)
    return weights * scene.items.on_sale[days]


def draw_lists(rng: np.random.Generator, scene: Scene, options: VisitOptions) -> pd.DataFrame:
    """Which visits are shown a list, when, and by which policy.

    Grain: one row per list; columns ``request``, ``visit``, ``ts``, ``policy``, ``turned``.
    """
    frame = scene.visits.frame
    visit = np.flatnonzero(rng.random(len(frame)) < options.list_share)
    ts = frame["start"].to_numpy()[visit] + FIRST_LOOK_SECONDS
    visit, ts = visit[ts < scene.period.end], ts[ts < scene.period.end]
    return pd.DataFrame(
        {
            "request": np.arange(visit.size),
            "visit": visit,
            "ts": ts,
            "policy": (rng.random(visit.size) < options.uniform_share).astype(np.int64),
            "turned": rng.integers(0, options.list_length, visit.size),
        }
    )


def deal_group(
    lists: pd.DataFrame, weights: Floats, uniforms: Floats, group: tuple[int, int]
) -> pd.DataFrame:
    """Items that one group of products sends to the lists.

    Grain: one row per list; adds ``item``, ``position`` (from 1) and ``propensity``.

    Args:
        lists: the lists, with ``turned``.
        weights: weight of each item for each list, shape ``(n_lists, n_items)``.
        uniforms: numbers in [0, 1), shape ``(n_lists,)``.
        group: number of the group and number of groups.
    """
    number, length = group
    shares = weights[:, number::length]
    rows = np.arange(len(lists))
    picked = pick_by_weight(shares, rows, uniforms)
    return lists.assign(
        item=picked * length + number,
        position=(number + lists["turned"]) % length + 1,
        propensity=shares[rows, picked] / shares.sum(axis=1) / length,
    )


def show_lists(rng: np.random.Generator, scene: Scene, options: VisitOptions) -> pd.DataFrame:
    """Items shown in lists of recommendations.

    Grain: one row per list and position; columns ``request``, ``visit``, ``ts``, ``policy``
    (number in :data:`POLICIES`), ``item``, ``position``, ``propensity``.
    """
    lists = draw_lists(rng, scene, options)
    days = scene.period.day_of(lists["ts"].to_numpy())
    weights = policy_weights(scene, days, lists["policy"].to_numpy())
    length = options.list_length
    dealt = [
        deal_group(lists, weights, rng.random(len(lists)), (number, length))
        for number in range(length)
    ]
    shown = pd.concat(dealt, ignore_index=True).drop(columns="turned")
    return shown.sort_values(["request", "position"], ignore_index=True)


def click_on_lists(
    rng: np.random.Generator, scene: Scene, shown: pd.DataFrame, click_rate: float
) -> pd.DataFrame:
    """Views opened by a click on a shown item, seconds later.

    Grain: one row per click; columns ``visit``, ``item``, ``ts``, ``request``.
    """
    visit, item = shown["visit"].to_numpy(), shown["item"].to_numpy()
    attention = shown["position"].to_numpy() ** -POSITION_BIAS
    chance = scale_to_rate(attention * scene.liking(visit, item), click_rate)
    clicked = shown[rng.random(len(shown)) < chance][["visit", "item", "ts", "request"]]
    return scene.sold(clicked.assign(ts=clicked["ts"] + rng.integers(2, 40, len(clicked))))
