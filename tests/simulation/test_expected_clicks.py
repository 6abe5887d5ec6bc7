"""Clicks on search results and recommendation boxes come as often as expected."""

from dataclasses import replace

import numpy as np
import pytest

from personalization.simulation.chance import Chance
from personalization.simulation.choice import Chooser
from personalization.simulation.expected_clicks import (
    expect_box_clicks,
    expect_search_clicks,
    list_queries,
)
from personalization.simulation.expected_views import expect_views
from personalization.simulation.lists import click_on_boxes, show_boxes
from personalization.simulation.people import draw_people
from personalization.simulation.searches import search
from personalization.simulation.visits import draw_visits
from personalization.simulation.window import Window
from tests.simulation.options_of import NO_DIRT, world_of

USERS = np.arange(512)
DAYS = 91


@pytest.fixture(scope="module")
def clicky():
    """A shop in which boxes are shown and clicked often."""
    lists = {"visit_share": 1.0, "click_logit": -2.0}
    small = {"days": 182, "n_users": 512, "n_strangers": 0, "n_products": 200}
    shop = {"size": "small", "sizes": {"small": {**small, "visits_per_user": 40}}}
    return world_of("base", shop=shop, strengths={"lists": lists}, dirt=NO_DIRT)


def courses(world):
    for replica in range(4):
        course = replace(world, chance=Chance(world.seed, replica))
        window = Window(course, course.period.n_days - DAYS)
        chooser = Chooser.build(course, draw_people(course, USERS))
        visits = draw_visits(course, chooser)
        yield window, chooser, visits, np.flatnonzero(visits.day >= window.first)


def count_by_popularity(world, items):
    """Clicks of the less and of the more popular half of the products."""
    half = world.items.log_popularity > np.median(world.items.log_popularity)
    return np.bincount(half[items].astype(int), minlength=2)


def test_search_results_are_clicked_as_often_as_expected(clicky):
    expected, came = np.zeros(2), np.zeros(2)
    popular = clicky.items.log_popularity > np.median(clicky.items.log_popularity)
    for window, chooser, visits, there in courses(clicky):
        views = expect_views(window, chooser.people)
        per_visit = expect_search_clicks(window, chooser.people, views.anywhere)
        times = np.bincount(visits.person[there], minlength=USERS.size)
        by_item = (per_visit * times[:, None]).sum(axis=0)
        expected += [by_item[~popular].sum(), by_item[popular].sum()]
        found = search(window.world, chooser, visits)
        found = found[np.isin(found["visit"], there) & (found["item"] >= 0)]
        came += count_by_popularity(clicky, found["item"].to_numpy(dtype=int))
    assert (expected > 80).all()
    np.testing.assert_allclose(came / expected, 1, atol=0.12)


def test_boxes_are_clicked_as_often_as_expected(clicky):
    expected, came = np.zeros(2), np.zeros(2)
    popular = clicky.items.log_popularity > np.median(clicky.items.log_popularity)
    for window, chooser, visits, there in courses(clicky):
        times = np.bincount(visits.person[there], minlength=USERS.size)
        by_item = (
            expect_box_clicks(window, chooser.people, np.zeros(times.size)) * times[:, None]
        ).sum(axis=0)
        expected += [by_item[~popular].sum(), by_item[popular].sum()]
        shown = show_boxes(window.world, chooser, visits)
        clicks = click_on_boxes(window.world, chooser, visits, shown)
        clicks = clicks[np.isin(clicks["visit"], there)]
        came += count_by_popularity(clicky, clicks["item"].to_numpy(dtype=int))
    assert (expected > 500).all()
    np.testing.assert_allclose(came / expected, 1, atol=0.07)


def test_a_query_shows_the_popular_products_that_it_names(clicky):
    queries = list_queries(Window(clicky, clicky.period.n_days - DAYS))
    typed, items = queries.typed.toarray(), clicky.items
    whole = 1 - 0.05  # a search with a slip finds nothing
    np.testing.assert_allclose(typed.sum(axis=0), whole)
    for shares, results in zip(typed, queries.results, strict=True):
        named, shown = np.flatnonzero(shares), results[results >= 0]
        assert set(shown) <= set(named)
        assert len(set(items.leaf[named])) == 1
        assert len(shown) in (clicky.strengths.searches.results, len(set(shown)))
