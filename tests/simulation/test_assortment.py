import numpy as np
import pytest

from personalization.simulation.assortment import draw_assortment, draw_trends
from personalization.simulation.strengths import AssortmentOptions
from tests.simulation.options_of import read_groups

CALM = {
    **read_groups("base")["strengths"]["assortment"],
    "new_share": 0.0,
    "retired_share": 0.0,
    "stock_out_share": 0.0,
    "novelty": 0.0,
    "trend_log_sd": 0.0,
    "season_log_sd": 0.0,
    "promotion_share": 0.0,
}


@pytest.fixture
def draw(world):
    def drawn(**changes):
        return draw_assortment(
            7, world.period, world.items, AssortmentOptions(**{**CALM, **changes})
        )

    return drawn


def test_without_anything_that_moves_every_item_is_equal_every_day(draw):
    calm = draw()
    assert (calm.appeal == 1).all()
    assert (calm.discount == 1).all()
    assert calm.stock_outs.shape == (0, 3)


def test_items_are_sold_from_launch_to_retirement_and_not_while_out_of_stock(draw, world):
    busy = draw(new_share=0.5, retired_share=0.5, stock_out_share=0.5)
    days = np.arange(world.period.n_days)[:, None]
    alive = (days >= busy.launch_day) & (days < busy.retire_day)
    assert ((busy.appeal > 0) <= alive).all()
    missing = alive & (busy.appeal == 0)
    told = np.zeros_like(missing)
    for item, first, last in busy.stock_outs:
        told[first : last + 1, item] = True
    assert (missing == (told & alive)).all()
    items, moments = np.array([0, 0]), np.array([-1, world.period.n_days])
    assert not busy.on_sale(items, moments).any()
    assert 0.3 < (busy.launch_day > 0).mean() < 0.6
    assert (busy.appeal > 0).any(axis=1).all()  # something to show on every day


def test_new_items_shine_and_fade(draw):
    new = draw(new_share=0.5, novelty=1.0, novelty_days=10.0)
    item = int(np.flatnonzero((new.launch_day > 0) & (new.launch_day < 100))[0])
    first = new.launch_day[item]
    np.testing.assert_allclose(np.log(new.appeal[first, item]), 1.0, rtol=1e-5)
    np.testing.assert_allclose(np.log(new.appeal[first + 10, item]), np.exp(-1), rtol=1e-5)


def test_trends_have_their_spread_and_are_remembered():
    rng = np.random.default_rng(1)
    options = AssortmentOptions(**{**CALM, "trend_log_sd": 0.5, "trend_weeks": 10.0})
    trends = draw_trends(rng, 700, 4000, options)[::7]
    assert abs(trends.std() / 0.5 - 1) < 0.05
    kept = np.corrcoef(trends[0], trends[10])[0, 1]
    assert abs(kept - np.exp(-1)) < 0.06


def test_a_discount_lowers_the_price_and_raises_the_appeal(draw):
    promoted = draw(promotion_share=0.3)
    down = promoted.discount < 1
    assert 0.2 < down.mean() < 0.4
    assert set(np.unique(promoted.discount).astype(float).round(2).tolist()) == {0.7, 0.8, 0.9, 1.0}
    np.testing.assert_allclose(promoted.appeal, promoted.discount.astype(float) ** -1.5, rtol=1e-5)


def test_what_is_off_and_how_much_that_draws_are_as_stated(draw):
    halved = draw(promotion_share=0.3, discounts=(0.5,), discount_appeal=1.0)
    assert set(np.unique(halved.discount).tolist()) == {0.5, 1.0}
    np.testing.assert_allclose(halved.appeal, 1 / halved.discount, rtol=1e-6)


def test_a_stock_out_takes_as_long_as_stated(draw, world):
    def lengths(days):
        _, first, last = draw(stock_out_share=1.0, stock_out_days=days, core_share=0).stock_outs.T
        return set((last - first)[last < world.period.n_days - 1].tolist())

    assert lengths((3, 3)) == {3}
    assert lengths((2, 4)) == {2, 3, 4}


def test_the_core_of_the_assortment_is_never_missing(draw, world):
    busy = draw(new_share=1.0, retired_share=1.0, stock_out_share=1.0, core_share=0.25)
    always = (busy.appeal > 0).all(axis=0)
    ranked = np.argsort(-world.items.log_popularity)
    assert always[ranked[: world.items.size // 4]].all()
    assert not always[ranked[world.items.size // 4 :]].any()


def test_seasons_are_those_of_the_leaf(draw, world):
    seasonal = draw(season_log_sd=0.5)
    first, second = world.items.first_of_leaf[:2]
    leaf = seasonal.appeal[:, first:second]
    assert (leaf == leaf[:, :1]).all()
    assert seasonal.appeal.std() > 0.1
