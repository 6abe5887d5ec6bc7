import numpy as np
import pytest

from personalization.simulation import layout
from personalization.simulation.chance import Ladder
from personalization.simulation.choice import Chooser, multiply
from personalization.simulation.expected_views import expect_views
from personalization.simulation.layout import few_rows
from personalization.simulation.people import draw_people
from personalization.simulation.window import Window


@pytest.mark.parametrize("shape", [(0, 5), (1, 5), (7, 30), (1000, 200), (3, 10**6), (4, 0)])
def test_every_row_comes_once_in_order(shape):
    rows = [n for part in few_rows(*shape) for n in range(part.start, part.stop)]
    assert rows == list(range(shape[0]))


@pytest.mark.parametrize("cells", [1, 500, 10**9])
def test_how_many_rows_are_worked_on_at_once_changes_no_bit(world, monkeypatch, cells):
    people = draw_people(world, np.arange(40))
    window = Window(world, world.period.n_days - 28)

    def lay_out():
        weights = np.random.default_rng(1).random((40, 30))
        return [
            multiply(people.tastes, world.items.tastes),
            Chooser.build(world, people).ladder.rungs,
            Ladder.build(weights).rungs,
            *expect_views(window, people),
        ]

    usual = lay_out()
    monkeypatch.setattr(layout, "CELLS", cells)
    for one, other in zip(usual, lay_out(), strict=True):
        np.testing.assert_array_equal(one, other)
