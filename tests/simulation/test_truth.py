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


def follow(world, number):
    """Probabilities of the users who are there and all items, and how it came."""
    window = Window(world, world.period.n_days - DAYS)
    rows = happen(world, number)
    bought = rows[(rows["kind"] == NUMBER_OF["purchase"]) & ~rows["cancelled"]]
    bought = bought[bought["known"] & (bought["ts"] >= window.start)]
    came = np.zeros((number.size, world.items.size))
    came[bought["person"] - number[0], bought["item"]] = 1
    there = window.comes(draw_people(world, number))
    return buy_probabilities(window, number)[there], came[there]


@pytest.fixture(scope="module")
def futures():
    """What was probable and what came, in several shops."""
    shops = [world_of("base", shop={**CHANGES["shop"], "seed": s}, dirt=NO_DIRT) for s in SEEDS]
    found = [follow(world, number) for world in shops for number in (USERS[:256], USERS[256:512])]
    return tuple(np.concatenate(part) for part in zip(*found, strict=True))


def test_as_much_is_bought_as_is_expected(futures):
    chance, came = futures
    assert abs(came.sum() / chance.sum() - 1) < 0.03


@pytest.mark.parametrize(("low", "high"), [(0.0, 0.005), (0.005, 0.03), (0.03, 0.15), (0.15, 1.0)])
def test_likely_things_happen_as_often_as_they_are_likely(futures, low, high):
    chance, came = futures
    chosen = (chance >= low) & (chance < high)
    expected = chance[chosen].sum()
    assert expected > 100
    assert abs(came[chosen].sum() / expected - 1) < 0.08


ALWAYS = {"start": DAYS, "days": DAYS}
OTHER_SHOPS = {
    "whoever buys stays unknown": {
        "people": {"signed_in_share": 0.0},
        "funnel": {"guest_factor": 1.0, "sign_in_share": 0.0},
    },
    "everything is out of stock for months": {
        "assortment": {"stock_out_share": 1.0, "stock_out_days": [60, 90], "core_share": 0.0}
    },
    "people go on from what they saw last": {"visits": {"resume_share": 1.0}},
    "clicks are treated": {
        "lists": {"visit_share": 1.0},
        "experiment": {**ALWAYS, "click_logit": 5.0, "cart_logit": 0.0},
    },
    "carts are treated for two weeks": {
        "experiment": {"start": DAYS, "days": 14, "click_logit": 0.0, "cart_logit": 3.0}
    },
}


@pytest.mark.parametrize("name", OTHER_SHOPS)
def test_as_much_is_bought_as_is_expected_in_other_shops(name):
    strengths = dict(OTHER_SHOPS[name])
    experiment = {"enabled": True, **strengths.pop("experiment", {"enabled": False})}
    expected = came = 0.0
    for seed in range(1, 13):
        shop = {**CHANGES["shop"], "seed": seed}
        changes = {"strengths": strengths, "experiment": experiment, "dirt": NO_DIRT}
        chance, bought = follow(world_of("base", shop=shop, **changes), USERS[:512])
        expected, came = expected + chance.sum(), came + bought.sum()
    assert expected > 1000
    assert abs(came / expected - 1) < 0.05


def test_who_has_left_or_not_come_yet_buys_nothing(world):
    window = Window(world, world.period.n_days - DAYS)
    there = window.comes(draw_people(world, USERS[:256]))
    chance = buy_probabilities(window, USERS[:256])
    assert 0 < there.sum() < 256
    assert (chance[~there] == 0).all()
    assert (chance[there].sum(axis=1) > 0).all()


def test_a_person_s_probabilities_are_the_same_alone(world):
    window = Window(world, world.period.n_days - DAYS)
    together = buy_probabilities(window, USERS[:50])
    for person in range(50):
        alone = buy_probabilities(window, USERS[person : person + 1])
        np.testing.assert_array_equal(together[person], alone[0])


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


def test_the_truth_does_not_know_a_taste_that_changes_on_the_first_day_after_the_cut():
    number, window_of = np.arange(100), lambda world: Window(world, world.period.n_days - DAYS)
    change = {"days": 1, "strength": 1.0}
    plain, at_the_cut, before = (
        buy_probabilities(window_of(world_of("base", **CHANGES, drift=drift)), number)
        for drift in (
            {"active": "none"},
            {"active": "taste_change", "taste_change": {"start": DAYS, **change}},
            {"active": "taste_change", "taste_change": {"start": DAYS + 1, **change}},
        )
    )
    np.testing.assert_array_equal(at_the_cut, plain)
    assert not np.allclose(before, plain)


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
