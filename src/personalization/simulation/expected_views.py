"""How often people are expected to look at items by themselves, and to buy what they look at.

A visit on day d looks at item i with probability ``L g(q_in) + (1 - L) g(q_out)``: L is the chance
that the visit is about the item's leaf, q the chance of one fresh view in either case, and g(q) the
chance that the visit's views hold the item at least once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
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
WEEK: Final = 7  # days


class Leanings(NamedTuple):
    """Probabilities of one fresh draw, means over some days' visits; ``(n_people, n_items)``.

    Attributes:
        about: that the visit is about the item's leaf.
        within: of the item, among those of its leaf.
        anywhere: of the item, among all.
    """

    about: Floats
    within: Floats
    anywhere: Floats


class Views(NamedTuple):
    """How visits come to look at items; each of shape ``(n_people, n_items)``.

    Attributes:
        seen: probability that a visit shows the item.
        anywhere: probability of the item in one fresh draw.
        going_on: probability that a visit goes on from the one before, and none of its later views
            shows the item.
        resumed: the same, and the one before ended with the item: part of ``seen``.
    """

    seen: Floats
    anywhere: Floats
    going_on: Floats
    resumed: Floats


def weeks_of(window: Window) -> Iterator[slice]:
    """Days of the window, a week at a time: within one, what is on sale changes little."""
    n_days = window.shares.size
    for first in range(0, n_days, WEEK):
        yield slice(first, min(first + WEEK, n_days))


def average_leanings(window: Window, weights: Floats, days: slice) -> Leanings:
    """What fresh draws turn to on some days of the window, weighted by their traffic.

    Args:
        window: the days.
        weights: of each item at an appeal of 1; ``(n_people, n_items)``.
        days: of the window.
    """
    items, traffic = window.world.items, window.shares[days]
    mean = Leanings(*(np.zeros_like(weights) for _ in Leanings._fields))
    about = np.zeros((len(weights), items.first_of_leaf.size - 1))
    shares = traffic / max(traffic.sum(), 1e-300)
    for share, appeal in zip(shares, window.appeal[days], strict=True):
        today = weights * appeal
        of_leaf = np.add.reduceat(today, items.first_of_leaf[:-1], axis=1)
        total = share / of_leaf.sum(axis=1, keepdims=True)
        factor = np.divide(share, of_leaf, out=np.zeros_like(of_leaf), where=of_leaf > 0)
        about += of_leaf * total
        mean.anywhere[:] += today * total
        today *= factor[:, items.leaf]
        mean.within[:] += today
    mean.about[:] = about[:, items.leaf]
    return mean


def share_by_views(world: World) -> Floats:
    """Share of the visits with 1, 2, … views."""
    rules, edges = world.strengths.visits, np.arange(MOST_VIEWS + 1)
    logs = np.log(np.maximum(edges, 1e-300))
    reached = ndtr((logs - rules.views_log_mean) / max(rules.views_log_sd, 1e-9))
    share: Floats = np.diff(reached) / reached[-1]
    return share


def unseen_later(world: World) -> Curve:
    """Probability that no later view of a visit shows an item, by that of one fresh view."""
    revisit_share, lengths = world.strengths.visits.revisit_share, share_by_views(world)

    def unseen(chance: Floats) -> Floats:
        fresh = 1 - (1 - revisit_share) * chance
        return np.asarray(np.polynomial.polynomial.polyval(fresh, lengths))

    return Curve.build(unseen, 0.0, 1.0, roots=2)


def look(world: World, leanings: Leanings, unseen: Curve) -> Views:
    """How visits with these leanings come to look at items.

    The first view repeats what the visit before ended with, with ``resume_share``; each later one
    repeats an earlier view with ``revisit_share``.

    Args:
        world: the shop.
        leanings: of the visits.
        unseen: probability that no later view shows an item; ``unseen_later``.
    """
    rules, (about, within, anywhere) = world.strengths.visits, leanings
    chance_out = (1 - rules.focus_share) * anywhere
    chance_in = rules.focus_share * within + chance_out
    unseen_in, unseen_out = about * unseen(chance_in), (1 - about) * unseen(chance_out)
    going_on = rules.resume_share * (unseen_in + unseen_out)
    resumed = going_on * (about * chance_in + (1 - about) * chance_out)
    fresh = (1 - chance_in) * unseen_in + (1 - chance_out) * unseen_out
    seen = 1 - (1 - rules.resume_share) * fresh - going_on + resumed
    return Views(seen, anywhere, going_on, resumed)


def expect_views(window: Window, people: People) -> Views:
    """How visits of the window come to look at items by themselves."""
    weights, unseen = weigh_items(window.world, people), unseen_later(window.world)
    mean = Views(*(np.zeros_like(weights) for _ in Views._fields))
    for rows in few_rows(*weights.shape):
        for days in weeks_of(window):
            leanings = average_leanings(window, weights[rows], days)
            part = look(window.world, leanings, unseen)
            for total, values in zip(mean, part, strict=True):
                total[rows] += window.shares[days].sum() * values
    return mean


def expect_cart_odds(window: Window, people: People) -> Floats:
    """Log-odds that an item seen goes to the cart in a visit without intent, mean of the window.

    In a visit that no experiment treats; shape ``(n_people, n_items)``.
    """
    world, funnel = window.world, window.world.strengths.funnel
    dearer = float(window.shares @ np.log(world.assortment.price_level[window.first :]))
    odds = funnel.cart_taste * multiply(people.tastes, world.items.tastes)
    odds += funnel.cart_logit - funnel.cart_elasticity * dearer
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


def mix_arms(
    window: Window, treated: Floats, logit: float, outcome: Callable[[float], Floats]
) -> Floats:
    """Mean outcome of each person over visits that an experiment treats and others.

    Args:
        window: the days.
        treated: share of each person's visits that is treated; ``(n_people,)``.
        logit: log-odds that treatment adds.
        outcome: by the log-odds that are added; ``(n_people, …)``.
    """
    usual = outcome(0.0)
    if window.world.experiment is None or not treated.any():
        return usual
    share = treated.reshape(-1, *(1,) * (usual.ndim - 1))
    mixed: Floats = usual + share * (outcome(logit) - usual)
    return mixed


def expect_carts(window: Window, odds: Floats, treated: Floats) -> Floats:
    """Probability that an item seen goes to the cart; shape as ``odds``.

    Args:
        window: the days.
        odds: log-odds of it in a visit without intent and treatment.
        treated: share of each person's visits that an experiment treats.
    """
    world = window.world
    logit = world.experiment.options.cart_logit if world.experiment else 0.0
    return mix_arms(window, treated, logit, lambda added: expect_cart_share(world, odds + added))


def paid_share(world: World) -> float:
    """Probability that what lies in the cart of an account is bought, known or not."""
    funnel, signed_in = world.strengths.funnel, world.strengths.people.signed_in_share
    pays = signed_in + (1 - signed_in) * funnel.guest_factor
    return pays * funnel.checkout_share * funnel.line_share


def order_share(world: World) -> float:
    """Probability that what lies in the cart of an account is bought, known and not cancelled."""
    funnel, signed_in = world.strengths.funnel, world.strengths.people.signed_in_share
    known = signed_in + (1 - signed_in) * funnel.guest_factor * funnel.sign_in_share
    return known * funnel.checkout_share * funnel.line_share * (1 - funnel.cancel_share)
