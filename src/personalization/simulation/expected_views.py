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
from personalization.simulation.curves import Curve
from personalization.simulation.layout import few_rows
from personalization.simulation.people import People
from personalization.simulation.visits import MOST_VIEWS
from personalization.simulation.window import Window
from personalization.simulation.world import World

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
    weights = weigh_items(window.world, people)
    mean = Leanings(np.zeros_like(weights), np.zeros_like(weights), np.zeros_like(weights))
    for rows in few_rows(*weights.shape):
        add_days(window, weights[rows], Leanings(*(part[rows] for part in mean)))
    return mean


def add_days(window: Window, weights: Floats, mean: Leanings) -> None:
    """Add what each day of the window contributes, in place.

    Args:
        window: the days.
        weights: of each item at an appeal of 1; ``(n_people, n_items)``.
        mean: what is added to.
    """
    items = window.world.items
    about = np.zeros((len(weights), items.first_of_leaf.size - 1))
    for share, appeal in zip(window.shares, window.appeal, strict=True):
        today = weights * appeal
        of_leaf = np.add.reduceat(today, items.first_of_leaf[:-1], axis=1)
        total = share / of_leaf.sum(axis=1, keepdims=True)
        factor = np.divide(share, of_leaf, out=np.zeros_like(of_leaf), where=of_leaf > 0)
        about += of_leaf * total
        mean.anywhere[:] += today * total
        today *= factor[:, items.leaf]
        mean.within[:] += today
    mean.about[:] = about[:, items.leaf]


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
    first = rules.resume_share * (1 - resumed) + (1 - rules.resume_share) * (1 - chance)
    seen: Floats = 1 - first * unseen_later(world)(chance)
    return seen


def unseen_later(world: World) -> Curve:
    """Probability that no later view of a visit shows an item, by that of one fresh view."""
    revisit_share, lengths = world.strengths.visits.revisit_share, share_by_views(world)

    def unseen(chance: Floats) -> Floats:
        fresh = 1 - (1 - revisit_share) * chance
        return np.asarray(np.polynomial.polynomial.polyval(fresh, lengths))

    return Curve.build(unseen, 0.0, 1.0, roots=2)


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


def expect_cart_odds(window: Window, people: People) -> Floats:
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


def expect_cart_share(world: World, odds: Floats) -> Floats:
    """Probability that an item seen goes to the cart, mean over the intents of visits.

    Args:
        world: the shop.
        odds: log-odds in a visit without intent.
    """
    intent_sd = world.strengths.funnel.intent_sd
    nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)

    def mean(odds: Floats) -> Floats:
        share: Floats = expit(odds[:, None] + intent_sd * nodes) @ (weights / weights.sum())
        return share

    return Curve.build(mean, -30.0, 30.0)(odds)


def order_share(world: World) -> float:
    """Probability that what lies in the cart of an account is bought, known and not cancelled."""
    funnel, signed_in = world.strengths.funnel, world.strengths.people.signed_in_share
    known = signed_in + (1 - signed_in) * funnel.guest_factor * funnel.sign_in_share
    return known * funnel.checkout_share * funnel.line_share * (1 - funnel.cancel_share)
