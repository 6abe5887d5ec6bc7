from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from personalization.simulation.baskets import follow_habits
from personalization.simulation.chance import Chance
from personalization.simulation.choice import Chooser
from personalization.simulation.happenings import (
    COLUMNS,
    block_numbers,
    draw_visitors,
    happen,
)
from personalization.simulation.people import draw_people
from personalization.simulation.visits import draw_visits


def test_one_person_is_the_same_alone_as_among_others(world, happenings):
    for person in (0, 255, 256, 1201):
        alone = happen(world, np.array([person]))
        among = happenings[happenings["person"] == person].reset_index(drop=True)
        pd.testing.assert_frame_equal(alone, among)


def test_everybody_is_in_one_block_and_the_accounts_are_spread_over_them(world):
    world = replace(world, people_per_block=700)
    blocks = [block_numbers(world, block) for block in range(world.n_blocks)]
    assert len(blocks) == 2
    assert sorted(np.concatenate(blocks)) == list(range(world.n_people))
    assert [(block < world.size.n_users).sum() for block in blocks] == [300, 300]


def test_people_who_never_come_change_nothing(world, happenings):
    absent = np.setdiff1d(np.arange(world.n_people), happenings["person"])
    assert absent.size
    alone = happen(world, absent)
    assert alone.empty
    assert alone.dtypes.equals(happenings.dtypes)
    assert draw_visitors(world, np.append(absent, 0)).number.tolist() == [0]


def test_rows_come_by_person_in_time_order_with_numbers_of_their_own(world, happenings):
    assert list(happenings.columns) == list(COLUMNS)
    same = happenings["person"].diff() == 0
    assert (happenings["ts"].diff()[same] >= 0).all()
    assert (happenings["seq"] == happenings.groupby("person").cumcount()).all()
    assert happen(world, block_numbers(world, 1))["person"].is_monotonic_increasing


def test_everything_happens_within_the_period_to_items_on_sale(world, happenings):
    day = world.period.day_of(happenings["ts"].to_numpy())
    assert ((day >= 0) & (day < world.period.n_days)).all()
    about = happenings["item"].to_numpy() >= 0
    returned = happenings["kind"].to_numpy() == 4
    checked = about & ~returned
    item = happenings["item"].to_numpy()[checked]
    assert (world.assortment.appeal[day[checked], item] > 0).all()


def test_whatever_is_bought_was_in_the_cart_and_whatever_is_there_was_seen(of_kind):
    visit = ["person", "visit", "item"]
    seen = of_kind["view"].groupby(visit)["ts"].min()
    for later, earlier in (("cart", "view"), ("purchase", "cart")):
        first = of_kind[earlier].groupby(visit)["ts"].min().rename("before")
        rows = of_kind[later].join(first, on=visit)
        assert rows["before"].notna().all()
        assert (rows["ts"] > rows["before"]).all()
    assert seen.size > 0


def test_an_order_has_numbered_lines_at_one_moment_and_each_item_once(of_kind):
    lines = of_kind["purchase"]
    orders = lines.groupby(["person", "order"])
    for column in ("ts", "visit"):
        assert (orders[column].min() == orders[column].max()).all()
    assert (orders["line"].min() == 1).all()
    assert (orders["line"].max() == orders.size()).all()
    assert not lines.duplicated(["person", "order", "item"]).any()
    assert 0.01 < lines["cancelled"].mean() < 0.03
    assert not of_kind["view"]["cancelled"].any()


def test_what_comes_back_was_bought_days_before_and_not_cancelled(world, of_kind):
    back = of_kind["return"].merge(
        of_kind["purchase"], on=["person", "order", "line"], suffixes=("", "_bought")
    )
    assert len(back) == len(of_kind["return"]) > 10
    assert (back["item"] == back["item_bought"]).all()
    assert not back["cancelled_bought"].any()
    days = (back["ts"] - back["ts_bought"]) / 86_400
    assert days.between(2, 22).all()
    assert not world.items.is_habit[back["item"]].any()
    assert (back["visit"] == -1).all()


