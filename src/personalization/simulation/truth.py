"""What models try to guess: the probability that a person buys an item after a cut.

Everything up to the cut is taken as known, also who the person is; nothing that was drawn for the
time after it: a change of taste that is yet to come is not known. Visits are a Poisson process, so
the probability of at least one purchase is ``1 - exp(-expected purchases)``. A visit comes to an
item through browsing, search results and a recommendation box, each by itself.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from personalization.simulation.chance import Floats, Indices
from personalization.simulation.choice import Chooser
from personalization.simulation.expected_clicks import expect_box_clicks, expect_search_clicks
from personalization.simulation.expected_repeats import (
    expect_begun,
    expect_habits,
    expect_orders,
    expect_resumed,
)
from personalization.simulation.expected_views import (
    expect_cart_odds,
    expect_carts,
    expect_views,
    order_share,
    paid_share,
)
from personalization.simulation.people import draw_people
from personalization.simulation.window import Window, remember

BEST: Final = 100


def buy_probabilities(window: Window, number: Indices) -> Floats:
    """P(a person buys an item in the window | everything before it), as a known customer.

    Shape ``(n_people, n_items)``, in the order of ``number``.
    """
    there = window.comes(draw_people(window.world, number))
    chance = np.zeros((number.size, window.world.items.size))
    if there.any():
        chance[there] = buy_probabilities_of_those_there(window, number[there])
    return chance


def buy_probabilities_of_those_there(window: Window, number: Indices) -> Floats:
    """The same for people of whom all may come in the window."""
    world, people = window.world, draw_people(window.world, number)
    past = remember(window, Chooser.build(world, people))
    people = people.as_of(window.first - 1)
    views, treated = expect_views(window, people), window.treated_share(people)
    unseen = 1 - views.seen
    unseen *= 1 - expect_search_clicks(window, people, views.anywhere)
    unseen *= 1 - expect_box_clicks(window, people, treated)
    seen = 1 - unseen
    visits = people.visits_per_day * window.comes(people) * window.traffic.sum()
    expected = visits[:, None] * seen + expect_resumed(window, views, visits, past.last_seen)
    odds = expect_cart_odds(window, people)
    uncounted = (paid_share(world) - order_share(world)) * expect_begun(window)
    expected *= expect_carts(window, odds, treated) * (order_share(world) + uncounted)
    habits = expect_habits(window, people, past)
    orders = expect_orders(window, seen, odds, treated, visits) + habits.sum(axis=1)
    added = (
        orders * world.strengths.habits.supplement_share * (1 - world.strengths.funnel.cancel_share)
    )
    expected += habits + added[:, None] * views.anywhere
    probabilities: Floats = -np.expm1(-np.maximum(expected, 0.0))
    return probabilities


def best_items(window: Window, number: Indices) -> pd.DataFrame:
    """The items that each person most probably buys in the window.

    Who had not come by the cut, or had left, has none.

    Grain: one row per person with an account and rank; columns ``person``, ``rank`` (from 1),
    ``item``, ``probability``; ties go to the smaller item.
    """
    number = number[number < window.world.size.n_users]
    # in single precision: the last bits of a double are a processor's own
    chance = buy_probabilities(window, number).astype(np.float32)
    best = np.argsort(-chance, axis=1, kind="stable")[:, :BEST]
    n_best = best.shape[1]
    ranked = pd.DataFrame(
        {
            "person": np.repeat(number, n_best),
            "rank": np.tile(np.arange(1, n_best + 1), number.size),
            "item": best.ravel(),
            "probability": np.take_along_axis(chance, best, axis=1).ravel().astype(np.float64),
        }
    )
    return ranked[ranked["probability"] > 0]
