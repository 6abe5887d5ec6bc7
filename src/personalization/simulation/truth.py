"""What models try to guess: the probability that a person buys an item after a cut.

Everything up to the cut is taken as known, also who the person is; nothing that was drawn for the
time after it: a change of taste that is yet to come is not known. Visits are a Poisson process, so
the probability of at least one purchase is ``1 - exp(-expected purchases)``. What an item is looked
at through (browsing, search results, a recommendation box) is added up as if a visit came to it by
one of them only.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from personalization.simulation.chance import Floats, Indices
from personalization.simulation.choice import Chooser
from personalization.simulation.expected_clicks import expect_box_clicks, expect_search_clicks
from personalization.simulation.expected_repeats import (
    expect_habits,
    expect_orders,
    expect_resumed,
)
from personalization.simulation.expected_views import (
    average_leanings,
    expect_cart_odds,
    expect_cart_share,
    expect_views,
    order_share,
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
    people = people.as_of(window.first)
    leanings = average_leanings(window, people)
    seen = expect_views(world, leanings)
    seen += expect_search_clicks(window, people, leanings.anywhere)
    seen += expect_box_clicks(window, people)
    visits = people.visits_per_day * window.comes(people) * window.traffic.sum()
    expected = visits[:, None] * seen + expect_resumed(window, visits, past.last_seen)
    odds = expect_cart_odds(window, people)
    expected *= expect_cart_share(world, odds) * order_share(world)
    habits = expect_habits(window, people, past)
    orders = expect_orders(window, people, seen, odds, visits) + habits.sum(axis=1)
    added = (
        orders * world.strengths.habits.supplement_share * (1 - world.strengths.funnel.cancel_share)
    )
    expected += habits + added[:, None] * leanings.anywhere
    probabilities: Floats = -np.expm1(-expected)
    return probabilities


def best_items(window: Window, number: Indices) -> pd.DataFrame:
    """The items that each person most probably buys in the window.

    Who had not come by the cut, or had left, has none.

    Grain: one row per person with an account and rank; columns ``person``, ``rank`` (from 1),
    ``item``, ``probability``; ties go to the smaller item.
    """
    number = number[number < window.world.size.n_users]
    chance = buy_probabilities(window, number)
    best = np.argsort(-chance, axis=1, kind="stable")[:, :BEST]
    n_best = best.shape[1]
    ranked = pd.DataFrame(
        {
            "person": np.repeat(number, n_best),
            "rank": np.tile(np.arange(1, n_best + 1), number.size),
            "item": best.ravel(),
            "probability": np.take_along_axis(chance, best, axis=1).ravel(),
        }
    )
    return ranked[ranked["probability"] > 0]
