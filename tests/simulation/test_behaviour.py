from dataclasses import replace

import numpy as np
import pandas as pd

from personalization.simulation.behaviour import choose_items, fill_carts, return_to_items


def test_no_weight_falls_on_items_off_sale(shop):
    visit = np.arange(0, len(shop.scene.visits.frame), 50)
    days = shop.scene.period.day_of(shop.scene.visits.frame["start"].to_numpy()[visit])
    weights = shop.scene.appeal(visit)
    assert ((weights > 0) == shop.items.on_sale[days]).all()


def test_items_are_chosen_as_often_as_their_appeal_says(shop):
    draws = 40_000
    chosen = choose_items(np.random.default_rng(3), shop.scene, np.zeros(draws, dtype=int))
    appeal = shop.scene.appeal(np.array([0]))[0]
    shares = np.bincount(chosen, minlength=appeal.size) / draws
    np.testing.assert_allclose(shares, appeal / appeal.sum(), atol=0.01)


def test_choices_do_not_depend_on_how_many_visits_are_weighed_at_once(shop, monkeypatch):
    visit = np.repeat(np.arange(0, 300, 3), 2)
    whole = choose_items(np.random.default_rng(3), shop.scene, visit)
    monkeypatch.setattr("personalization.simulation.behaviour.CHUNK_ROWS", 7)
    assert choose_items(np.random.default_rng(3), shop.scene, visit).tolist() == whole.tolist()


def test_without_returns_each_view_shows_its_own_item():
    turn = np.array([0, 1, 2, 0, 1])
    assert return_to_items(np.random.default_rng(0), turn, 0.0).tolist() == [0, 1, 2, 3, 4]


def test_with_returns_only_a_visit_shows_its_first_item_throughout():
    turn = np.array([0, 1, 2, 0, 1])
    assert return_to_items(np.random.default_rng(0), turn, 1.0).tolist() == [0, 0, 0, 3, 3]


def test_visits_return_to_items_about_as_often_as_asked(shop, options):
    views = shop.views[shop.views["request"] < 0].sort_values(["visit", "ts"])
    later = views.groupby("visit").cumcount() > 0
    again = views.duplicated(["visit", "item"])
    assert again[later].mean() > options.visits.revisit_share * 0.8


def test_an_item_enters_a_cart_once_per_visit_after_a_look(shop):
    assert not shop.carts.duplicated(["visit", "item"]).any()
    looks = shop.views.groupby(["visit", "item"])["ts"].max().rename("looked")
    carts = shop.carts.join(looks, on=["visit", "item"])
    assert carts["looked"].notna().all()
    assert (carts["ts"] > carts["looked"]).all()


def test_no_cart_is_filled_at_rate_zero(shop, options):
    never = replace(options.behaviour, cart_rate=0.0)
    assert fill_carts(np.random.default_rng(0), shop.scene, shop.views, never).empty


def test_known_buyers_prefer_items_that_suit_them(shop):
    known = shop.scene.visits.frame["known"].to_numpy()
    user = shop.scene.visits.frame["user"].to_numpy()
    lines = shop.lines[known[shop.lines["visit"]]]
    tastes, liked = shop.users.tastes, shop.items.tastes[lines["item"]]
    own = (tastes[user[lines["visit"]]] * liked).sum(axis=1)
    strangers = np.random.default_rng(0).permutation(user[lines["visit"]])
    other = (tastes[strangers] * liked).sum(axis=1)
    assert own.mean() - other.mean() > 0.8


def test_taste_ranks_what_users_buy_better_than_popularity(shop):
    user = shop.scene.visits.frame["user"].to_numpy()[shop.lines["visit"]]
    popularity = np.tile(shop.items.log_popularity, (user.size, 1))
    taste = popularity + shop.users.tastes[user] @ shop.items.tastes.T
    bought = shop.lines["item"].to_numpy()[:, None]

    def mean_rank(scores: np.ndarray) -> float:
        return float((scores > np.take_along_axis(scores, bought, axis=1)).sum(axis=1).mean())

    assert mean_rank(taste) < 0.7 * mean_rank(popularity)


def test_views_are_long_tailed(shop):
    counts = np.sort(pd.Series(shop.views["item"]).value_counts().to_numpy())
    ranks = np.arange(1, counts.size + 1)
    gini = ((2 * ranks - counts.size - 1) * counts).sum() / (counts.size * counts.sum())
    assert 0.45 < gini < 0.85
