"""How often people are expected to open items from search results and recommendation boxes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array
from scipy.special import expit

from personalization.simulation.chance import Floats, Indices
from personalization.simulation.choice import multiply
from personalization.simulation.dealing import weigh_for_policy
from personalization.simulation.expected_views import mix_arms
from personalization.simulation.people import People
from personalization.simulation.sales import place_within
from personalization.simulation.searches import query_shares
from personalization.simulation.window import Window


class Queries(NamedTuple):
    """Everything that may be typed and finds something, one entry per query.

    Attributes:
        typed: share of the searches for an item that type the query; ``(n_queries, n_items)``.
        results: items shown, -1 where there are fewer; ``(n_queries, results)``.
    """

    typed: csr_array
    results: Indices


def list_queries(window: Window) -> Queries:
    """The queries, each with what it shows at the window's mean appeal."""
    items, rules = window.world.items, window.world.strengths.searches
    most = rules.results
    traffic = window.shares
    appeal = traffic @ window.appeal
    scores = items.log_popularity + np.log(np.maximum(appeal, 1e-9))
    words = (np.zeros_like(items.noun), items.noun, items.brand)  # of a slip nothing is found
    groups, shares, results, n_queries = [], [], [], 0
    for word, typed_share in zip(words, query_shares(rules)[:-1], strict=True):
        _, group = np.unique(np.stack([items.leaf, word]), axis=1, return_inverse=True)
        on_sale = np.flatnonzero(appeal > 0)
        ranked = on_sale[np.lexsort((-scores[on_sale], group[on_sale]))]
        place = place_within(group[ranked])
        shown = np.full((group.max() + 1, most), -1)
        shown[group[ranked][place < most], place[place < most]] = ranked[place < most]
        groups.append(n_queries + group)
        shares.append(np.full(items.size, typed_share))
        results.append(shown)
        n_queries += len(shown)
    places = (np.concatenate(groups), np.tile(np.arange(items.size), len(words)))
    typed = csr_array((np.concatenate(shares), places), shape=(n_queries, items.size))
    return Queries(typed, np.concatenate(results))


def expect_search_clicks(window: Window, people: People, anywhere: Floats) -> Floats:
    """Probability that a visit clicks on each item in search results; ``(n_people, n_items)``.

    Args:
        window: the days after the cut.
        people: who searches.
        anywhere: probability of each item as what a search looks for, same shape.
    """
    world, rules = window.world, window.world.strengths.searches
    queries = list_queries(window)
    typed = (queries.typed @ anywhere.T).T
    affinity = multiply(people.tastes, world.items.tastes)
    attention = np.arange(1.0, rules.results + 1) ** -rules.position_bias
    on_sale = window.shares @ (window.appeal > 0).astype(np.float64)
    shown = np.where(queries.results >= 0, on_sale[queries.results], 0.0)
    pull = np.exp(np.take(affinity, queries.results, axis=1)) * attention * shown
    clicked = pull / (np.exp(rules.leave_utility) + pull.sum(axis=2, keepdims=True))
    clicked *= typed[:, :, None]
    query, column = np.nonzero(queries.results >= 0)
    items = queries.results[query, column]
    spread = csr_array(
        (np.ones(items.size), (items, np.arange(items.size))),
        shape=(world.items.size, items.size),
    )
    searches = rules.visit_share * people.searches
    expected: Floats = searches[:, None] * (spread @ clicked[:, query, column].T).T
    return expected


def expect_box_clicks(window: Window, people: People, treated: Floats) -> Floats:
    """Probability that a visit clicks on each item in a recommendation box.

    Args:
        window: the days after the cut.
        people: who clicks.
        treated: share of each person's visits that an experiment treats.
    """
    world, rules = window.world, window.world.strengths.lists
    shown = np.zeros(world.items.size)
    appeal = window.appeal
    traffic = window.shares
    for policy, share in enumerate((1 - rules.uniform_share, rules.uniform_share)):
        weights = weigh_for_policy(appeal, np.exp(world.items.log_popularity), policy)
        for group in range(rules.length):
            of_group = weights[:, group :: rules.length]
            total = of_group.sum(axis=1, keepdims=True)
            drawn = np.divide(of_group, total, out=np.zeros_like(of_group), where=total > 0)
            shown[group :: rules.length] += share * (traffic @ drawn)
    attention = (np.arange(1.0, rules.length + 1) ** -rules.position_bias).mean()
    affinity = multiply(people.tastes, world.items.tastes)
    odds = rules.click_logit + rules.click_taste * affinity
    logit = world.experiment.options.click_logit if world.experiment else 0.0
    liking = mix_arms(window, treated, logit, lambda added: expit(odds + added))
    expected: Floats = rules.visit_share * shown * attention * liking
    return expected
