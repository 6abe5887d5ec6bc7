import numpy as np
import pytest

from personalization.simulation.choice import Chooser
from personalization.simulation.dealing import POLICIES
from personalization.simulation.lists import show_boxes
from personalization.simulation.people import draw_people
from personalization.simulation.visits import draw_visits


@pytest.fixture(scope="module")
def shown(of_kind):
    return of_kind["impression"]


def test_a_box_shows_each_place_and_item_once(world, shown):
    length = world.strengths.lists.length
    per_box = shown.groupby(["person", "request"])
    assert per_box.size().value_counts(normalize=True)[length] > 0.95
    assert not shown.duplicated(["person", "request", "position"]).any()
    assert not shown.duplicated(["person", "request", "item"]).any()
    assert set(shown["position"]) == set(range(1, length + 1))


def test_items_are_shown_as_often_as_their_propensities_say(world):
    """On one day under one policy: what is logged estimates its own sums (inverse propensity)."""
    chooser = Chooser.build(world, draw_people(world, np.arange(600)))
    shown = show_boxes(world, chooser, draw_visits(world, chooser))
    weight = 1 / shown["propensity"]
    for policy in range(len(POLICIES)):
        of_policy = shown[shown["policy"] == policy]
        # each place of a box stands for all items on sale that day
        day = world.period.day_of(of_policy["ts"].to_numpy())
        on_sale = (world.assortment.appeal > 0).sum(axis=1)[day]
        ratio = weight[of_policy.index].sum() / on_sale.sum()
        assert abs(ratio - 1) < (0.02 if POLICIES[policy] == "uniform" else 0.25)


def test_popular_items_are_favoured_by_one_policy_only(world, shown):
    popularity = world.items.log_popularity[shown["item"]]
    means = [popularity[(shown["policy"] == policy).to_numpy()].mean() for policy in (0, 1)]
    assert means[0] > means[1] + 1
    assert abs((shown["policy"] == 1).mean() - 0.3) < 0.05


def test_few_are_clicked_and_the_first_places_more(of_kind, shown):
    views = of_kind["view"]
    clicked = views[views["request"] >= 0].merge(shown, on=["person", "request", "item"])
    assert len(clicked) == (views["request"] >= 0).sum()  # a click has its impression
    assert 0.003 < len(clicked) / len(shown) < 0.007
    assert (clicked["ts_x"] > clicked["ts_y"]).all()
    assert (clicked["position_y"] <= 4).mean() > 0.52
