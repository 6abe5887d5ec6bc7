import numpy as np
import pytest

from personalization.simulation.baskets import draw_geometric, fill_carts
from personalization.simulation.browsing import browse, keep_on_sale
from personalization.simulation.choice import Chooser
from personalization.simulation.people import draw_people
from personalization.simulation.visits import draw_visits


@pytest.mark.parametrize("mean", [0.08, 0.23, 3.0])
def test_geometric_numbers_have_the_stated_mean_and_spread(mean):
    drawn = draw_geometric(np.random.default_rng(1).random(100_000), np.array(mean))
    spread = mean * (1 + mean)  # variance
    assert abs(drawn.mean() - mean) < 4 * np.sqrt(spread / drawn.size)
    assert drawn.var() == pytest.approx(spread, rel=0.05)


def test_nothing_more_is_drawn_where_the_mean_is_zero():
    assert draw_geometric(np.array([1e-16, 0.5]), np.array([0.0, 0.0])).tolist() == [0, 0]


def test_more_pieces_are_taken_of_what_is_used_up_as_stated(world):
    chooser = Chooser.build(world, draw_people(world, np.arange(600)))
    visits = draw_visits(world, chooser)
    carts = fill_carts(world, chooser, visits, keep_on_sale(world, browse(world, chooser, visits)))
    extra = carts["quantity"].to_numpy() - 1
    by_habit = world.items.is_habit[carts["item"]]
    strengths = world.strengths
    parts = ((by_habit, strengths.habits), (~by_habit, strengths.funnel))
    for rows, rules in parts:
        mean = rules.extra_pieces
        assert abs(extra[rows].mean() - mean) < 4 * np.sqrt(mean * (1 + mean) / rows.sum())
