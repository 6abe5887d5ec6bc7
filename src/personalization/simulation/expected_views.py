"""How often people are expected to look at items by themselves, and to buy what they look at.

A visit on day d looks at item i with probability ``L g(q_in) + (1 - L) g(q_out)``: L is the chance
that the visit is about the item's leaf, q the chance of one fresh view in either case, and g(q) the
chance that the visit's views hold the item at least once.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from scipy.special import expit, ndtr

from personalization.simulation.chance import Floats
from personalization.simulation.choice import multiply, weigh_items
from personalization.simulation.people import People
from personalization.simulation.visits import MOST_VIEWS
from personalization.simulation.window import Window
from personalization.simulation.world import World

GRID: Final = 4000
NODES: Final = 64


class Leanings(NamedTuple):
    """Probabilities of one fresh draw, means over the window's visits; ``(n_people, n_items)``.

    Attributes:
        about: that the visit is about the item's leaf.
        within: of the item, among those of its leaf.
        anywhere: of the item, among all.
    """

    about: Floats
    within: Floats
    anywhere: Floats


def average_leanings(window: Window, people: People) -> Leanings:
    """What fresh draws of the window turn to, the days weighted by their traffic."""
    world = window.world
    weights = weigh_items(world, people)
    bounds, leaf = world.items.first_of_leaf[:-1], world.items.leaf
    within, anywhere = np.zeros_like(weights), np.zeros_like(weights)
    about = np.zeros((len(weights), bounds.size))
    traffic = window.shares
    for place, share in enumerate(traffic.tolist()):
        today = weights * world.assortment.appeal[window.first + place]
        of_leaf = np.add.reduceat(today, bounds, axis=1)
        total = share / of_leaf.sum(axis=1, keepdims=True)
        factor = np.divide(share, of_leaf, out=np.zeros_like(of_leaf), where=of_leaf > 0)
        within += today * factor[:, leaf]
        anywhere += today * total
        about += of_leaf * total
    return Leanings(about[:, leaf], within, anywhere)


def share_by_views(world: World) -> Floats:
    """Share of the visits with 1, 2, … views."""
    rules, edges = world.strengths.visits, np.arange(MOST_VIEWS + 1)
    logs = np.log(np.maximum(edges, 1e-300))
    reached = ndtr((logs - rules.views_log_mean) / max(rules.views_log_sd, 1e-9))
    share: Floats = np.diff(reached) / reached[-1]
    return share


def seen_at_least_once(world: World, chance: Floats, resumed: Floats) -> Floats:
    """Probability that a visit shows an item.

    The first view repeats what the visit before ended with, with ``resume_share``; each later one
    repeats an earlier view with ``revisit_share``.

    Args:
        world: the shop.
        chance: that one fresh view shows it.
        resumed: that the visit before ended with it.
    """
    rules = world.strengths.visits
    grid = np.append(0.0, np.geomspace(1e-9, 1.0, GRID))
    fresh = 1 - (1 - rules.revisit_share) * grid
    later = np.polynomial.polynomial.polyval(fresh, share_by_views(world))
    first = rules.resume_share * (1 - resumed) + (1 - rules.resume_share) * (1 - chance)
    seen: Floats = 1 - first * np.interp(chance, grid, later)
    return seen


def expect_views(world: World, leanings: Leanings) -> Floats:
    """Probability that a visit of the window shows each item; shape ``(n_people, n_items)``."""
    focus = world.strengths.visits.focus_share
    about, within, anywhere = leanings
    chance_in = focus * within + (1 - focus) * anywhere
    chance_out = (1 - focus) * anywhere
    resumed = about * chance_in + (1 - about) * chance_out
    inside = seen_at_least_once(world, chance_in, resumed)
    outside = seen_at_least_once(world, chance_out, resumed)
    expected: Floats = about * inside + (1 - about) * outside
    return expected


def cart_odds(window: Window, people: People) -> Floats:
    """Log-odds that an item seen goes to the cart in a visit without intent, mean of the window."""
    world, funnel = window.world, window.world.strengths.funnel
    traffic = window.shares
    dearer = traffic @ np.log(world.assortment.price_level[window.first :])
    odds = funnel.cart_taste * multiply(people.tastes, world.items.tastes)
    odds += funnel.cart_logit - funnel.cart_elasticity * dearer
    if world.experiment is not None:
        day, effect = np.arange(window.first, world.period.n_days), world.experiment.options
        added = world.experiment.effect(effect.cart_logit, people.number[:, None], day)
        odds += (added @ traffic)[:, None]
    return odds


def cart_share(world: World, odds: Floats) -> Floats:
    """Probability that an item seen goes to the cart, mean over the intents of visits.

    Args:
        world: the shop.
        odds: log-odds in a visit without intent.
    """
    funnel = world.strengths.funnel
    nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
    grid = np.linspace(-30.0, 30.0, GRID)
    mean = expit(grid[:, None] + funnel.intent_sd * nodes) @ (weights / weights.sum())
    share: Floats = np.interp(odds, grid, mean)
    return share


def order_share(world: World) -> float:
    """Probability that what lies in the cart of an account is bought, known and not cancelled."""
    funnel, signed_in = world.strengths.funnel, world.strengths.people.signed_in_share
    known = signed_in + (1 - signed_in) * funnel.guest_factor * funnel.sign_in_share
    return known * funnel.checkout_share * funnel.line_share * (1 - funnel.cancel_share)
