"""Each scenario of drift does what it says, from its first day on, and nothing else."""

import numpy as np
import pandas as pd
import pytest

from personalization.contracts.errors import ConfigurationError
from personalization.simulation.catalogue import LEAVES
from personalization.simulation.choice import Chooser
from personalization.simulation.dirt import LOST_USER, soil
from personalization.simulation.expected_views import expect_cart_share
from personalization.simulation.happenings import NUMBER_OF, block_numbers, happen
from personalization.simulation.people import draw_people
from personalization.simulation.shifts import UNITS, Shift, find_shift
from personalization.simulation.tables import write_events
from tests.simulation.conftest import CHANGES
from tests.simulation.options_of import merge, world_of

WHEN = {"start": 60, "days": 30}
FIRST = 182 - 60


def shifted(scenario, strength, **strengths):
    drift = {"active": scenario, scenario: {**WHEN, "strength": strength}}
    changes = merge(CHANGES, {"strengths": strengths})
    return world_of("base", **changes, drift=drift)


def everything(world):
    blocks = [happen(world, block_numbers(world, block)) for block in range(world.n_blocks)]
    return pd.concat(blocks, ignore_index=True)


def before(world, rows, first=FIRST):
    found = rows[world.period.day_of(rows["ts"].to_numpy()) < first]
    found = found.sort_values(["person", "seq"]).drop(columns=["results", "seq"])
    return found.reset_index(drop=True)


@pytest.mark.parametrize("scenario", sorted(UNITS))
def test_nothing_changes_before_the_scenario_begins(scenario, world, happenings):
    """A new category is missing before: it takes places in visits and searches from others."""
    course = shifted(scenario, 0.5)
    rows = everything(course)
    rows = rows[rows["person"] < world.n_people]
    if scenario == "new_category":
        new = course.items.leaf == find_shift(course.shifts, scenario).leaf
        shown = before(course, rows)
        assert not new[shown.loc[shown["item"] >= 0, "item"]].any()
        return
    if scenario == "campaign":  # the days' visits are one draw
        assert len(before(course, rows)) == pytest.approx(len(before(world, happenings)), rel=0.03)
        return
    pd.testing.assert_frame_equal(before(course, rows), before(world, happenings))


def test_none_is_the_default(world):
    assert world.shifts == ()
    assert np.all(world.assortment.price_level == 1)


def test_tastes_change_person_by_person_and_as_much_as_stated():
    course = shifted("taste_change", 0.6)
    people = draw_people(course, np.arange(600))
    assert people.changes_on.min() >= FIRST
    assert people.changes_on.max() < FIRST + 30
    half = (people.changes_on < FIRST + 15).mean()
    assert abs(half - 0.5) < 0.08
    both = np.corrcoef(people.tastes.ravel(), people.later_tastes.ravel())[0, 1]
    assert both == pytest.approx(np.sqrt(0.4), abs=0.03)
    assert people.later_tastes.std() == pytest.approx(people.tastes.std(), rel=0.05)
    earlier, later = people.as_of(FIRST - 1), people.as_of(FIRST + 30)
    np.testing.assert_array_equal(earlier.tastes, people.tastes)
    np.testing.assert_array_equal(later.tastes, people.later_tastes)


def test_affinity_is_that_of_the_day():
    course = shifted("taste_change", 1.0)
    people = draw_people(course, np.arange(40))
    chooser, person = Chooser.build(course, people), np.arange(40)
    for day, tastes in ((FIRST - 1, people.tastes), (FIRST + 30, people.later_tastes)):
        expected = (tastes * course.items.tastes[person]).sum(axis=1)
        found = chooser.affinity(person, person, np.full(40, day))
        np.testing.assert_allclose(found, expected)


def test_changed_tastes_are_what_people_look_at_afterwards():
    course = shifted("taste_change", 1.0)
    people = draw_people(course, np.arange(600))
    rows = everything(course)
    views = rows[(rows["kind"] == NUMBER_OF["view"]) & (rows["person"] < 600)]
    day = course.period.day_of(views["ts"].to_numpy())
    person, item = views["person"].to_numpy(), views["item"].to_numpy()
    liked = (people.tastes[person] * course.items.tastes[item]).sum(axis=1)
    liked_later = (people.later_tastes[person] * course.items.tastes[item]).sum(axis=1)
    old = day < people.changes_on[person]
    assert liked[old].mean() > 0.6
    assert liked[~old].mean() < 0.3
    assert liked_later[~old].mean() > 0.6


