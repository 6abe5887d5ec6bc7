"""How often people are expected to buy again out of habit, or to return to what they saw last."""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy.special import expit, ndtr

from personalization.simulation.chance import Floats, Indices
from personalization.simulation.clock import DAY_SECONDS
from personalization.simulation.people import People
from personalization.simulation.window import Past, Window

NODES: Final = 9


def expect_habits(window: Window, people: People, past: Past) -> Floats:
    """Expected purchases of the window that a habit brings; shape ``(n_people, n_items)``.

    A habit that has begun adds its next purchase, given that it has not come before the cut: late,
    or never.
    """
    world, habits = window.world, window.world.strengths.habits
    item, person = past.chains["item"].to_numpy(), past.chains["person"].to_numpy()
    midnights = window.start + DAY_SECONDS * np.arange(window.stays.size + 1)
    days = (midnights - past.chains["ts"].to_numpy()[:, None]) / DAY_SECONDS
    logs = np.log(np.maximum(days, 1e-9) / world.items.cycle_days[item][:, None])
    reached = ndtr(logs / max(habits.cycle_log_sd, 1e-9))
    comes = np.diff(reached, axis=1) * window.stays
    comes *= (world.assortment.appeal[window.first :, item] > 0).T
    chance = habits.repeat_share * comes.sum(axis=1) / (1 - habits.repeat_share * reached[:, 0])
    chance *= window.comes(people)[person] * (1 - world.strengths.funnel.cancel_share)
    total = np.zeros((people.number.size, world.items.size))
    np.add.at(total, (person, item), -np.log1p(-np.minimum(chance, 1 - 1e-12)))
    return total


def expect_orders(
    window: Window, people: People, seen: Floats, odds: Floats, visits: Floats
) -> Floats:
    """Expected orders of each person in the window that visits bring; shape ``(n_people,)``.

    Args:
        window: the days after the cut.
        people: who orders.
        seen: probability that a visit shows each item, ``(n_people, n_items)``.
        odds: log-odds that it is carted without intent, same shape or ``(n_people, 1)``.
        visits: expected of each person.
    """
    funnel, signed_in = window.world.strengths.funnel, window.world.strengths.people.signed_in_share
    nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
    empty = np.zeros(visits.size)
    for node, weight in zip(nodes, weights / weights.sum(), strict=True):
        bought = (seen * expit(odds + funnel.intent_sd * node)).sum(axis=1) * funnel.line_share
        empty += weight * np.exp(-bought)
    pays = funnel.checkout_share * (signed_in + (1 - signed_in) * funnel.guest_factor)
    orders: Floats = visits * pays * (1 - empty) * window.comes(people)
    return orders


def expect_resumed(window: Window, visits: Floats, last_seen: Indices) -> Floats:
    """Expected visits of the window that begin with what the last one before it ended with.

    Args:
        window: the days after the cut.
        visits: expected of each person in the window.
        last_seen: item of each person, -1 for none.
    """
    world = window.world
    total = np.zeros((visits.size, world.items.size))
    known = np.flatnonzero(last_seen >= 0)
    on_sale = (world.assortment.appeal[window.first :, last_seen[known]] > 0).mean(axis=0)
    resumes = world.strengths.visits.resume_share * -np.expm1(-visits[known])
    total[known, last_seen[known]] = resumes * on_sale
    return total
