import numpy as np
import pandas as pd

from personalization.simulation.catalogue import LEAVES
from personalization.simulation.clock import DAY_SECONDS, read_period
from personalization.simulation.items import CORE_ITEMS, draw_brands, draw_life, draw_stock_outs

PERIOD = read_period("2026-01-01", "2026-03-31")


def test_core_items_are_on_sale_every_day(shop):
    assert shop.items.on_sale[:, :CORE_ITEMS].all()
    assert not shop.items.on_sale.all()


def test_items_launch_before_they_retire_and_some_do_so_within_the_period():
    launch, retire = draw_life(np.random.default_rng(0), 2_000, 90)
    assert (launch < retire).all()
    assert ((launch > 0) & (launch < 90)).mean() > 0.1
    assert (retire <= 90).mean() > 0.05


def test_stock_outs_lie_within_an_items_life_and_do_not_overlap():
    launch, retire = draw_life(np.random.default_rng(0), 2_000, 90)
    outs = draw_stock_outs(np.random.default_rng(1), launch, retire, 90)
    item, first, last = outs[["item", "first_day", "last_day"]].to_numpy().T
    assert outs["item"].duplicated().any()
    assert (first <= last).all()
    assert (first >= launch[item]).all()
    assert (last < retire[item]).all()
    same_item = item[1:] == item[:-1]
    assert (first[1:] > last[:-1])[same_item].all()


def test_an_item_is_sold_from_the_first_second_of_its_launch_day(shop):
    late = int(np.argmax(shop.items.launch_day))
    start = shop.scene.period.start + shop.items.launch_day[late] * DAY_SECONDS
    sold = shop.items.sold_at(
        np.array([late, late]), np.array([start - 1, start]), shop.scene.period
    )
    assert sold.tolist() == [False, True]


def test_nothing_is_sold_outside_the_period(shop):
    period = shop.scene.period
    moments = np.array([period.start - 1, period.start, period.end - 1, period.end])
    sold = shop.items.sold_at(np.zeros(4, dtype=int), moments, period)
    assert sold.tolist() == [False, True, True, False]


def test_prices_spread_around_the_median_of_their_leaf(shop):
    leaf = shop.items.labels["leaf"].to_numpy()
    median = np.array([one.median_price for one in LEAVES])[leaf]
    ratios = np.log(shop.items.base_price / median)
    assert abs(ratios.mean()) < 0.2
    assert 0.45 < ratios.std() < 0.75


def test_a_promotion_lowers_the_price_of_the_day(shop):
    day, item = (found[0] for found in np.nonzero(shop.items.discount < 1))
    moment = shop.scene.period.start + np.array([day]) * DAY_SECONDS
    price = shop.items.price_at(np.array([item]), moment, shop.scene.period)[0]
    assert price < shop.items.base_price[item]


def test_items_of_a_leaf_taste_more_alike_than_others(shop):
    alike = shop.items.tastes @ shop.items.tastes.T
    leaf = shop.items.labels["leaf"].to_numpy()
    same = (leaf[:, None] == leaf) & ~np.eye(leaf.size, dtype=bool)
    assert alike[same].mean() > alike[leaf[:, None] != leaf].mean() + 0.3


def test_brands_differ():
    assert pd.Series(draw_brands(1)).is_unique
    assert draw_brands(1) != draw_brands(2)
