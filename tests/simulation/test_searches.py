import numpy as np
import pytest

from personalization.simulation.catalogue import LEAVES
from personalization.simulation.searches import rank_results


@pytest.fixture(scope="module")
def searches(of_kind):
    return of_kind["search"]


def test_results_answer_the_query_and_are_on_sale(world, searches):
    items = world.items
    names = [leaf.name.lower() for leaf in LEAVES]
    for query, results, ts in searches[["query", "results", "ts"]].head(2000).to_numpy():
        if not len(results):
            continue
        day = world.period.day_of(np.array([ts]))[0]
        assert (world.assortment.appeal[day, results] > 0).all()
        assert len(set(results)) == len(results) <= 10
        leaf = items.leaf[results]
        assert (leaf == leaf[0]).all()
        words = {LEAVES[leaf[0]].nouns[noun].lower() for noun in items.noun[results]}
        brands = {items.brands[brand].lower() for brand in items.brand[results]}
        whole_leaf = query == names[leaf[0]]
        of_brand = any(query == f"{brand} {names[leaf[0]]}" for brand in brands)
        assert whole_leaf or words == {query} or (of_brand and len(brands) == 1)


def test_a_misspelt_query_finds_nothing(searches):
    empty = searches["results"].map(len) == 0
    assert 0.03 < empty.mean() < 0.12
    assert (searches.loc[empty, "item"] == -1).all()


def test_popular_results_come_first(world, searches):
    some = next(results for results in searches["results"] if len(results) == 10)
    assert world.items.log_popularity[some[:5]].mean() > world.items.log_popularity[some[5:]].mean()


def test_a_click_is_on_what_was_shown_and_opens_a_view(of_kind, searches):
    clicked = searches[searches["item"] >= 0]
    assert 0.4 < len(clicked) / len(searches) < 0.9
    for results, item, position in clicked[["results", "item", "position"]].head(2000).to_numpy():
        assert results[position - 1] == item
    assert (searches.loc[searches["item"] < 0, "position"] == 0).all()
    views = of_kind["view"][["person", "visit", "item", "ts"]]
    pairs = clicked.merge(views, on=["person", "visit", "item"], suffixes=("", "_view"))
    after = pairs[pairs["ts_view"] > pairs["ts"]].drop_duplicates(["person", "seq"])
    assert len(after) / len(clicked) > 0.995  # a view may fall out of stock or of the period


def test_a_quarter_of_the_people_search_again_and_again(of_kind, searches, world):
    active = of_kind["view"]["person"].unique()
    active = active[active < 1200]
    assert 0.2 < np.isin(active, searches["person"].unique()).mean() < 0.4
    assert not (searches["person"] >= 1200).any()


def test_results_are_ranked_among_matches_only():
    items = np.array([[4, 5, 6], [7, 8, -1]])
    scores = np.array([[0.1, 9.0, 0.7], [1.0, 2.0, 9.0]])
    matches = np.array([[True, False, True], [True, True, False]])
    assert rank_results(items, matches, scores, 2).tolist() == [[6, 4], [8, 7]]
