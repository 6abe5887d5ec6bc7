from typing import get_type_hints

import numpy as np
import pytest

from personalization.simulation.browsing import browse, keep_on_sale, point_to_first
from personalization.simulation.choice import Chooser
from personalization.simulation.people import draw_people
from personalization.simulation.strengths import PeopleOptions
from personalization.simulation.visits import MOST_VIEWS, draw_visits


@pytest.fixture(scope="module")
def chooser(world):
    return Chooser.build(world, draw_people(world, np.arange(512)))


@pytest.fixture(scope="module")
def visits(world, chooser):
    return draw_visits(world, chooser)


@pytest.fixture(scope="module")
def views(world, chooser, visits):
    return browse(world, chooser, visits)


def test_visits_come_by_person_in_time_order_while_the_person_comes(world, chooser, visits):
    assert (np.diff(visits.person) >= 0).all()
    same = np.diff(visits.person) == 0
    assert (np.diff(visits.start)[same] >= 0).all()
    people = chooser.people
    assert (visits.day >= np.floor(np.maximum(people.first_day, 0))[visits.person]).all()
    assert (visits.day <= people.last_day[visits.person]).all()
    assert (visits.start >= world.period.start).all()
    assert (visits.start < world.period.end).all()


def test_visits_are_as_many_as_expected(world, chooser, visits):
    people = chooser.people
    stays = np.maximum(people.last_day - np.maximum(people.first_day, 0), 0)
    expected = (people.visits_per_day * stays).sum()  # apart from busy and quiet seasons
    assert 0.85 < visits.person.size / expected < 1.2
    counts = np.bincount(visits.person, minlength=512)
    usual = people.visits_per_day * stays > 5
    spread = (counts - people.visits_per_day * stays)[usual] ** 2
    assert 0.7 < (spread / (people.visits_per_day * stays)[usual]).mean() < 2


def test_only_people_with_an_account_sign_in(chooser, visits):
    assert chooser.people.has_account[visits.person].all()  # the first 512 are
    assert abs(visits.signed_in.mean() - 0.58) < 0.02


def test_views_have_the_published_lengths_and_gaps(visits, views):
    length = views.groupby("visit").size().to_numpy()
    assert (length == visits.n_views).all()
    quantiles = np.percentile(length, [50, 90, 99])
    assert 3 <= quantiles[0] <= 6
    assert 2.3 <= quantiles[1] / quantiles[0] <= 6.5
    assert quantiles[2] / quantiles[0] >= 6
    gaps = views["ts"].diff()[views["visit"].diff() == 0]
    assert abs(np.log(gaps).mean() - 3.95) < 0.1
    assert abs(np.log(gaps).std() - 1.51) < 0.1


def test_a_visit_is_about_a_category_and_returns_to_what_it_saw(world, visits, views):
    found = views[views["item"] >= 0]
    leaf = world.items.leaf[found["item"]]
    about = visits.leaf[found["visit"]]
    assert 0.6 < (leaf == about).mean() < 0.85  # focus_share .6, and what others draw by chance
    again = found.duplicated(["visit", "item"]).mean()
    assert 0.15 < again < 0.6  # revisit_share .15, and what small categories bring again


def test_some_visits_begin_where_the_last_one_ended(visits, views):
    ends = views.groupby("visit")["item"].agg(["first", "last"])
    follows = np.flatnonzero(np.diff(visits.person) == 0) + 1
    resumed = ends["first"].to_numpy()[follows] == ends["last"].to_numpy()[follows - 1]
    assert 0.24 < resumed.mean() < 0.45  # resume_share .25, and chance


def test_pointers_are_followed_to_their_end():
    assert point_to_first(np.array([0, 0, 1, 2, 4, 4])).tolist() == [0, 0, 0, 0, 4, 4]


def test_what_is_not_on_sale_any_more_is_left_out(world, views):
    kept = keep_on_sale(world, views)
    day = world.period.day_of(kept["ts"].to_numpy())
    assert (world.assortment.appeal[day, kept["item"]] > 0).all()
    assert 0.97 < len(kept) / len(views) < 1


def test_bots_come_around_the_clock_and_race_through(world):
    chooser = Chooser.build(world, draw_people(world, np.array([1200, 1201])))
    visits = draw_visits(world, chooser)
    assert visits.person.size > 20
    assert (visits.n_views == 1 + world.strengths.people.bot_views).all()
    hours = (visits.start // 3600) % 24
    assert ((hours >= 1) & (hours < 6)).mean() > 0.1
    gaps = browse(world, chooser, visits)["ts"].diff()
    assert gaps.median() == 3


def test_a_bot_s_views_are_never_cut():
    (limits,) = get_type_hints(PeopleOptions, include_extras=True)["bot_views"].__metadata__
    assert limits.high == MOST_VIEWS - 1
