"""What follows from all parameters of a shop together, worked out for a sample of its people."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit

from personalization.simulation.chance import Floats
from personalization.simulation.choice import multiply, weigh_items
from personalization.simulation.people import draw_people
from personalization.simulation.settings import DirtOptions, ShopOptions
from personalization.simulation.shapes import Counts
from personalization.simulation.strengths import Strengths
from personalization.simulation.visits import MOST_VIEWS
from personalization.simulation.world import World, build_world

SAMPLE_PEOPLE: Final = 400
SAMPLE_PRODUCTS: Final = 2_000  # a larger assortment is like this one
LEAST: Final = 1e-300
NODES, NODE_WEIGHTS = np.polynomial.hermite_e.hermegauss(15)
SEED: Final = 1  # the same sample sells the same
LOGIT_RANGE: Final = (-10.0, 5.0)


@dataclass(frozen=True)
class Sample:
    """How a sample of a shop's people chooses, over the whole period.

    Attributes:
        seen: probability that a visit of each person shows each item, shape
            ``(n_people, n_items)``.
        affinity: how well each item suits each person, same shape.
    """

    seen: Floats
    affinity: Floats


def draw_sample(shop: ShopOptions, strengths: Strengths) -> Sample:
    """Choices of a sample of people, by the weights that the generator draws from."""
    extent = shop.extent
    n_people = min(extent.n_users, SAMPLE_PEOPLE)
    small = {
        **vars(extent),
        "n_products": min(extent.n_products, SAMPLE_PRODUCTS),
        "n_users": n_people,
    }
    segments = min(strengths.people.n_segments, n_people)
    fitting = replace(strengths, people=replace(strengths.people, n_segments=segments))
    world = build_world(
        replace(shop, test_days=1, size="sample", sizes={"sample": small}), fitting, NO_DIRT
    )
    people = draw_people(world, np.arange(n_people))
    weights = weigh_items(world, people) * average_appeal(world)
    chosen = weights / weights.sum(axis=1, keepdims=True)
    return Sample(see_in_visit(world, chosen), multiply(people.tastes, world.items.tastes))


def see_in_visit(world: World, chosen: Floats) -> Floats:
    """Probability that a visit shows each item at all: the best of a category come up repeatedly.

    Args:
        world: the shop.
        chosen: share of each person's draws that falls on each item.
    """
    rules, leaf = world.strengths.visits, world.items.leaf
    of_leaf = np.add.reduceat(chosen, world.items.first_of_leaf[:-1], axis=1)[:, leaf]
    anywhere = (1 - rules.focus_share) * chosen
    about = anywhere + rules.focus_share * chosen / np.maximum(of_leaf, LEAST)
    seen = np.zeros_like(chosen)
    for node, weight in zip(NODES, NODE_WEIGHTS / NODE_WEIGHTS.sum(), strict=True):
        more = min(np.exp(rules.views_log_mean + rules.views_log_sd * node), MOST_VIEWS)
        draws = 1 + (1 - rules.revisit_share) * max(more - 0.5, 0)  # whole views: half is cut off
        inside, outside = (1 - (1 - np.minimum(share, 1)) ** draws for share in (about, anywhere))
        seen += weight * (of_leaf * inside + (1 - of_leaf) * outside)
    return seen


def average_appeal(world: World) -> Floats:
    """Mean appeal of each item over the days, busy days counting more."""
    busy = world.day_weights / world.day_weights.sum()
    appeal: Floats = busy @ world.assortment.appeal
    return appeal


NO_DIRT: Final = DirtOptions(
    duplicate_share=0,
    late_share=0,
    late_days=1,
    wrong_type_share=0,
    clock_error_share=0,
    missing_customer_share=0,
    redelivered_share=0,
    changed_share=0,
    renamed_share=0,
)


def carted_share(sample: Sample, strengths: Strengths, logit: float) -> Floats:
    """Probability that each person's look at each item ends in the cart; shape as ``seen``."""
    funnel = strengths.funnel
    odds = logit + funnel.cart_taste * sample.affinity
    share = np.zeros_like(odds)
    for node, weight in zip(NODES, NODE_WEIGHTS / NODE_WEIGHTS.sum(), strict=True):
        share += weight * expit(odds + funnel.intent_sd * node)
    return share


def solve_cart_logit(sample: Sample, strengths: Strengths, share: float) -> float:
    """Log-odds with which that share of all looks ends in the cart, within the option's range."""
    total = float(sample.seen.sum())

    def surplus(logit: float) -> float:
        reached = sample.seen * carted_share(sample, strengths, logit)
        return float(reached.sum()) / total - share

    low, high = LOGIT_RANGE
    if surplus(low) >= 0:
        return low
    return high if surplus(high) <= 0 else float(brentq(surplus, low, high, xtol=1e-4))


def sell_sample(sample: Sample, strengths: Strengths, lines_per_item: float) -> Counts:
    """Items by order lines, as the sample's people would buy; the items that nobody buys left out.

    Args:
        sample: of the shop.
        strengths: of the shop.
        lines_per_item: mean, so that counts are as noisy as in the shop itself.
    """
    carted = carted_share(sample, strengths, strengths.funnel.cart_logit)
    sales = (sample.seen * carted).sum(axis=0)
    expected = sales / sales.sum() * sales.size * lines_per_item
    drawn = np.random.default_rng(SEED).poisson(expected)
    values, times = np.unique(drawn[drawn > 0], return_counts=True)
    return dict(zip(values.tolist(), times.tolist(), strict=True))