def test_prices_rise_day_by_day_and_fewer_carts_are_filled():
    """Habits, and what is added to an order, are bought at any price."""
    course = shifted("price_rise", 1.0, habits={"supplement_share": 0.0})
    level = course.assortment.price_level
    assert (level[:FIRST] == 1).all()
    assert level[FIRST + 14] == pytest.approx(1.5)
    assert (level[FIRST + 29 :] == 2).all()
    rows = happen(course, np.arange(600))
    views = rows[(rows["kind"] == NUMBER_OF["view"])]
    last = views[course.period.day_of(views["ts"].to_numpy()) >= FIRST + 30]
    day = course.period.day_of(last["ts"].to_numpy())
    usual = course.items.base_price[last["item"]] * course.assortment.discount[day, last["item"]]
    np.testing.assert_allclose(last["price"], 2 * usual, atol=0.0051)
    usual = shifted("price_rise", 0.0, habits={"supplement_share": 0.0})
    before = happen(usual, np.arange(600))
    carts = [
        count(usual, found[~usual.items.is_habit[found["item"]]], "cart", FIRST + 30)
        for found in (rows, before)
    ]
    assert carts[0] / carts[1] == pytest.approx(expected_fall(usual, before), abs=0.07)


def expected_fall(world, rows):
    """Carts at twice the prices per cart as usual, mean over what is looked at."""
    looked = rows[rows["kind"] == NUMBER_OF["view"]]
    tastes = draw_people(world, looked["person"].to_numpy()).tastes
    affinity = (tastes * world.items.tastes[looked["item"]]).sum(axis=1)
    funnel = world.strengths.funnel
    odds = funnel.cart_logit + funnel.cart_taste * affinity
    dearer = expect_cart_share(world, odds - funnel.cart_elasticity * np.log(2))
    return dearer.sum() / expect_cart_share(world, odds).sum()


def count(world, rows, kind, first, days=200):
    day = world.period.day_of(rows["ts"].to_numpy())
    return int(((rows["kind"] == NUMBER_OF[kind]) & (day >= first) & (day < first + days)).sum())


def test_a_new_category_is_sold_from_its_first_day_and_favoured_at_first():
    course = shifted("new_category", 1.0)
    shift = find_shift(course.shifts, "new_category")
    new = np.flatnonzero(course.items.leaf == shift.leaf)
    appeal = course.assortment.appeal
    assert (appeal[:FIRST, new] == 0).all()
    assert (appeal[FIRST, new] > 0).any()
    assert (course.assortment.launch_day[new] == FIRST).all()
    calm = shifted("new_category", 0.0).assortment.appeal
    sold = new[(calm[FIRST : FIRST + 30, new] > 0).all(axis=0)]
    gained = np.log(appeal[FIRST : FIRST + 30, sold] / calm[FIRST : FIRST + 30, sold])
    assert gained[0].max() > 0.5
    assert (gained[29] <= 0.04).all()
    assert course.assortment.on_sale(new, np.full(new.size, FIRST)).sum() > 0.5 * new.size


def test_a_new_category_is_new_beyond_all_else_that_moves_appeal():
    """Novelty counts from its first day, and what the scenario adds is never cut."""
    still = {"trend_log_sd": 0.0, "season_log_sd": 0.0, "promotion_share": 0.0}
    course = shifted("new_category", 2.0, assortment={**still, "novelty": 1.2})
    new = course.items.leaf == find_shift(course.shifts, "new_category").leaf
    first = course.assortment.appeal[FIRST, new]
    added = 1.2 + 2.0 * (1 - 1 / WHEN["days"])
    np.testing.assert_allclose(np.log(first[first > 0]), added, rtol=1e-5)


