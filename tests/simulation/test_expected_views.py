"""Views come as often as expected; carts are a mean over what visits are after."""

from dataclasses import replace

import numpy as np
import pytest

from personalization.simulation.browsing import browse
from personalization.simulation.chance import Chance
from personalization.simulation.choice import Chooser
from personalization.simulation.expected_views import (
    Leanings,
    expect_cart_share,
    expect_views,
    look,
    share_by_views,
    unseen_later,
)
from personalization.simulation.people import draw_people
from personalization.simulation.visits import draw_visits
from personalization.simulation.window import Window

USERS = np.arange(256)
DAYS = 28


def test_a_visit_shows_an_item_as_often_as_expected(world):
    """By how likely it is: items that are seen seldom, now and then, often."""
    expected, came = np.zeros(3), np.zeros(3)
    for replica in range(20):
        course = replace(world, chance=Chance(world.seed, replica))
        window = Window(course, course.period.n_days - DAYS)
        chooser = Chooser.build(course, draw_people(course, USERS))
        seen = expect_views(window, chooser.people).seen
        likely = np.digitize(seen, [0.005, 0.05])
        visits = draw_visits(course, chooser)
        there = visits.day >= window.first
        expected += sum_by(likely, seen * np.bincount(visits.person[there], minlength=256)[:, None])
        views = browse(course, chooser, visits).drop_duplicates(["visit", "item"])
        views = views[there[views["visit"]]]
        counts = np.zeros_like(seen)
        np.add.at(counts, (visits.person[views["visit"]], views["item"].to_numpy()), 1)
        came += sum_by(likely, counts)
    assert (expected > 3000).all()
    np.testing.assert_allclose(came / expected, 1, atol=0.05)


def sum_by(group, values):
    return np.bincount(group.ravel(), weights=values.ravel(), minlength=3)


def test_visits_have_as_many_views_as_drawn(world):
    chooser = Chooser.build(world, draw_people(world, USERS))
    n_views = draw_visits(world, chooser).n_views
    share = share_by_views(world)
    assert share.sum() == pytest.approx(1)
    drawn = np.bincount(n_views, minlength=share.size + 1)[1:] / n_views.size
    np.testing.assert_allclose(drawn, share, atol=0.015)


def test_more_views_see_more_and_never_more_than_all(world):
    chances = np.array([0.0, 0.001, 0.1, 0.9, 1.0])
    leanings = Leanings(np.ones(5), chances, chances)
    seen, _, going_on, resumed = look(world, leanings, unseen_later(world))
    np.testing.assert_allclose(resumed, going_on * chances)
    assert seen[0] == pytest.approx(0, abs=1e-9)
    assert (np.diff(seen) > 0).all()
    assert seen[1] > 2 * chances[1]  # a visit has several views
    assert seen[-1] <= 1


def test_the_will_to_cart_is_a_mean_over_intents(world):
    funnel = world.strengths.funnel
    intents = funnel.intent_sd * Chance(1).normals("z", np.arange(200_000))
    odds = funnel.cart_logit + funnel.cart_taste * 0.7 + intents
    drawn = (1 / (1 + np.exp(-odds))).mean()
    assert expect_cart_share(world, np.array([funnel.cart_logit + funnel.cart_taste * 0.7]))[
        0
    ] == pytest.approx(drawn, rel=0.01)
