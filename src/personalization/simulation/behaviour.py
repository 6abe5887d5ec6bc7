"""What visitors look at: popularity times taste, among the items on sale that day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from personalization.simulation.chance import Floats, Indices, pick_by_weight, scale_to_rate
from personalization.simulation.clock import Period
from personalization.simulation.items import Items
from personalization.simulation.settings import BehaviourOptions, VisitOptions
from personalization.simulation.visits import Visits, draw_view_moments

CHUNK_ROWS: Final = 2_048  # visits weighed at once: bounds memory at CHUNK_ROWS x n_items numbers
LIKING: Final = 0.7  # log-weight of affinity when a visitor clicks or fills the cart
INTENT_LOG_SD: Final = 1.3  # of the will to buy, from visit to visit


@dataclass(frozen=True)
class Scene:
    """Where visitors choose: the period, the products, and the visits with their moods."""

    period: Period
    items: Items
    visits: Visits
    taste_strength: float

    def affinity(self, visit: Indices, item: Indices) -> Floats:
        """How well each item suits the mood of each visit; standard normal over strangers."""
        moods, tastes = self.visits.moods[visit], self.items.tastes[item]
        affinity: Floats = np.einsum("nk,nk->n", moods, tastes)
        return affinity

    def liking(self, visit: Indices, item: Indices) -> Floats:
        """Weight with which a visitor acts on an item."""
        return np.exp(LIKING * self.affinity(visit, item))

    def appeal(self, visit: Indices) -> Floats:
        """Weight of every item for each visit, 0 where not on sale; shape (n, n_items)."""
        affinity = self.visits.moods[visit] @ self.items.tastes.T
        days = self.period.day_of(self.visits.frame["start"].to_numpy()[visit])
        weights: Floats = np.exp(self.items.log_popularity + self.taste_strength * affinity)
        return weights * self.items.on_sale[days]

    def sold(self, rows: pd.DataFrame) -> pd.DataFrame:
        """The rows whose ``item`` can be bought at their ``ts``, within the period."""
        item, ts = rows["item"].to_numpy(), rows["ts"].to_numpy()
        return rows[self.items.sold_at(item, ts, self.period)].reset_index(drop=True)


def choose_items(rng: np.random.Generator, scene: Scene, visit: Indices) -> Indices:
    """Item that each visit turns to, drawn by appeal.

    Args:
        rng: random stream.
        scene: the shop and its visits.
        visit: visit of each draw, in ascending order, shape ``(n_draws,)``.
    """
    uniforms = rng.random(visit.size)
    distinct, row = np.unique(visit, return_inverse=True)
    chosen = np.empty(visit.size, dtype=np.int64)
    for low in range(0, distinct.size, CHUNK_ROWS):
        high = min(low + CHUNK_ROWS, distinct.size)
        here = slice(*np.searchsorted(row, [low, high]))
        weights = scene.appeal(distinct[low:high])
        chosen[here] = pick_by_weight(weights, row[here] - low, uniforms[here])
    return chosen


def point_to_first(earlier: Indices) -> Indices:
    """Follow pointers to earlier rows until they rest.

    >>> point_to_first(np.array([0, 0, 1, 3])).tolist()
    [0, 0, 0, 3]
    """
    while not np.array_equal(earlier, earlier[earlier]):
        earlier = earlier[earlier]
    return earlier


def return_to_items(rng: np.random.Generator, turn: Indices, revisit_share: float) -> Indices:
    """Row whose item each view shows: its own, or that of an earlier view of the same visit.

    Args:
        rng: random stream.
        turn: number of the view within its visit, from 0, visits one after another.
        revisit_share: share of views after the first that return.
    """
    row = np.arange(turn.size)
    back = 1 + np.floor(rng.random(turn.size) * turn).astype(np.int64)
    returns = (rng.random(turn.size) < revisit_share) & (turn > 0)
    return point_to_first(np.where(returns, row - np.minimum(back, turn), row))


def browse(rng: np.random.Generator, scene: Scene, options: VisitOptions) -> pd.DataFrame:
    """Views that visitors make by themselves.

    Grain: one row per view; columns ``visit``, ``item``, ``ts``, ``request`` (-1: none).
    """
    views = draw_view_moments(rng, scene.visits.frame, options)
    source = return_to_items(rng, views["turn"].to_numpy(), options.revisit_share)
    item = choose_items(rng, scene, views["visit"].to_numpy())[source]
    return scene.sold(views.drop(columns="turn").assign(item=item, request=-1))


def fill_carts(
    rng: np.random.Generator, scene: Scene, views: pd.DataFrame, behaviour: BehaviourOptions
) -> pd.DataFrame:
    """Items put into the cart, once per visit, seconds after the last look.

    Grain: one row per visit and item; columns ``visit``, ``item``, ``ts``, ``quantity``.
    """
    seen = views.sort_values(["visit", "ts", "item"]).drop_duplicates(
        ["visit", "item"], keep="last"
    )
    visit, item = seen["visit"].to_numpy(), seen["item"].to_numpy()
    intent = rng.lognormal(0.0, INTENT_LOG_SD, len(scene.visits.frame))
    chance = scale_to_rate(intent[visit] * scene.liking(visit, item), behaviour.cart_rate)
    carted = seen[rng.random(len(seen)) < chance][["visit", "item", "ts"]]
    delay = rng.integers(3, 60, len(carted))
    extra = rng.poisson(np.where(scene.items.is_habit[carted["item"]], 0.6, 0.08))
    return scene.sold(carted.assign(ts=carted["ts"] + delay, quantity=1 + extra))
