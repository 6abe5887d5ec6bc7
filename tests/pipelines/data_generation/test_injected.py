"""What was done to the shop on purpose is written down, and nothing where nothing was."""

from __future__ import annotations

from datetime import date

import pytest

from personalization.pipelines.data_generation import nodes
from tests.simulation.options_of import options_of

pytestmark = [pytest.mark.spark, pytest.mark.usefixtures("spark")]

SMALL = {"days": 40, "n_users": 300, "n_strangers": 30, "n_products": 60, "visits_per_user": 4}
SHOP = {"size": "small", "sizes": {"small": SMALL}}


def inject(**changes: object) -> list[list[tuple[object, ...]]]:
    world = nodes.draw_world(*options_of("base", "test", shop=SHOP, **changes))
    return [[tuple(row) for row in frame.collect()] for frame in nodes.describe_injected(world)]


def test_nothing_is_injected_by_default() -> None:
    assert inject() == [[], [], []]


def test_a_shop_of_ones_own_has_no_truth() -> None:
    world = nodes.draw_world(*options_of("base", "test", shop={"enabled": False}))
    assert [frame.count() for frame in nodes.describe_injected(world)] == [0, 0, 0]


def test_each_active_scenario_is_told_with_its_dates() -> None:
    rise = {"start": 20, "days": 10, "strength": 0.5}
    drift, _, _ = inject(drift={"active": ["price_rise", "campaign"], "price_rise": rise})
    assert drift[0] == (
        *("price_rise", date(2026, 6, 11), date(2026, 6, 20), 0.5),
        *("rise of all prices, relative", None, 0.0),
    )
    assert drift[1][0] == "campaign"
    assert str(drift[1][5]).count(" > ") == 2
    assert drift[1][6] == 0.2


def test_a_scenario_that_lasts_longer_than_the_shop_ends_with_it() -> None:
    long = {"start": 20, "days": 100, "strength": 0.5}
    drift, _, _ = inject(drift={"active": "taste_change", "taste_change": long})
    assert drift[0][1:3] == (date(2026, 6, 11), date(2026, 6, 30))


def test_the_arms_of_an_experiment_are_told_for_every_user() -> None:
    plan = {"enabled": True, "start": 20, "days": 7, "treated_share": 0.25, "cart_logit": 0.2}
    _, effects, users = inject(experiment=plan)
    days = (date(2026, 6, 11), date(2026, 6, 17))
    assert effects == [
        ("better_box", "control", *days, 0.75, 0.0, 0.0),
        ("better_box", "treatment", *days, 0.25, 0.3, 0.2),
    ]
    assert len({user for user, _, _ in users}) == 300
    treated = sum(arm == "treatment" for _, _, arm in users)
    assert 50 < treated < 100
