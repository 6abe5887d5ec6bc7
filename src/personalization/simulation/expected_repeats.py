"""How often people are expected to buy again out of habit, or to return to what they saw last."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from scipy.special import expit, ndtr

from personalization.simulation.chance import Floats, Indices
from personalization.simulation.clock import DAY_SECONDS
from personalization.simulation.expected_views import Views, mix_arms
from personalization.simulation.people import People
from personalization.simulation.window import Past, Window
from personalization.simulation.world import World

NODES: Final = 9


def reach_days(world: World, item: Indices, days: Floats) -> Floats:
    """Probability that a habit's wait for an item is over within some days; 0 for none."""
    logs = np.log(np.maximum(days, 1e-9) / world.items.cycle_days[item])
    reached: Floats = ndtr(logs / max(world.strengths.habits.cycle_log_sd, 1e-9))
    return reached


def fall_out_of_stock(window: Window, chains: pd.DataFrame) -> Floats:
    """Probability that a habit's wait ended before the cut, on a day when its item was missing."""
    world, item, ts = window.world, chains["item"].to_numpy(), chains["ts"].to_numpy()
    missing = np.zeros((world.items.size, 2), dtype=np.int64)
    outs = world.assortment.stock_outs
    missing[outs[:, 0]] = outs[:, 1:] + np.array([0, 1])
    begins, ends = (np.minimum(world.period.midnight(day), window.start) for day in missing[item].T)
    reached = (reach_days(world, item, (moment - ts) / DAY_SECONDS) for moment in (begins, ends))
    before, after = reached
    return after - before


def expect_begun(window: Window) -> Floats:
    """Probability that a purchase of each item in the window is followed by another in it.

    Shape ``(n_items,)``; 0 for what is bought out of no habit.
    """
    world = window.world
    habitual = np.flatnonzero(world.items.is_habit)
    left: Floats = np.arange(float(window.stays.size), 0.0, -1.0) - 0.5
    reached = window.shares @ reach_days(world, habitual, left[:, None])
    on_sale = (window.appeal[:, habitual] > 0).mean(axis=0)
    kept = world.strengths.habits.repeat_share * (1 - world.strengths.funnel.cancel_share)
    followed = np.zeros(world.items.size)
    followed[habitual] = kept * reached * on_sale
    return followed


def expect_habits(window: Window, people: People, past: Past) -> Floats:
    """Expected purchases of the window that a habit brings; shape ``(n_people, n_items)``.

    A habit that has begun adds its next purchase, given that it has not come before the cut: late,
    never, or when the item was out of stock.
    """
    world, habits = window.world, window.world.strengths.habits
    item, person = past.chains["item"].to_numpy(), past.chains["person"].to_numpy()
    midnights = window.start + DAY_SECONDS * np.arange(window.stays.size + 1)
    days = (midnights - past.chains["ts"].to_numpy()[:, None]) / DAY_SECONDS
    reached = reach_days(world, item[:, None], days)
    comes = np.diff(reached, axis=1) * window.stays
    comes *= (world.assortment.appeal[window.first :, item] > 0).T
    came = reached[:, 0] - fall_out_of_stock(window, past.chains)
    chance = habits.repeat_share * comes.sum(axis=1) / (1 - habits.repeat_share * came)
    chance *= window.comes(people)[person] * (1 - world.strengths.funnel.cancel_share)
    total = np.zeros((people.number.size, world.items.size))
    np.add.at(total, (person, item), -np.log1p(-np.minimum(chance, 1 - 1e-12)))
    return total


def expect_orders(
    window: Window, seen: Floats, odds: Floats, treated: Floats, visits: Floats
) -> Floats:
    """Expected orders of each person in the window that visits bring; shape ``(n_people,)``.

    Args:
        window: the days after the cut.
        seen: probability that a visit shows each item, ``(n_people, n_items)``.
        odds: log-odds that it is carted without intent and treatment, same shape or
            ``(n_people, 1)``.
        treated: share of each person's visits that an experiment treats.
        visits: expected of each person.
    """
    world = window.world
    funnel, signed_in = world.strengths.funnel, world.strengths.people.signed_in_share
    nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)

    def buys(added: float) -> Floats:
        empty = np.zeros(visits.size)
        for node, weight in zip(nodes, weights / weights.sum(), strict=True):
            carted = seen * expit(odds + added + funnel.intent_sd * node)
            empty += weight * np.exp(-carted.sum(axis=1) * funnel.line_share)
        return 1 - empty

    logit = world.experiment.options.cart_logit if world.experiment else 0.0
    pays = funnel.checkout_share * (signed_in + (1 - signed_in) * funnel.guest_factor)
    orders: Floats = visits * pays * mix_arms(window, treated, logit, buys)
    return orders


def expect_resumed(window: Window, views: Views, visits: Floats, last_seen: Indices) -> Floats:
    """What is different about each person's first visit of the window; ``(n_people, n_items)``.

    What it goes on from is known: expected visits that show an item for that, less those that would
    if it were not.

    Args:
        window: the days after the cut.
        views: of visits that go on from any other.
        visits: expected of each person in the window.
        last_seen: item of each person, -1 for none.
    """
    comes = -np.expm1(-visits)
    total: Floats = -comes[:, None] * views.resumed
    known = np.flatnonzero(last_seen >= 0)
    item = last_seen[known]
    on_sale = (window.appeal[:, item] > 0).mean(axis=0)
    total[known, item] += comes[known] * views.going_on[known, item] * on_sale
    return total
