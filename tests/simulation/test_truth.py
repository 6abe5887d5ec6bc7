"""The truth's probabilities are those with which things happen."""

from dataclasses import replace

import numpy as np
import pytest

from personalization.simulation.baskets import follow_habits
from personalization.simulation.chance import Chance
from personalization.simulation.choice import Chooser
from personalization.simulation.happenings import NUMBER_OF, happen
from personalization.simulation.people import draw_people
from personalization.simulation.truth import (
    Window,
    best_items,
    buy_probabilities,
    cart_share,
    expect_habits,
    find_habits,
    past_lines,
    seen_at_least_once,
)

USERS = np.arange(600)
DAYS = 56
REPLICAS = 4


@pytest.fixture(scope="module")
def futures(world):
    """Probabilities of every user and item, and how it came, in several courses of the shop."""
    found = []
    for replica in range(REPLICAS):
        course = replace(world, chance=Chance(world.seed, replica))
        window = Window(course, course.period.n_days - DAYS)
        chance = np.vstack([buy_probabilities(window, USERS[:256]), *rest(window)])
        rows = happen(course, np.arange(course.n_people))
        bought = rows[(rows["kind"] == NUMBER_OF["purchase"]) & rows["known"] & ~rows["cancelled"]]
        bought = bought[(bought["ts"] >= window.start) & (bought["person"] < 600)]
        came = np.zeros_like(chance)
        came[bought["person"], bought["item"]] = 1
        there = window.comes(draw_people(course, USERS))
        found.append((chance[there], came[there]))
    return tuple(np.concatenate(part) for part in zip(*found, strict=True))


def rest(window):
    return [buy_probabilities(window, USERS[256:512]), buy_probabilities(window, USERS[512:])]


def test_as_much_is_bought_as_is_expected(futures):
    chance, came = futures
    assert abs(came.sum() / chance.sum() - 1) < 0.12


@pytest.mark.parametrize(("low", "high"), [(0.0, 0.005), (0.005, 0.03), (0.03, 0.15), (0.15, 1.0)])
def test_likely_things_happen_as_often_as_they_are_likely(futures, low, high):
    chance, came = futures
    chosen = (chance >= low) & (chance < high)
    expected = chance[chosen].sum()
    assert expected > 100
    assert abs(came[chosen].sum() / expected - 1) < 0.2


def test_habits_are_told_by_purchases_before_the_window_only(world):
    window = Window(world, world.period.n_days - DAYS)
    chains = find_habits(window, chooser_of(world))
    assert (chains["ts"] < window.start).all()
    assert (window.start - chains["ts"].max()) < 7 * 86_400
    assert world.items.is_habit[chains["item"]].all()


def test_a_habit_that_is_late_comes_as_often_as_expected(world):
    """Also for those whose cycle is over: they are late, or have stopped."""
    expected, came = 0.0, 0
    for replica in range(REPLICAS):
        course = replace(world, chance=Chance(world.seed, replica))
        window = Window(course, course.period.n_days - DAYS)
        for block in (USERS[:256], USERS[256:512]):
            chooser = Chooser.build(course, draw_people(course, block))
            expected += (1 - np.exp(-expect_habits(window, chooser))).sum()
            visits, lines = past_lines(window, chooser)
            again = follow_habits(course, chooser, visits, lines)
            later = again[again["ts"] >= window.start].drop_duplicates(["person", "item"])
            came += len(later) * (1 - course.strengths.funnel.cancel_share)
    assert expected > 200
    assert abs(came / expected - 1) < 0.15


def chooser_of(world):
    return Chooser.build(world, draw_people(world, USERS[:256]))


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


def test_more_views_see_more_and_never_more_than_all(world):
    chances = np.array([0.0, 0.001, 0.1, 0.9, 1.0])
    seen = seen_at_least_once(world, chances)
    assert seen[0] == pytest.approx(0, abs=1e-9)
    assert (np.diff(seen) > 0).all()
    assert seen[1] > 2 * chances[1]  # a visit has several views
    assert seen[-1] <= 1


def test_the_will_to_cart_is_a_mean_over_intents(world):
    funnel = world.strengths.funnel
    intents = funnel.intent_sd * Chance(1).normals("z", np.arange(200_000))
    odds = funnel.cart_logit + funnel.cart_taste * 0.7 + intents
    drawn = (1 / (1 + np.exp(-odds))).mean()
    assert cart_share(world, np.array([0.7]))[0] == pytest.approx(drawn, rel=0.01)


def test_the_best_items_come_first(world):
    window = Window(world, world.period.n_days - DAYS)
    best = best_items(window, np.arange(590, 610))
    assert set(best["person"]) == set(range(590, 600))  # accounts only
    assert (best.groupby("person").size() == 100).all()
    assert (best.groupby("person")["probability"].diff().dropna() <= 0).all()