def test_habits_bring_people_back_after_about_a_cycle(world):
    chooser = Chooser.build(world, draw_people(world, np.arange(512)))
    visits = draw_visits(world, chooser)
    early = np.flatnonzero(visits.day < 30)
    habit = int(np.flatnonzero(world.items.is_habit & (world.assortment.peak > 0))[0])
    lines = pd.DataFrame({"visit": early, "item": habit, "ts": visits.start[early]})
    lines["person"] = visits.person[early]
    lines = lines.drop_duplicates("person")
    again = follow_habits(world, chooser, visits, lines)
    first = again.groupby("person")["ts"].min().rename("next")
    days = (lines.set_index("person").join(first, how="inner").eval("next - ts")) / 86_400
    ratio = np.log(days / world.items.cycle_days[habit])
    assert abs(ratio.mean()) < 0.15
    assert abs(ratio.std() - world.strengths.habits.cycle_log_sd) < 0.15
    assert (again["day"] < chooser.people.last_day[again["person"]]).all()
    gone = chooser.people.last_day[lines["person"]] < 60
    assert gone.any()  # somebody whom the line above is about
    came_back = len(first) / len(lines)
    assert 0.35 < came_back < 0.62


def test_what_is_used_up_is_bought_again_and_other_things_less(world, of_kind):
    lines = of_kind["purchase"]
    habit = world.items.is_habit[lines["item"]]
    repeats = [lines[part].duplicated(["person", "item"]).mean() for part in (habit, ~habit)]
    assert repeats[0] > 1.5 * repeats[1]


def test_people_without_an_account_are_never_known(happenings):
    assert not happenings.loc[happenings["person"] >= 600, "known"].any()
    known = happenings.groupby(["person", "visit"])["known"].agg(["min", "max"])
    shares = [(known["min"]).mean(), (~known["min"] & known["max"]).mean()]
    assert shares[0] > 0.2
    assert shares[1] > 0.005  # who signs in to pay


def test_who_signs_in_to_pay_is_known_from_then_on(happenings):
    rows = happenings[happenings["visit"] >= 0]
    flips = rows.groupby(["person", "visit"])["known"].apply(
        lambda known: known.is_monotonic_increasing
    )
    assert flips.all()


def test_prices_follow_the_discounts(world, of_kind):
    views = of_kind["view"]
    day = world.period.day_of(views["ts"].to_numpy())
    expected = world.items.base_price[views["item"]] * world.assortment.discount[day, views["item"]]
    np.testing.assert_allclose(views["price"], expected, atol=0.0051)


def test_the_will_to_buy_follows_taste(world, of_kind):
    tastes = draw_people(world, np.arange(world.n_people)).tastes

    def affinity(rows):
        return (tastes[rows["person"]] * world.items.tastes[rows["item"]]).sum(axis=1).mean()

    seen = of_kind["view"][of_kind["view"]["person"] < 1200]
    assert affinity(of_kind["cart"]) > affinity(seen) + 0.2


@pytest.mark.parametrize("replica", [1, 2])
def test_a_replica_is_another_course_of_the_same_shop(world, happenings, replica):
    other = happen(replace(world, chance=Chance(world.seed, replica)), np.arange(256))
    here = happenings[happenings["person"] < 256]
    assert 0.9 < len(other) / len(here) < 1.1
    assert len(set(other["ts"]) & set(here["ts"])) / len(other) < 0.05


def test_nobody_is_there_before_signing_up(world, happenings):
    people = draw_people(world, np.arange(world.size.n_users))
    mine = happenings[happenings["person"] < world.size.n_users]
    opened = world.period.start + people.first_day[mine["person"]] * 86_400
    assert (mine["ts"] >= opened).all()
    assert (mine["ts"] < opened + 86_400).any()  # some come on their first day


def test_what_is_sent_back_has_the_price_that_was_paid(of_kind):
    paid = of_kind["purchase"].set_index(["person", "order", "item"])["price"]
    back = of_kind["return"]
    keys = list(zip(back["person"], back["order"], back["item"], strict=True))
    assert len(keys) > 20
    assert (paid.loc[keys].to_numpy() == back["price"].to_numpy()).all()