def test_a_broken_tracker_loses_known_users_of_events_only():
    course = shifted("broken_tracking", 0.4)
    rows = soil(course, everything(course))
    day = course.period.day_of(rows["ts"].to_numpy())
    during = (day >= FIRST) & (day < FIRST + 30)
    event = rows["kind"] != NUMBER_OF["search"]
    lost = rows["dirt"] == LOST_USER
    assert not lost[~during | ~rows["known"] | ~event].any()
    assert lost[during & rows["known"] & event].mean() == pytest.approx(0.4, abs=0.03)
    part = {name: column.to_numpy() for name, column in rows[event].iloc[:100_000].items()}
    users = write_events(course, part)["user_id"].to_pylist()
    assert [user == "" or user is None for user in users] == (
        (part["dirt"] == LOST_USER) | ~part["known"]
    ).tolist()


def test_a_campaign_brings_visits_and_cuts_prices_of_one_category(world, happenings):
    course = shifted("campaign", 0.8)
    rows = everything(course)
    views = [count(world, r, "view", FIRST, 30) for r in (rows, happenings)]
    assert views[0] / views[1] == pytest.approx(1.8, abs=0.15)
    leaf = find_shift(course.shifts, "campaign").leaf
    cut = course.assortment.discount[FIRST : FIRST + 30][:, course.items.leaf == leaf]
    usual = world.assortment.discount[FIRST : FIRST + 30][:, course.items.leaf == leaf]
    np.testing.assert_array_equal(cut, np.minimum(usual, np.float32(0.8)))
    other = course.items.leaf != leaf
    assert (course.assortment.discount[:, other] == world.assortment.discount[:, other]).all()


def test_a_campaign_takes_off_what_is_stated(world):
    campaign = {**WHEN, "strength": 0.8, "discount": 0.5}
    drift = {"active": "campaign", "campaign": campaign}
    course = world_of("base", **CHANGES, drift=drift)
    cut = course.assortment.discount[FIRST, course.items.leaf == course.shifts[0].leaf]
    np.testing.assert_array_equal(cut, np.float32(0.5))


@pytest.mark.parametrize("visits_per_day", [4.0, 0.3])
def test_a_bot_wave_visits_as_often_as_stated_and_buys_nothing(world, visits_per_day):
    course = shifted("bot_wave", 0.5, people={"bot_visits_per_day": visits_per_day})
    assert course.n_people > world.n_people
    rows = everything(course)
    bots = rows[rows["person"] >= course.n_steady]
    day = course.period.day_of(bots["ts"].to_numpy())
    assert day.min() >= FIRST
    assert day.max() <= FIRST + 30  # a visit may last beyond midnight
    assert set(bots["kind"]) <= {NUMBER_OF["view"], NUMBER_OF["impression"]}
    human = rows[(rows["person"] < course.n_humans) & (rows["kind"] == NUMBER_OF["view"])]
    day = course.period.day_of(human["ts"].to_numpy())
    human = human[(day >= FIRST) & (day < FIRST + 30)]
    visits = [one.groupby("person")["visit"].nunique().sum() for one in (bots, human)]
    assert visits[0] / visits[1] == pytest.approx(0.5, rel=0.12)


@pytest.mark.parametrize(
    ("drift", "told"),
    [
        ({"active": "price_drop"}, "names 'price_drop'; there are none, taste_change, price_rise"),
        ({"active": ["campaign", "storm"]}, "names 'storm'"),
        ({"taste_change": {"strength": 1.1}}, r"drift\.taste_change\.strength is 1\.1"),
        ({"price_rise": {"days": 0}}, r"drift\.price_rise\.days is 0"),
        ({"campaign": {"begin": 3}}, r"drift\.campaign\.begin: no such key"),
        ({"bot_wave": {"strength": -1}}, r"drift\.bot_wave\.strength is -1"),
        ({"active": "campaign", "campaign": {"start": 183}}, "the shop has 182 days only"),
    ],
)
def test_an_impossible_scenario_is_refused_by_its_key(drift, told):
    with pytest.raises(ConfigurationError, match=told):
        world_of("base", **CHANGES, drift=drift)


def test_several_scenarios_may_be_active():
    course = world_of("base", **CHANGES, drift={"active": ["bot_wave", "campaign"]})
    assert [shift.scenario for shift in course.shifts] == ["campaign", "bot_wave"]
    assert 0 <= find_shift(course.shifts, "campaign").leaf < len(LEAVES)


def test_a_shift_knows_its_days():
    shift = Shift("campaign", first=2, days=2, strength=1.0)
    assert shift.during(5).tolist() == [False, False, True, True, False]
