from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from personalization.recommenders.top_k import TopK, best_columns, rank_items

ITEMS = np.array(["a", "b", "c", "d"])


def by_sorting(row, k):
    """Independent and slow: sort all columns by falling score, then by column."""
    return sorted(range(len(row)), key=lambda column: (-row[column], column))[:k]


@pytest.mark.parametrize("k", [1, 2, 7, 29, 30])
@pytest.mark.parametrize("levels", [1, 2, 5, 10_000])
def test_best_columns_are_those_of_a_full_sort(k, levels):
    rng = np.random.default_rng(levels)
    scores = rng.integers(0, levels, size=(40, 30)).astype(float)
    assert best_columns(scores, k).tolist() == [by_sorting(row, k) for row in scores]


def test_tie_across_the_last_place_goes_to_the_smaller_item_id():
    ids, scores = rank_items(np.array([[1.0, 2.0, 1.0, 1.0], [0.0, 0.0, 0.0, 0.0]]), ITEMS, 2)
    assert ids.tolist() == [["b", "a"], ["a", "b"]]
    assert scores.tolist() == [[2.0, 1.0], [0.0, 0.0]]


def test_minus_infinity_is_no_candidate():
    ids, scores = rank_items(np.array([[-np.inf, -5.0, -np.inf, -4.0]]), ITEMS, 3)
    assert ids.tolist() == [["d", "b", ""]]
    assert_array_equal(scores, [[-4.0, -5.0, np.nan]])


def test_no_items_give_empty_lists():
    ids, scores = rank_items(np.empty((2, 0)), np.empty(0, dtype=np.str_), 2)
    assert ids.tolist() == [["", ""], ["", ""]]
    assert np.isnan(scores).all()


def test_table_has_a_row_for_each_recommended_item():
    lists = TopK(
        np.array(["u", "v", "w"]),
        np.array([["a", "b"], ["", ""], ["c", ""]]),
        np.array([[2.0, 1.0], [np.nan, np.nan], [0.5, np.nan]]),
    )
    assert lists.to_table().to_pylist() == [
        {"user_id": "u", "rank": 1, "item_id": "a", "score": 2.0},
        {"user_id": "u", "rank": 2, "item_id": "b", "score": 1.0},
        {"user_id": "w", "rank": 1, "item_id": "c", "score": 0.5},
    ]
