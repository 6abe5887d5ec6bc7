"""What models try to guess: the probability that a person buys an item after a cut.

Everything up to the cut is taken as known, also who the person is; nothing that was drawn for the
time after it. Left out, because it is small: searches and clicks on recommendations.

A visit on day d looks at item i with probability ``L g(q_in) + (1 - L) g(q_out)``: L is the chance
that the visit is about the item's leaf, q the chance of one view in either case, and g(q) the
chance that a visit's fresh views hold it at least once. What is seen is carted with the mean of
the cart's probability over intents, and bought and known with a fixed probability. Visits are a
Poisson process, so the probability of at least one purchase is ``1 - exp(-sum)``. A habit that has
begun adds its next purchase, given that it has not come before the cut.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import pandas as pd
from scipy.special import expit, ndtr

from personalization.simulation.baskets import check_out, fill_carts, follow_habits, number_counts
from personalization.simulation.browsing import browse, keep_on_sale
from personalization.simulation.chance import Flags, Floats, Indices
from personalization.simulation.choice import Chooser, multiply, weigh_items
from personalization.simulation.clock import DAY_SECONDS
from personalization.simulation.lists import click_on_boxes, show_boxes
from personalization.simulation.people import People, draw_people
from personalization.simulation.searches import click_on_results, search
from personalization.simulation.visits import MOST_VIEWS, Visits, draw_visits
from personalization.simulation.world import World

BEST: Final = 100
GRID: Final = 4000
NODES: Final = 64


@dataclass(frozen=True)
class Window:
    """Days after the cut in which a purchase counts.

    Attributes:
        world: the shop.
        first: first day, from the start of the period; nothing of it is known.
    """

    world: World
    first: int

    @property
    def start(self) -> int:
        """First moment, seconds since 1970."""
        return int(self.world.period.start + self.first * DAY_SECONDS)

    def comes(self, people: People) -> Flags:
        """Who had an account and had not left before the cut."""
        return people.has_account & (people.first_day < self.first) & (people.last_day > self.first)

    @cached_property
    def traffic(self) -> Floats:
        """Visits on each day of the window per expected visit of an average day, who left aside."""
        days = np.arange(self.first, self.world.period.n_days)
        stays = np.exp(-(days + 0.5 - self.first) / self.world.strengths.people.stay_days)
        weights: Floats = self.world.day_weights[days] * stays
        return weights


def seen_at_least_once(world: World, chance: Floats) -> Floats:
    """Probability that a visit shows an item, from that of one fresh view.

    The first view repeats the last visit's with ``resume_share``, each later one an earlier view
    with ``revisit_share``; their number is one and a log-normal number's whole part.
    """
    rules = world.strengths.visits
    more = np.arange(MOST_VIEWS)
    edges = ndtr(
        (np.log(np.maximum(np.append(more, MOST_VIEWS), 1e-300)) - rules.views_log_mean)
        / rules.views_log_sd
    )
    share = np.diff(edges) / edges[-1]
    grid = np.append(0.0, np.geomspace(1e-9, 1.0, GRID))
    fresh = 1 - (1 - rules.revisit_share) * grid
    later = np.polynomial.polynomial.polyval(fresh, share)
    first = rules.resume_share + (1 - rules.resume_share) * (1 - grid)
    seen: Floats = np.interp(chance, grid, 1 - first * later)
    return seen


def cart_share(world: World, affinity: Floats) -> Floats:
    """Probability that an item seen goes to the cart, mean over the intents of visits."""
    funnel = world.strengths.funnel
    nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
    grid = np.linspace(-30.0, 30.0, GRID)
    odds = grid[:, None] + funnel.intent_sd * nodes
    mean = expit(odds) @ (weights / weights.sum())
    share: Floats = np.interp(funnel.cart_logit + funnel.cart_taste * affinity, grid, mean)
    return share


def order_share(world: World) -> float:
    """Probability that what lies in the cart of an account is bought, known and not cancelled."""
    funnel, signed_in = world.strengths.funnel, world.strengths.people.signed_in_share
    known = signed_in + (1 - signed_in) * funnel.guest_factor * funnel.sign_in_share
    return known * funnel.checkout_share * funnel.line_share * (1 - funnel.cancel_share)


def expect_views(window: Window, people: People) -> Floats:
    """Expected visits of the window that show each item; shape ``(n_people, n_items)``.

    The chances of one view are means over the days of the window, weighted by traffic.
    """
    world = window.world
    weights, focus = weigh_items(world, people), world.strengths.visits.focus_share
    bounds, leaf = world.items.first_of_leaf[:-1], world.items.leaf
    about = np.add.reduceat(weights * world.assortment.peak, bounds, axis=1)
    about = (about / about.sum(axis=1, keepdims=True))[:, leaf]
    within, anywhere = np.zeros_like(weights), np.zeros_like(weights)
    traffic = window.traffic / window.traffic.sum()
    for place, share in enumerate(traffic.tolist()):
        today = weights * world.assortment.appeal[window.first + place]
        of_leaf = np.add.reduceat(today, bounds, axis=1)
        factor = np.divide(share, of_leaf, out=np.zeros_like(of_leaf), where=of_leaf > 0)
        within += today * factor[:, leaf]
        anywhere += today * (share / today.sum(axis=1, keepdims=True))
    inside = seen_at_least_once(world, focus * within + (1 - focus) * anywhere)
    outside = seen_at_least_once(world, (1 - focus) * anywhere)
    visits = people.visits_per_day * window.comes(people) * window.traffic.sum()
    expected: Floats = visits[:, None] * (about * inside + (1 - about) * outside)
    return expected


def past_lines(window: Window, chooser: Chooser) -> tuple[Visits, pd.DataFrame]:
    """Visits, and the lines that browsing has brought before the cut."""
    world = window.world
    visits = draw_visits(world, chooser)
    opened = [
        browse(world, chooser, visits),
        click_on_boxes(world, chooser, visits, show_boxes(world, chooser, visits)),
        click_on_results(search(world, chooser, visits)),
    ]
    views = keep_on_sale(world, pd.concat(opened, ignore_index=True))
    lines = check_out(world, chooser, visits, fill_carts(world, chooser, visits, views))
    return visits, lines[lines["ts"] < window.start]


def find_habits(window: Window, chooser: Chooser) -> pd.DataFrame:
    """The habits that have begun before the cut, with their last purchase before it.

    Grain: one row per chain of repeated purchases; columns ``person``, ``item``, ``ts``.
    """
    world = window.world
    visits, lines = past_lines(window, chooser)
    begun = lines[world.items.is_habit[lines["item"]]]
    origin = pd.DataFrame(
        {
            "person": visits.person[begun["visit"]],
            "item": begun["item"],
            "chain": number_counts(visits, begun),
            "ts": begun["ts"],
        }
    )
    again = follow_habits(world, chooser, visits, lines)
    both = pd.concat([origin, again[again["ts"] < window.start]], ignore_index=True)
    return both.groupby(["person", "item", "chain"], as_index=False).agg({"ts": "max"})


def expect_habits(window: Window, chooser: Chooser) -> Floats:
    """Expected purchases of the window that a habit brings; shape ``(n_people, n_items)``."""
    world, habits = window.world, window.world.strengths.habits
    chains = find_habits(window, chooser)
    item, person = chains["item"].to_numpy(), chains["person"].to_numpy()
    cycle = world.items.cycle_days[item]

    def come_by(moment: int) -> Floats:
        days = (moment - chains["ts"].to_numpy()) / DAY_SECONDS
        reached: Floats = ndtr(np.log(np.maximum(days, 1e-9) / cycle) / habits.cycle_log_sd)
        return reached

    before, by_the_end = come_by(window.start), come_by(world.period.end)
    open_ = 1 - habits.repeat_share * before  # it has not come: late, or never
    chance = habits.repeat_share * (by_the_end - before) / open_
    on_sale = (world.assortment.appeal[window.first :, item] > 0).mean(axis=0)
    chance *= on_sale * window.comes(chooser.people)[person]
    chance *= 1 - world.strengths.funnel.cancel_share
    total = np.zeros((chooser.people.number.size, world.items.size))
    np.add.at(total, (person, item), -np.log1p(-np.minimum(chance, 1 - 1e-12)))
    return total


def buy_probabilities(window: Window, number: Indices) -> Floats:
    """P(a person buys an item in the window | everything before it), as a known customer.

    Shape ``(n_people, n_items)``, in the order of ``number``.
    """
    people = draw_people(window.world, number)
    chooser = Chooser.build(window.world, people)
    affinity = multiply(people.tastes, window.world.items.tastes)
    expected = expect_views(window, people) * cart_share(window.world, affinity)
    expected *= order_share(window.world)
    probabilities: Floats = -np.expm1(-(expected + expect_habits(window, chooser)))
    return probabilities


def best_items(window: Window, number: Indices) -> pd.DataFrame:
    """The items that each person most probably buys in the window.

    Grain: one row per person with an account and rank; columns ``person``, ``rank`` (from 1),
    ``item``, ``probability``; ties go to the smaller item.
    """
    number = number[number < window.world.size.n_users]
    chance = buy_probabilities(window, number)
    best = np.argsort(-chance, axis=1, kind="stable")[:, :BEST]
    n_best = best.shape[1]
    return pd.DataFrame(
        {
            "person": np.repeat(number, n_best),
            "rank": np.tile(np.arange(1, n_best + 1), number.size),
            "item": best.ravel(),
            "probability": np.take_along_axis(chance, best, axis=1).ravel(),
        }
    )
