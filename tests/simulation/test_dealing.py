"""What the box's policies show: the weights laid out once are those of each day."""

import numpy as np
import pytest

from personalization.simulation.dealing import POLICIES, weigh_for_policy

POPULAR, UNIFORM = (POLICIES.index(name) for name in ("popular", "uniform"))


def weights_on(world, policy, day):
    appeal = world.assortment.appeal[day].astype(np.float64)
    return weigh_for_policy(appeal, np.exp(world.items.log_popularity), policy)


def test_each_policy_has_a_deck_in_the_order_of_the_policies(world):
    assert [deck.policy for deck in world.decks] == [POPULAR, UNIFORM]
    assert world.decks is world.decks  # laid out once


def test_uniform_does_not_care_how_popular_an_item_is():
    appeal, pull = np.array([0.0, 0.5, 3.0]), np.array([9.0, 9.0, 1.0])
    assert weigh_for_policy(appeal, pull, UNIFORM).tolist() == [0.0, 1.0, 1.0]
    assert weigh_for_policy(appeal, pull, POPULAR).tolist() == [0.0, 4.5, 3.0]


def test_a_group_sends_its_own_items_as_often_as_their_weights_say(world):
    day, group, n = 50, 3, 40_000
    uniforms = (np.arange(n) + 0.5) / n
    length = world.strengths.lists.length
    for deck in world.decks:
        picked = deck.pick(np.full(n, day), np.full(n, group), uniforms)
        assert set(picked % length) == {group}
        weights = weights_on(world, deck.policy, day)[group::length]
        shares = np.bincount(picked // length, minlength=weights.size) / n
        assert np.abs(shares - weights / weights.sum()).max() < 2 / n


def test_propensities_of_a_place_sum_to_one_over_the_items(world):
    items = np.arange(world.items.size)
    for deck in world.decks:
        assert deck.propensity(np.full(items.size, 50), items).sum() == pytest.approx(1)


def test_nothing_is_shown_of_a_group_that_has_nothing_on_sale(world):
    for deck in world.decks:
        weights = weights_on(world, deck.policy, 50)
        of_group = [weights[group :: deck.length].sum() for group in range(deck.length)]
        assert deck.totals[50] == pytest.approx(of_group)
        assert (deck.pick(np.full(3, 50), np.arange(3), np.full(3, 1 - 1e-12)) < weights.size).all()
