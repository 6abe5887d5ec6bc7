from dataclasses import replace

import numpy as np

from personalization.simulation.catalogue import LEAVES
from personalization.simulation.searches import (
    QUERY_KINDS,
    RESULTS_SHOWN,
    TYPO,
    match_items,
    search,
    write_queries,
)


def test_queries_use_the_words_of_the_item_in_mind(shop):
    label, leaf = shop.items.labels.iloc[0], LEAVES[shop.items.labels["leaf"][0]]
    category, noun, brand, typo = write_queries(
        shop.scene, np.zeros(4, dtype=int), np.arange(len(QUERY_KINDS))
    )
    assert category == leaf.name.lower()
    assert noun == leaf.nouns[label["noun"]].lower()
    assert brand == f"{shop.items.brands[label['brand']].lower()} {category}"
    assert typo not in (category, noun, brand)


def test_a_query_finds_the_item_in_mind_unless_mistyped(shop):
    target = np.repeat(np.arange(10), 4)
    kind = np.tile(np.arange(4), 10)
    matches = match_items(shop.scene, target, kind)
    assert (matches[np.arange(40), target] == (kind != TYPO)).all()
    assert not matches[kind == TYPO].any()


def test_each_kind_of_query_narrows_the_leaf(shop):
    target = np.repeat(np.arange(30), 3)
    n_found = match_items(shop.scene, target, np.tile([0, 1, 2], 30)).sum(axis=1).reshape(30, 3)
    assert (n_found[:, 0] == shop.items.labels.groupby("leaf")["leaf"].transform("size")[:30]).all()
    assert (n_found[:, 1:] <= n_found[:, :1]).all()
    assert (n_found[:, 1:] < n_found[:, :1]).any(axis=0).all()


def test_results_match_the_query_are_distinct_and_few(shop):
    leaf = shop.items.labels["leaf"].to_numpy()
    for row in shop.searches["results"]:
        assert len(row) == len(set(row)) <= RESULTS_SHOWN
        assert len(set(leaf[row])) <= 1


def test_some_searches_find_nothing_and_some_are_not_clicked(shop):
    empty = shop.searches["results"].map(len) == 0
    clicked = shop.searches["item"] >= 0
    assert empty.any()
    assert not clicked[empty].any()
    assert (~clicked & ~empty).any()


def test_a_clicked_item_stands_at_the_clicked_position(shop):
    clicked = shop.searches[shop.searches["item"] >= 0]
    assert len(clicked) > 50
    for results, item, position in clicked[["results", "item", "position"]].to_numpy():
        assert results[position - 1] == item


def test_first_results_are_clicked_most(shop):
    positions = shop.searches.loc[shop.searches["item"] >= 0, "position"].value_counts()
    assert positions.idxmax() == 1


def test_only_searchers_search_in_about_the_asked_share_of_their_visits(shop, options):
    visits = shop.scene.visits.frame
    user = visits["user"].to_numpy()[shop.searches["visit"]]
    assert shop.users.searches[user].all()
    share = len(shop.searches) / visits["searcher"].sum()
    assert abs(share - options.visits.search_share) < 0.05


def test_nobody_searches_at_share_zero(shop, options):
    rules = replace(options.visits, search_share=0)
    assert search(np.random.default_rng(0), shop.scene, rules).empty
