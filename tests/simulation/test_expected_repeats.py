"""Habits come again, and visits go on, as often as expected."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from personalization.simulation.baskets import check_out, fill_carts, follow_habits
from personalization.simulation.browsing import browse, keep_on_sale
from personalization.simulation.choice import Chooser
from personalization.simulation.expected_repeats import (
    expect_habits,
    expect_orders,
    expect_resumed,
)
from personalization.simulation.expected_views import (
    Views,
    expect_cart_odds,
    expect_views,
)
from personalization.simulation.lists import click_on_boxes, show_boxes
from personalization.simulation.people import draw_people
from personalization.simulation.searches import click_on_results, search
from personalization.simulation.visits import draw_visits
from personalization.simulation.window import Past, Window, remember
from tests.simulation.conftest import CHANGES
from tests.simulation.options_of import NO_DIRT, world_of

USERS = np.arange(512)
DAYS = 56
SEEDS = range(1, 25)


def chooser_of(world):
    return Chooser.build(world, draw_people(world, USERS[:256]))


def test_habits_are_told_by_purchases_before_the_window_only(world):
    window = Window(world, world.period.n_days - DAYS)
    chains = remember(window, chooser_of(world)).chains
    assert (chains["ts"] < window.start).all()
    assert (window.start - chains["ts"].max()) < 7 * 86_400
    assert world.items.is_habit[chains["item"]].all()


def repeats_within(window, chooser):
    """People and items of the habits, begun before the window, that come again within it."""
    world, visits = window.world, draw_visits(window.world, chooser)
    views = keep_on_sale(world, all_views(world, chooser, visits))
    lines = check_out(world, chooser, visits, fill_carts(world, chooser, visits, views))
    again = follow_habits(world, chooser, visits, lines[lines["ts"] < window.start])
    return len(again[again["ts"] >= window.start].drop_duplicates(["person", "item"]))


def all_views(world, chooser, visits):
    boxes = click_on_boxes(world, chooser, visits, show_boxes(world, chooser, visits))
    results = click_on_results(search(world, chooser, visits))
    return pd.concat([browse(world, chooser, visits), boxes, results], ignore_index=True)


def test_a_habit_that_is_late_comes_as_often_as_expected():
    """Also for those whose cycle is over: they are late, or have stopped."""
    expected, came = 0.0, 0.0
    for seed in SEEDS:
        world = world_of("base", shop={**CHANGES["shop"], "seed": seed}, dirt=NO_DIRT)
        window = Window(world, world.period.n_days - DAYS)
        for block in (USERS[:256], USERS[256:]):
            chooser = Chooser.build(world, draw_people(world, block))
            past = remember(window, chooser)
            expected += (1 - np.exp(-expect_habits(window, chooser.people, past))).sum()
            came += repeats_within(window, chooser) * (1 - world.strengths.funnel.cancel_share)
    assert expected > 1000
    assert abs(came / expected - 1) < 0.1


def test_a_habit_comes_only_from_who_stays(world):
    """Against a hundred thousand courses of one habit, drawn one by one."""
    shorter = replace(world.strengths.people, stay_days=30.0)
    course = replace(world, strengths=replace(world.strengths, people=shorter))
    window, habits = Window(course, 182 - DAYS), course.strengths.habits
    people = draw_people(course, USERS)
    person = int(np.argmax(window.comes(people)))
    sold = (course.assortment.appeal[window.first :] > 0).all(axis=0)
    item = int(np.argmax(course.items.is_habit & sold))
    last = pd.DataFrame({"person": [person], "item": [item], "ts": [window.start - 86_400 * 10]})
    found = expect_habits(window, people, Past(last, np.full(USERS.size, -1)))[person, item]
    rng = np.random.default_rng(1)
    spread = np.exp(habits.cycle_log_sd * rng.standard_normal(100_000))
    days = course.items.cycle_days[item] * spread - 10
    again = rng.random(days.size) < habits.repeat_share
    open_ = ~(again & (days < 0))
    stays = rng.exponential(30.0, days.size)
    comes = again & (days >= 0) & (days < DAYS) & (days < stays)
    kept = 1 - course.strengths.funnel.cancel_share
    assert -np.expm1(-found) == pytest.approx(comes.sum() / open_.sum() * kept, rel=0.02)


def test_visits_bring_as_many_orders_as_expected():
    expected, came = 0.0, 0
    for seed in SEEDS:
        world = world_of("base", shop={**CHANGES["shop"], "seed": seed}, dirt=NO_DIRT)
        window, people = Window(world, world.period.n_days - DAYS), draw_people(world, USERS)
        seen = expect_views(window, people).seen
        visits = people.visits_per_day * window.comes(people) * window.traffic.sum()
        odds = expect_cart_odds(window, people)
        expected += expect_orders(window, seen, odds, np.zeros(visits.size), visits).sum()
        chooser = Chooser.build(world, people)
        drawn = draw_visits(world, chooser)
        views = keep_on_sale(world, browse(world, chooser, drawn))
        lines = check_out(world, chooser, drawn, fill_carts(world, chooser, drawn, views))
        known_before = window.comes(people)[drawn.person[lines["visit"]]]
        came += lines.loc[known_before & (lines["ts"] >= window.start), "visit"].nunique()
    assert expected > 2000
    assert abs(came / expected - 1) < 0.06


def test_a_visit_resumes_what_was_seen_last(world):
    """Only where it is still on sale, and at most once; instead of what it usually resumes."""
    window = Window(world, world.period.n_days - DAYS)
    gone = int(np.argmax(~(world.assortment.appeal[window.first :] > 0).any(axis=0)))
    kept = int(np.argmax((world.assortment.appeal[window.first :] > 0).all(axis=0)))
    visits, last_seen = np.array([100.0, 100.0, 0.0, 100.0]), np.array([kept, gone, kept, -1])
    same = np.full((4, world.items.size), 0.01)
    expected = expect_resumed(window, Views(same, same, 25 * same, same), visits, last_seen)
    assert expected[0, kept] == pytest.approx(0.25 - 0.01)
    expected[0, kept] -= 0.25
    np.testing.assert_allclose(expected, -0.01 * (visits > 0)[:, None] * np.ones_like(same))


def test_the_last_seen_item_is_that_of_the_last_visit_before_the_cut(world):
    window = Window(world, world.period.n_days - DAYS)
    chooser = chooser_of(world)
    visits = draw_visits(world, chooser)
    last_seen = remember(window, chooser).last_seen
    views = browse(world, chooser, visits)
    for person in range(20):
        own = np.flatnonzero((visits.person == person) & (visits.day < window.first))
        items = views["item"].to_numpy()[np.isin(views["visit"], own)]
        assert last_seen[person] == (items[-1] if items.size else -1)
