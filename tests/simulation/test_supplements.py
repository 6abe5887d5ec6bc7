"""A day with an order is followed by another one, of one item, while the person comes."""

import numpy as np
import pandas as pd
import pytest

from personalization.simulation.baskets import supplement_orders
from personalization.simulation.choice import Chooser
from personalization.simulation.people import draw_people
from tests.simulation.conftest import CHANGES
from tests.simulation.options_of import world_of


def supplement(**habits):
    """What follows an order that everybody makes at noon on every tenth day that they come."""
    world = world_of("base", **{**CHANGES, "strengths": {"habits": habits}})
    people = draw_people(world, np.arange(600))
    person, day = (grid.ravel() for grid in np.meshgrid(np.arange(600), np.arange(0, 180, 10)))
    there = (day >= people.first_day[person]) & (day < people.last_day[person])
    person, day = person[there], day[there]
    noon = world.period.midnight(day) + 12 * 3600
    both = pd.DataFrame({"person": person, "day": day, "ts": noon})
    lines = pd.concat([both, both.assign(ts=noon - 60)], ignore_index=True)  # of one order
    added = supplement_orders(world, Chooser.build(world, people), lines)
    return world, people, both, added


def test_the_share_of_days_and_the_hours_are_those_stated():
    world, _, orders, added = supplement(
        supplement_share=0.3, supplement_log_hours=1.0, supplement_log_sd=0.5
    )
    assert len(added) / len(orders) == pytest.approx(0.3, abs=0.02)
    after_noon = (added["ts"].to_numpy() - world.period.start - 12 * 3600) % 86_400
    hours = np.log(after_noon / 3600)
    assert np.median(hours) == pytest.approx(1.0, abs=0.05)
    assert added["item"].ge(0).all()
    assert world.assortment.on_sale(added["item"].to_numpy(), added["day"].to_numpy()).all()


def test_nothing_is_added_after_somebody_has_left():
    world, people, orders, added = supplement(
        supplement_share=1.0, supplement_log_hours=5.0, supplement_log_sd=0.0
    )
    last = people.last_day[added["person"]]
    assert (added["day"] < last).all()
    assert (last < world.period.n_days).any()
    assert len(added) < len(orders)
