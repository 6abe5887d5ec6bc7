"""What a person turns to: popularity times taste times price, among what is on sale that day.

The weight of item i for person u on day d is ``exp(strength · affinity + popularity - sensitivity ·
log price) · appeal(d)``. The first factor does not change with the day: it is laid out once as a
ladder. An item drawn from it is kept with probability ``appeal(d) / peak`` and drawn again
otherwise, so that what is kept has exactly the weights of that day.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from personalization.simulation.chance import HEIGHT, Floats, Indices, Ladder
from personalization.simulation.layout import few_rows
from personalization.simulation.people import People
from personalization.simulation.world import World

MOST_TRIES: Final = 32
LEAST_UTILITY: Final = -600.0  # log-weight beside the best item: all but never chosen


def multiply(left: Floats, right: Floats) -> Floats:
    """Inner products of all rows; each depends on its own two rows only, to the last bit.

    >>> multiply(np.array([[1.0, 2.0]]), np.array([[3.0, 4.0], [0.0, 1.0]])).tolist()
    [[11.0, 2.0]]
    """
    columns = np.ascontiguousarray(right.T)
    total = np.zeros((len(left), len(right)))
    for rows in few_rows(*total.shape):
        for place, column in enumerate(columns):
            total[rows] += left[rows, place, None] * column
    return total


def weigh_items(world: World, people: People) -> Floats:
    """Weight of every item for each person at an appeal of 1; shape ``(n_people, n_items)``.

    Relative to the person's best item, so that none is infinite, and none is 0.
    """
    items, strength = world.items, world.strengths.taste.strength
    weights = np.empty((people.number.size, items.size))
    for rows in few_rows(*weights.shape):
        utility = strength * multiply(people.tastes[rows], items.tastes)
        utility += items.log_popularity
        utility -= people.price_sensitivity[rows, None] * items.log_price
        utility -= utility.max(axis=1, keepdims=True)
        np.exp(np.maximum(utility, LEAST_UTILITY, out=utility), out=weights[rows])
    return weights


@dataclass(frozen=True)
class Chooser:
    """Draws items for some people.

    Attributes:
        world: the shop.
        people: who chooses.
        tastes: of each person, then, where tastes change, of each person afterwards.
        ladder: a row for each row of ``tastes``.
    """

    world: World
    people: People
    tastes: Floats
    ladder: Ladder

    @classmethod
    def build(cls, world: World, people: People) -> Chooser:
        """Lay out the weights of these people."""
        tastes, weights = people.tastes, weigh_items(world, people)
        if np.isfinite(people.changes_on).any():
            later = replace(people, tastes=people.later_tastes)
            tastes = np.vstack([tastes, people.later_tastes])
            weights = np.vstack([weights, weigh_items(world, later)])
        return cls(world, people, tastes, Ladder.build(weights * world.assortment.peak))

    def row(self, person: Indices, day: Indices) -> Indices:
        """Row of ``tastes`` and ``ladder`` that holds for each person on a day."""
        changed = day >= self.people.changes_on[person]
        return person + np.where(changed, self.people.number.size, 0)

    def affinity(self, person: Indices, item: Indices, day: Indices) -> Floats:
        """How well each item suits each person that day; standard normal over strangers."""
        tastes, theirs = self.tastes[self.row(person, day)], self.world.items.tastes[item]
        total: Floats = tastes[:, 0] * theirs[:, 0]
        for column in range(1, tastes.shape[1]):
            total += tastes[:, column] * theirs[:, column]
        return total

    def draw_leaves(self, purpose: str, person: Indices, count: Indices, day: Indices) -> Indices:
        """Leaf of an item that each person turns to on a day; -1 where nothing was found."""
        anywhere = np.full(person.size, -1)
        item = self.draw_items(purpose, person, count, day, anywhere)
        return np.where(item < 0, -1, self.world.items.leaf[item])

    def draw_items(
        self, purpose: str, person: Indices, count: Indices, day: Indices, leaf: Indices
    ) -> Indices:
        """Item that each person turns to on a day; -1 where nothing was found.

        Args:
            purpose: of the random numbers.
            person: place of the person.
            count: of the draw, each once for a person.
            day: of the draw.
            leaf: only items of that leaf; -1 for any.
        """
        first, end = (
            np.maximum(leaf, 0),
            np.where(leaf < 0, len(self.world.items.first_of_leaf) - 2, leaf),
        )
        bounds = self.world.items.first_of_leaf
        row = self.row(person, day)
        low = self.ladder.below(row, bounds[first])
        high = self.ladder.below(row, bounds[end + 1])
        number, appeal = self.people.number[person], self.world.assortment
        drawn = np.full(person.size, -1, dtype=np.int64)
        open_ = np.flatnonzero(high > low)
        for attempt in range(MOST_TRIES):
            counts = count[open_] * MOST_TRIES + attempt
            uniforms = self.world.chance.uniforms(purpose, number[open_], counts)
            item = self.ladder.pick(row[open_], uniforms, low[open_], high[open_])
            kept = self.world.chance.uniforms(f"{purpose} kept", number[open_], counts)
            keeps = kept * appeal.peak[item] < appeal.appeal[day[open_], item]
            drawn[open_[keeps]] = item[keeps]
            open_ = open_[~keeps]
            if not open_.size:
                return drawn
        bounds = np.stack([bounds[first], bounds[end + 1]])[:, open_]
        uniforms = self.world.chance.uniforms(f"{purpose} last", number[open_], count[open_])
        drawn[open_] = self.draw_from_all(row[open_], day[open_], bounds, uniforms)
        return drawn

    def draw_from_all(
        self, row: Indices, day: Indices, bounds: Indices, uniforms: Floats
    ) -> Indices:
        """Item of each draw by the weights of its day, laid out in full; -1 where all are 0.

        For the few draws that find nothing by chance: what is popular there is not on sale.

        Args:
            row: of the ladder.
            day: of the draw.
            bounds: first item, and the one after the last; shape ``(2, n_draws)``.
            uniforms: one number for each draw.
        """
        n_items, appeal = self.ladder.n_columns, self.world.assortment
        item, drawn = np.arange(n_items), np.full(row.size, -1, dtype=np.int64)
        for part in few_rows(row.size, n_items):
            steps = np.diff(self.ladder.rungs.reshape(-1, n_items)[row[part]], prepend=0, axis=1)
            steps[:, 0] -= row[part] * HEIGHT
            of_day = np.divide(
                appeal.appeal[day[part]],
                appeal.peak,
                out=np.zeros(steps.shape),
                where=appeal.peak > 0,
            )
            inside = (item >= bounds[0, part, None]) & (item < bounds[1, part, None])
            reached = np.cumsum(steps * of_day * inside, axis=1)
            place = (reached <= uniforms[part, None] * reached[:, -1:]).sum(axis=1)
            drawn[part] = np.where(reached[:, -1] > 0, np.minimum(place, n_items - 1), -1)
        return drawn
