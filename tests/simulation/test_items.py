import numpy as np
from scipy import stats

from personalization.simulation.catalogue import LEAVES
from personalization.simulation.items import draw_items, spread_normals
from personalization.simulation.products import write_products


def test_items_of_a_leaf_stand_together_and_every_leaf_has_some(world):
    items = world.items
    assert (np.diff(items.leaf) >= 0).all()
    bounds = items.first_of_leaf
    assert bounds[0] == 0
    assert bounds[-1] == items.size
    assert (np.diff(bounds) > 0).all()
    assert (items.leaf[bounds[:-1]] == np.arange(len(LEAVES))).all()


def test_prices_lie_around_the_median_of_their_leaf(world):
    spread = world.strengths.assortment.price_log_sd
    assert abs(world.items.log_price.mean()) < 0.05
    assert abs(world.items.log_price.std() / spread - 1) < 0.1
    prices = world.strengths.assortment.median_prices
    median = np.array([prices[leaf.name] for leaf in LEAVES])[world.items.leaf]
    np.testing.assert_allclose(
        world.items.base_price, median * np.exp(world.items.log_price), atol=0.006
    )


def test_tastes_have_length_one_and_agree_within_a_leaf(world):
    tastes, leaf = world.items.tastes, world.items.leaf
    np.testing.assert_allclose(np.linalg.norm(tastes, axis=1), 1)
    alike = tastes @ tastes.T
    same = leaf[:, None] == leaf
    np.fill_diagonal(same, val=False)
    assert alike[same].mean() > 0.4
    assert abs(alike[leaf[:, None] != leaf].mean()) < 0.1


def test_spread_numbers_are_normal_over_all_and_even_within_each_leaf():
    leaf = np.repeat(np.arange(20), 50)
    numbers = spread_normals(np.random.default_rng(1), leaf)
    assert stats.kstest(numbers, "norm").statistic < 0.005
    means = [numbers[leaf == one].mean() for one in range(20)]
    assert np.abs(means).max() < 0.1  # of fifty independent numbers it would be about .3


def test_another_seed_gives_other_products(world):
    strengths = world.strengths
    other = draw_items(8, world.items.size, strengths)
    assert other.brands != world.items.brands
    assert (other.base_price != world.items.base_price).mean() > 0.9


def test_products_are_written_as_a_shop_would(world):
    columns = {name: column.to_pylist() for name, column in write_products(world).items()}
    titles = world.items.titles
    assert columns["title"][0] == titles[0]
    assert titles[0].startswith(world.items.brands[world.items.brand[0]])
    assert columns["category_path"][0] == "Home > Kitchen > Cookware"
    assert columns["price"][0] == f"{world.items.base_price[0]:.2f}"
    assert columns["item_id"][7] == "i00007"
    stays = world.assortment.retire_day > world.period.n_days
    assert [moment is None for moment in columns["retired_ts"]] == stays.tolist()
    item, first, last = world.assortment.stock_outs[0]
    days = [str(np.datetime64("2025-12-31") + int(day)) for day in (first, last)]
    assert columns["stock_outs"][item] == "/".join(days)
