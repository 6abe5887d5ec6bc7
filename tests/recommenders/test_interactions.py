from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from personalization.recommenders.interactions import (
    PairMatrix,
    SeenItems,
    as_ids,
    encode,
    positions,
    sum_weights,
)
from tests.recommenders.communities import build_frame

DAY = "2024-03-01"


def test_ids_are_numbered_in_ascending_order():
    ids, places = encode(pa.chunked_array([["b", "a"], ["b", "ä"]]))
    assert ids.tolist() == ["a", "b", "ä"]
    assert places.tolist() == [1, 0, 1, 2]


def test_one_id_is_an_array_of_one():
    assert as_ids("u1").tolist() == ["u1"]


def test_nothing_is_found_among_no_ids():
    assert positions(as_ids(["a", "z"]), as_ids([])).tolist() == [-1, -1]


@pytest.mark.spark
def test_weights_add_up_per_pair_and_worthless_pairs_go(spark):
    frame = build_frame(
        spark,
        [
            ("u", "a", DAY, 0.1),
            ("u", "a", DAY, 0.2),
            ("u", "b", DAY, 1.0),
            ("u", "b", DAY, -1.0),  # bought and returned
            ("v", "a", DAY, -2.0),
            (None, "a", DAY, 1.0),
            ("u", None, DAY, 1.0),
        ],
    )
    # 0.1 + 0.2 is 0.30000000000000004 or 0.3, as the rows come
    assert [tuple(row) for row in sum_weights(frame).collect()] == [("u", "a", 0.3)]


@pytest.mark.spark
def test_pairs_become_a_matrix_of_their_values(spark):
    frame = build_frame(spark, [("v", "b", DAY, 2.0), ("u", "b", DAY, 3.0), ("v", "a", DAY, 4.0)])
    pairs = PairMatrix.collect(frame, value="weight")
    assert (pairs.user_ids.tolist(), pairs.item_ids.tolist()) == (["u", "v"], ["a", "b"])
    assert pairs.matrix.toarray().tolist() == [[0.0, 3.0], [4.0, 2.0]]


@pytest.mark.spark
def test_seen_cells_follow_the_order_of_users_asked_for(spark):
    frame = build_frame(
        spark,
        [
            ("u", "a", DAY, 1.0),
            ("u", "a", DAY, 1.0),
            ("v", "c", DAY, 1.0),
            ("v", "b", DAY, 1.0),
            (None, "a", DAY, 1.0),
        ],
    )
    mask = np.zeros((4, 2), dtype=int)
    mask[SeenItems.from_pairs(frame).cells(as_ids(["v", "x", "u", "v"]), as_ids(["a", "b"]))] = 1
    assert mask.tolist() == [[0, 1], [0, 0], [1, 0], [0, 1]]
