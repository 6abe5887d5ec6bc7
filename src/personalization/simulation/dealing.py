"""What the policies of the recommendation box can show: laid out once for a shop.

The products are split into as many groups as a box has places; each sends one, drawn by the
policy's weights, so a propensity is the product of two known numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from personalization.simulation.assortment import Assortment
from personalization.simulation.chance import Floats, Indices, Ladder
from personalization.simulation.items import Items

POLICIES: Final = ("popular", "uniform")
MOST_PLACES: Final = 32


def weigh_for_policy(appeal: Floats, pull: Floats, policy: int) -> Floats:
    """Weight of items under a policy from their appeal that day, 0 where they are not on sale.

    >>> weigh_for_policy(np.array([0.0, 2.0]), np.array([3.0, 3.0]), POLICIES.index("popular"))
    array([0., 6.])
    """
    if POLICIES[policy] == "uniform":
        return (appeal > 0).astype(np.float64)
    return appeal * pull


@dataclass(frozen=True)
class Deck:
    """The weights of one policy, by day and group of products.

    Attributes:
        policy: number in :data:`POLICIES`.
        length: places of a box, and groups.
        assortment: what holds for each product on each day.
        pull: weight of each product at an appeal of 1.
        totals: weight of each group on each day, shape ``(n_days, length)``.
        ladder: a row for each day and group.
    """

    policy: int
    length: int
    assortment: Assortment
    pull: Floats
    totals: Floats
    ladder: Ladder

    @classmethod
    def build(cls, policy: int, length: int, items: Items, assortment: Assortment) -> Deck:
        """Lay out the weights of every day."""
        # in single precision: the last bits of a double are a processor's own, and propensities
        # are written to the last bit
        pull = np.exp(items.log_popularity).astype(np.float32).astype(np.float64)
        weights = weigh_for_policy(assortment.appeal.astype(np.float64), pull, policy)
        n_days, size = weights.shape
        of_group = np.zeros((n_days, length, -(-size // length)))
        totals = np.empty((n_days, length))
        for group in range(length):
            own = weights[:, group::length]
            of_group[:, group, : own.shape[1]] = own
            totals[:, group] = own.sum(axis=1)
        of_group[totals <= 0] = 1.0  # never dealt: a row of a ladder needs a sum
        ladder = Ladder.build(of_group.reshape(n_days * length, -1))
        return cls(policy, length, assortment, pull, totals, ladder)

    def pick(self, day: Indices, group: Indices, uniforms: Floats) -> Indices:
        """Item that each group sends on its day."""
        return self.ladder.pick(day * self.length + group, uniforms) * self.length + group

    def propensity(self, day: Indices, item: Indices) -> Floats:
        """Probability that a box shows an item at a given place; its group has something."""
        weight = weigh_for_policy(
            self.assortment.appeal[day, item].astype(np.float64), self.pull[item], self.policy
        )
        return weight / self.totals[day, item % self.length] / self.length
