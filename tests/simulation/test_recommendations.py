from dataclasses import replace

import numpy as np
import pandas as pd

from personalization.simulation.recommendations import (
    POLICIES,
    click_on_lists,
    deal_group,
    policy_weights,
    show_lists,
)


def test_every_list_fills_its_positions_with_different_items(shop, options):
    length = options.visits.list_length
    positions = shop.shown.groupby("request")["position"].agg(list)
    assert (positions.map(tuple) == tuple(range(1, length + 1))).all()
    assert not shop.shown.duplicated(["request", "item"]).any()


def test_propensities_are_probabilities(shop):
    assert shop.shown["propensity"].between(0, 1, inclusive="right").all()


def test_propensities_equal_the_frequencies_of_many_lists():
    rng = np.random.default_rng(4)
    n_lists, weights = 60_000, np.array([1.0, 2.0, 3.0, 0.0, 4.0])
    lists = pd.DataFrame({"request": np.arange(n_lists), "turned": rng.integers(0, 2, n_lists)})
    table = np.tile(weights, (n_lists, 1))
    shown = pd.concat(
        deal_group(lists, table, rng.random(n_lists), (number, 2)) for number in (0, 1)
    )
    cells = shown.groupby(["item", "position"])
    frequency = cells.size() / n_lists
    # items 0, 2, 4 are one group of weight 8, items 1 and 3 the other of weight 2
    expected = {0: 1 / 8 / 2, 1: 2 / 2 / 2, 2: 3 / 8 / 2, 4: 4 / 8 / 2}
    for (item, position), propensity in cells["propensity"].unique().items():
        assert propensity.tolist() == [expected[item]]
        assert abs(frequency[item, position] - expected[item]) < 0.01


def test_the_uniform_policy_ignores_popularity_and_the_popular_one_follows_it(shop):
    popular, uniform = policy_weights(shop.scene, np.array([0, 0]), np.array([0, 1]))
    on_sale = shop.items.on_sale[0]
    assert set(uniform[on_sale]) == {1.0}
    assert (popular[on_sale] == np.exp(shop.items.log_popularity)[on_sale]).all()
    assert not popular[~on_sale].any()
    mean = shop.shown.assign(p=shop.items.log_popularity[shop.shown["item"]]).groupby("policy")["p"]
    assert mean.mean()[POLICIES.index("popular")] > mean.mean()[POLICIES.index("uniform")] + 0.5


def test_a_click_opens_a_view_of_the_shown_item_in_the_same_visit(shop):
    clicks = shop.views[shop.views["request"] >= 0]
    assert len(clicks) > 10
    found = clicks.merge(shop.shown, on=["request", "item", "visit"], suffixes=("", "_shown"))
    assert len(found) == len(clicks)
    assert (found["ts"] > found["ts_shown"]).all()


def test_higher_positions_are_clicked_more(shop):
    rng = np.random.default_rng(0)
    clicks = pd.concat(click_on_lists(rng, shop.scene, shop.shown, 0.05) for _ in range(5))
    where = clicks.merge(shop.shown[["request", "item", "position"]], on=["request", "item"])
    by_position = where["position"].value_counts()
    assert by_position[1] > 1.5 * by_position[by_position.index.max()]


def test_the_click_rate_is_met(shop, options):
    rng = np.random.default_rng(0)
    n_clicks = sum(len(click_on_lists(rng, shop.scene, shop.shown, 0.02)) for _ in range(10))
    assert abs(n_clicks / (10 * len(shop.shown)) - 0.02) < 0.003


def test_no_list_is_shown_at_share_zero(shop, options):
    shown = show_lists(np.random.default_rng(0), shop.scene, replace(options.visits, list_share=0))
    assert shown.empty
    assert click_on_lists(np.random.default_rng(0), shop.scene, shown, 0.01).empty
