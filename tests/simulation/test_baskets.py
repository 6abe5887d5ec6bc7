from dataclasses import replace

import numpy as np

from personalization.simulation.baskets import (
    MOST_REPEATS,
    check_out,
    repeat_orders,
    send_back,
    settle_lines,
)
from personalization.simulation.shop import buy


def test_lines_of_a_visit_form_one_order_numbered_from_one(shop):
    orders = shop.lines.groupby("order")
    assert (orders["visit"].nunique() == 1).all()
    assert (orders["ts"].nunique() == 1).all()
    assert (shop.lines.groupby("visit")["order"].nunique() == 1).all()
    numbers = orders["line"].agg(list).map(tuple)
    assert (numbers == orders.size().map(lambda n: tuple(range(1, n + 1)))).all()
    assert (orders.size() > 1).any()


def test_orders_are_numbered_in_time_order(shop):
    moments = shop.lines.groupby("order")["ts"].first()
    assert moments.index.tolist() == list(range(len(moments)))
    assert moments.is_monotonic_increasing


def test_everything_bought_was_in_the_cart_before_with_the_same_quantity(shop):
    found = shop.lines.merge(shop.carts, on=["visit", "item"], suffixes=("", "_cart"))
    assert len(found) == len(shop.lines)
    assert (found["ts"] > found["ts_cart"]).all()
    assert (found["quantity"] == found["quantity_cart"]).all()


def test_guests_check_out_less_often(shop, options):
    carts = shop.carts[shop.carts["visit"] < shop.carts["visit"].max() // 2]
    never = replace(options.behaviour, guest_factor=0.0)
    lines = check_out(np.random.default_rng(0), shop.scene, carts, never)
    assert len(lines) > 20
    assert shop.scene.visits.frame["known"].to_numpy()[lines["visit"]].all()


def test_only_habitual_items_of_known_users_are_ordered_again(shop, options):
    repeats = repeat_orders(np.random.default_rng(0), shop.scene, shop.lines, options.behaviour)
    assert len(repeats) > 50
    assert shop.items.is_habit[repeats["item"]].all()
    assert shop.scene.visits.frame["known"].to_numpy()[repeats["chain"]].all()
    assert repeats["round"].max() < MOST_REPEATS


def test_a_later_order_holds_items_of_the_first_and_comes_after_it(shop, options):
    repeats = repeat_orders(np.random.default_rng(0), shop.scene, shop.lines, options.behaviour)
    first = shop.lines.rename(columns={"visit": "chain"})[["chain", "item", "ts"]]
    found = repeats.merge(first, on=["chain", "item"])
    assert len(found) == len(repeats)
    assert (found["start"] > found["ts"]).all()
    order = found.sort_values("round").groupby(["chain", "item"])["start"]
    assert order.is_monotonic_increasing.all()


def test_nothing_is_ordered_again_at_rate_zero(shop, options):
    never = replace(options.behaviour, repeat_rate=0.0)
    assert repeat_orders(np.random.default_rng(0), shop.scene, shop.lines, never).empty


def test_the_asked_share_of_lines_is_cancelled(shop):
    lines = shop.lines[["visit", "item", "ts", "quantity"]]
    rng = np.random.default_rng(0)
    assert not settle_lines(rng, shop.scene, lines, 0.0)["cancelled"].any()
    assert settle_lines(rng, shop.scene, lines, 1.0)["cancelled"].all()


def test_returns_come_later_from_completed_lines_of_lasting_goods(shop):
    period = shop.scene.period
    back = send_back(np.random.default_rng(0), shop.scene, shop.lines, 1.0)
    found = back.merge(shop.lines, on=["order", "line", "item", "price", "quantity"])
    assert len(found) == len(back) > 50
    assert not back["cancelled"].any()
    assert not shop.items.is_habit[back["item"]].any()
    days = (found["ts_x"] - found["ts_y"]) / 86_400
    assert days.between(2, 21).all()
    assert (back["ts"] < period.end).all()


def test_a_repeated_order_paid_after_midnight_holds_only_what_is_still_on_sale(
    shop, options, monkeypatch
):
    def last_second(rng, size):
        return np.full(size, 86_399)

    monkeypatch.setattr("personalization.simulation.baskets.draw_seconds_of_day", last_second)
    rng = np.random.default_rng(0)
    sales = buy(rng, shop.scene, shop.users, shop.views, options.behaviour)
    item, ts = sales.lines["item"].to_numpy(), sales.lines["ts"].to_numpy()
    assert shop.items.sold_at(item, ts, shop.scene.period).all()
    assert (sales.lines["visit"] >= len(shop.scene.visits.frame)).sum() > 50
