"""The truth's probabilities are those with which things happen."""

import numpy as np
import pytest

from personalization.simulation.happenings import NUMBER_OF, happen
from personalization.simulation.people import draw_people
from personalization.simulation.truth import best_items, buy_probabilities
from personalization.simulation.window import Window
from tests.simulation.conftest import CHANGES
from tests.simulation.options_of import NO_DIRT, world_of

USERS = np.arange(600)
DAYS = 56
SEEDS = range(1, 13)


@pytest.fixture(scope="module")
def futures():
    """Probabilities of every user and item, and how it came, in several shops."""
    found = []
    for seed in SEEDS:
        world = world_of("base", shop={**CHANGES["shop"], "seed": seed}, dirt=NO_DIRT)
        window = Window(world, world.period.n_days - DAYS)
        for number in (USERS[:256], USERS[256:512]):
            rows = happen(world, number)
            bought = rows[(rows["kind"] == NUMBER_OF["purchase"]) & ~rows["cancelled"]]
            bought = bought[bought["known"] & (bought["ts"] >= window.start)]
            came = np.zeros((number.size, world.items.size))
            came[bought["person"] - number[0], bought["item"]] = 1
            there = window.comes(draw_people(world, number))
            found.append((buy_probabilities(window, number)[there], came[there]))
    return tuple(np.concatenate(part) for part in zip(*found, strict=True))


def test_as_much_is_bought_as_is_expected(futures):
    chance, came = futures
    assert abs(came.sum() / chance.sum() - 1) < 0.05


@pytest.mark.parametrize(("low", "high"), [(0.0, 0.005), (0.005, 0.03), (0.03, 0.15), (0.15, 1.0)])
def test_likely_things_happen_as_often_as_they_are_likely(futures, low, high):
    chance, came = futures
    chosen = (chance >= low) & (chance < high)
    expected = chance[chosen].sum()
    assert expected > 100
    assert abs(came[chosen].sum() / expected - 1) < 0.12


def test_who_has_left_or_not_come_yet_buys_nothing(world):
    window = Window(world, world.period.n_days - DAYS)
    there = window.comes(draw_people(world, USERS[:256]))
    chance = buy_probabilities(window, USERS[:256])
    assert 0 < there.sum() < 256
    assert (chance[~there] == 0).all()
    assert (chance[there].sum(axis=1) > 0).all()


def test_a_person_s_probabilities_are_the_same_alone(world):
    window = Window(world, world.period.n_days - DAYS)
    together, alone = (buy_probabilities(window, number) for number in (USERS[:50], USERS[17:18]))
    np.testing.assert_array_equal(together[17], alone[0])


def test_the_best_items_come_first(world):
    window = Window(world, world.period.n_days - DAYS)
    best = best_items(window, np.arange(540, 610))
    there = window.comes(draw_people(world, np.arange(540, 610)))  # accounts only
    assert set(best["person"]) == set(np.arange(540, 610)[there])
    assert (best.groupby("person").size() == 100).all()
    assert (best["probability"] > 0).all()
    assert (best.groupby("person")["probability"].diff().dropna() <= 0).all()


def test_the_truth_knows_a_taste_that_has_changed_and_not_one_that_will():
    number, changed = np.arange(200), {"start": 90, "days": 20, "strength": 1.0}
    drift = {"active": "taste_change", "taste_change": changed}
    world = world_of("base", **CHANGES, drift=drift)
    people = draw_people(world, number)
    for first, known in ((182 - 60, people.later_tastes), (182 - 91, people.tastes)):
        window = Window(world, first)
        there = window.comes(people)
        chance = buy_probabilities(window, number)[there]
        liked = (chance * (known[there] @ world.items.tastes.T)).sum() / chance.sum()
        assert liked > 0.6


def test_the_truth_knows_prices_and_the_arm_of_a_person():
    plain, number = world_of("base", **CHANGES), np.arange(200)
    rise = {"active": "price_rise", "price_rise": {"start": 90, "days": 1, "strength": 1.0}}
    dear = world_of("base", **CHANGES, drift=rise)
    plan = {"enabled": True, "start": DAYS, "days": DAYS, "cart_logit": 1.0}
    tried = world_of("base", **CHANGES, experiment=plan)
    usual, dearer, other = (
        buy_probabilities(Window(world, 182 - DAYS), number)[:, ~world.items.is_habit].sum(axis=1)
        for world in (plain, dear, tried)
    )
    treated = tried.experiment.treats(number)
    np.testing.assert_allclose(other[~treated], usual[~treated])
    assert 1.5 < other[treated].sum() / usual[treated].sum() < np.e
    assert 2**-1.5 < dearer.sum() / usual.sum() < 0.5


def test_a_month_without_visits_leaves_habits_and_no_nonsense():
    weights = {"month_weights": [1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1]}  # the window lies in June
    quiet = world_of("base", **{**CHANGES, "strengths": {"clock": weights}})
    chance = buy_probabilities(Window(quiet, 182 - 28), np.arange(100))
    assert np.isfinite(chance).all()
    assert (chance > 0).any()
