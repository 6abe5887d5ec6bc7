"""Orders that repeat or add to others: within the period, on sale, in visits of their own."""

import numpy as np
import pandas as pd
import pytest

from personalization.simulation.baskets import check_out, fill_carts, supplement_orders
from personalization.simulation.browsing import browse, keep_on_sale
from personalization.simulation.choice import Chooser
from personalization.simulation.happenings import NUMBER_OF, happen
from personalization.simulation.people import draw_people
from personalization.simulation.sales import number_repeats, order_again
from personalization.simulation.visits import draw_visits
from tests.simulation.conftest import CHANGES
from tests.simulation.options_of import merge, world_of

NUMBER = np.arange(600)
VIEW, CART, PURCHASE = (NUMBER_OF[kind] for kind in ("view", "cart", "purchase"))


def shop(**changes):
    world = world_of("base", **merge(CHANGES, changes))
    return world, happen(world, NUMBER)


@pytest.mark.parametrize("seed", range(1, 6))
def test_slow_visits_late_in_the_evening_end_with_the_period_and_with_the_stock(seed):
    """Each step takes an hour, all visits are in the last one of a day."""
    slow = {"look_seconds": 3600, "cart_seconds": 3600, "checkout_seconds": 3600}
    strengths = {"habits": {**slow, "repeat_share": 0.9}, "clock": {"hour_weights": [0] * 23 + [1]}}
    world, rows = shop(shop={"seed": seed}, strengths=strengths)
    day = world.period.day_of(rows["ts"].to_numpy())
    assert ((day >= 0) & (day < world.period.n_days)).all()
    asked = rows["kind"].isin([VIEW, CART, PURCHASE]).to_numpy()
    assert world.assortment.on_sale(rows["item"].to_numpy()[asked], day[asked]).all()
    key = ["person", "visit", "item"]
    steps = [set(map(tuple, rows.loc[rows["kind"] == kind, key].to_numpy())) for kind in (1, 2, 3)]
    assert steps[2] <= steps[1] <= steps[0]
    assert len(steps[2]) < len(steps[1])  # some days end before the order is paid


def test_an_addition_to_an_order_is_another_order_hours_later():
    """Everybody adds one, an hour after the last order of a day; nothing else is repeated."""
    habits = {"repeat_share": 0.0, "supplement_share": 1.0}
    hour = {"supplement_log_hours": 0.0, "supplement_log_sd": 0.0, "checkout_seconds": 90}
    _, rows = shop(strengths={"habits": {**habits, **hour}})
    lines = rows[rows["kind"] == PURCHASE]
    orders = lines.groupby(["person", "order"], as_index=False).agg(
        ts=("ts", "first"), lines=("item", "size")
    )
    at = set(zip(orders["person"], orders["ts"], strict=True))
    is_added = [(one.person, one.ts - 3690) in at for one in orders.itertuples()]
    assert (orders.loc[is_added, "lines"] == 1).all()
    first = orders[~np.array(is_added)]
    last_of_day = first.groupby([first["person"], first["ts"] // 86_400])["ts"].max()
    early = last_of_day[last_of_day % 86_400 < 22 * 3600]
    followed = [(person, ts + 3690) in at for (person, _), ts in early.items()]
    assert len(followed) > 300
    assert np.mean(followed) > 0.97  # but where the item is out of stock, or somebody leaves


def test_pieces_of_a_habit_are_those_stated_whenever_it_is_bought():
    world, rows = shop(strengths={"habits": {"extra_pieces": 1.0}, "funnel": {"extra_pieces": 0.0}})
    lines = rows[rows["kind"] == PURCHASE]
    habitual = world.items.is_habit[lines["item"]]
    assert (lines.loc[~habitual, "quantity"] == 1).all()
    first = ~lines[habitual].duplicated(["person", "item"]).to_numpy()
    for chosen in (first, ~first):
        pieces = lines.loc[habitual, "quantity"][chosen]
        assert pieces.mean() == pytest.approx(2, abs=4 * np.sqrt(2 / len(pieces)))


def test_additions_on_the_first_day_are_as_on_any_other():
    """What decides that there is one does not decide which."""
    heights = {0: [], 1: []}
    for seed in range(1, 31):
        habits = {"supplement_log_hours": -3, "supplement_log_sd": 0.0}
        changes = {"shop": {"seed": seed}, "strengths": {"habits": habits}}
        world = world_of("base", **merge(CHANGES, changes))
        people = draw_people(world, NUMBER[:300])
        people.first_day[:], people.last_day[:] = -1.0, float(world.period.n_days)
        chooser = Chooser.build(world, people)
        for day, found in heights.items():
            noon = world.period.midnight(np.full(300, day)) + 12 * 3600
            orders = pd.DataFrame({"person": NUMBER[:300], "day": day, "ts": noon})
            added = supplement_orders(world, chooser, orders)
            person, item = added["person"].to_numpy(), added["item"].to_numpy()
            found.extend(chooser.ladder.below(person, item) / 2**40)
    assert np.mean(heights[0]) == pytest.approx(np.mean(heights[1]), abs=0.05)


def test_people_who_mind_prices_beyond_all_measure_still_choose():
    strengths = {"taste": {"price_sensitivity": 5.0, "price_log_sd": 4.0}}
    world, rows = shop(strengths=strengths)
    assert (rows["kind"] == VIEW).sum() > 10_000
    bought = rows.loc[rows["kind"] == VIEW, "item"].to_numpy()
    assert world.items.log_price[bought].mean() < world.items.log_price.mean()


def test_an_addition_is_never_part_of_another_visit_of_its_day():
    """Also where habits come on the same day, or two orders are followed on one."""
    world = world_of("base", **merge(CHANGES, {"strengths": {"habits": {"supplement_share": 1.0}}}))
    chooser = Chooser.build(world, draw_people(world, NUMBER))
    visits = draw_visits(world, chooser)
    views = keep_on_sale(world, browse(world, chooser, visits))
    lines = check_out(world, chooser, visits, fill_carts(world, chooser, visits, views))
    again = order_again(world, chooser, visits, lines)
    numbered = number_repeats(visits, again)
    assert numbered["visit"].drop_duplicates().to_list() == list(
        range(visits.person.size, visits.person.size + numbered["visit"].nunique())
    )
    added = again["follows"] >= 0
    assert (numbered.loc[added, "ts"] == again.loc[added, "ts"]).all()
    assert not numbered.loc[added, "visit"].duplicated().any()
    assert not set(numbered.loc[added, "visit"]) & set(numbered.loc[~added, "visit"])
    same_day = again.loc[~added, ["person", "day"]].merge(again.loc[added, ["person", "day"]])
    assert len(same_day) > 20
