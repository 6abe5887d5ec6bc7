import numpy as np
import pytest
from scipy import stats

from personalization.simulation import choice
from personalization.simulation.choice import Chooser, multiply, weigh_items
from personalization.simulation.people import draw_people

DRAWS = 40_000


@pytest.fixture(scope="module")
def chooser(world):
    return Chooser.build(world, draw_people(world, np.array([3, 4, 5])))


def draw(chooser, day, leaf=-1, person=1):
    full = np.full(DRAWS, person)
    count = np.arange(DRAWS)
    return chooser.draw_items("test", full, count, np.full(DRAWS, day), np.full(DRAWS, leaf))


@pytest.mark.parametrize("leaf", [-1, 19])
def test_items_are_drawn_by_taste_popularity_price_and_the_appeal_of_the_day(world, chooser, leaf):
    day = 90
    weights = weigh_items(world, chooser.people)[1] * world.assortment.appeal[day]
    if leaf >= 0:
        weights = np.where(world.items.leaf == leaf, weights, 0)
    expected = weights / weights.sum() * DRAWS
    drawn = draw(chooser, day, leaf)
    found = np.bincount(drawn[drawn >= 0], minlength=world.items.size)
    assert (drawn >= 0).all()
    assert found[weights == 0].sum() == 0
    often = expected > 5
    rest = [[found[~often].sum()], [max(expected[~often].sum(), 1e-9)]]
    observed, awaited = np.append(found[often], rest[0]), np.append(expected[often], rest[1])
    assert stats.chisquare(observed, awaited * observed.sum() / awaited.sum()).pvalue > 0.001


def test_what_is_left_is_found_also_where_it_is_all_but_never_drawn(world, chooser, monkeypatch):
    """One try only, so that most draws are made by the weights laid out in full."""
    monkeypatch.setattr(choice, "MOST_TRIES", 1)
    day, person = 90, 1
    for leaf in (-1, 19):
        weights = weigh_items(world, chooser.people)[person] * world.assortment.appeal[day]
        weights = np.where((world.items.leaf == leaf) | (leaf < 0), weights, 0)
        drawn = draw(chooser, day, leaf, person)
        assert (drawn >= 0).all()
        found = np.bincount(drawn, minlength=world.items.size) / DRAWS
        shares = weights / weights.sum()
        assert np.abs(found - shares).max() < 4 * np.sqrt(0.25 / DRAWS)
        assert found[weights == 0].sum() == 0


def test_a_leaf_with_nothing_on_sale_gives_nothing(world, chooser):
    day, leaf = next(
        (day, leaf)
        for leaf in range(40)
        for day in range(world.period.n_days)
        if not (world.assortment.appeal[day] > 0)[world.items.leaf == leaf].any()
    )
    assert (draw(chooser, day, leaf) == -1).all()


def test_dear_items_are_left_by_those_who_mind_the_price(world):
    people = draw_people(world, np.arange(400))
    weights = weigh_items(world, people)
    shares = weights / weights.sum(axis=1, keepdims=True)
    dearness = shares @ world.items.log_price
    minds = people.price_sensitivity > np.median(people.price_sensitivity)
    assert dearness[minds].mean() < dearness[~minds].mean() - 0.1


def test_affinity_is_the_inner_product_of_the_tastes(world, chooser):
    person, item = np.array([0, 2, 2]), np.array([5, 5, 9])
    table = chooser.people.tastes @ world.items.tastes.T
    np.testing.assert_allclose(chooser.affinity(person, item, np.zeros(3)), table[person, item])
    np.testing.assert_allclose(multiply(chooser.people.tastes, world.items.tastes), table)
    everybody = draw_people(world, np.arange(1000)).tastes @ world.items.tastes.T
    assert abs(everybody.std() - 1) < 0.1
