"""The Spark metrics against the NumPy reference, and the order in which ties are broken."""

from __future__ import annotations

import math
import random

import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from personalization.metrics import frames, ranking

pytestmark = pytest.mark.spark

RECOMMENDATIONS = (
    "user_id string, model string, protocol string, rank int, item_id string, score double"
)
RELEVANT = "user_id string, protocol string, item_id string"
KS = (1, 3, 5, 10)
ITEMS = st.integers(0, 14).map("i{}".format)
CASES = st.lists(
    st.fixed_dictionaries(
        {
            "protocol": st.sampled_from(["all", "new"]),
            "relevant": st.sets(ITEMS, max_size=12),
            "als": st.lists(ITEMS, max_size=12),
            "popularity": st.lists(ITEMS, max_size=12, unique=True),
        }
    ),
    min_size=25,
    max_size=60,
)
GRAIN = ["model", "protocol", "user_id", "k"]


def recommend(spark, rows):
    """Rows of (user, model, protocol, items in order) as a frame."""
    flat = [
        (user, model, protocol, rank, item, 1 / rank)
        for user, model, protocol, items in rows
        for rank, item in enumerate(items, 1)
    ]
    names = ["user_id", "model", "protocol", "rank", "item_id", "score"]
    return spark.createDataFrame(pd.DataFrame(flat, columns=names), RECOMMENDATIONS)


def need(spark, rows):
    """Rows of (user, protocol, items) as a frame of relevant items."""
    flat = [(user, protocol, item) for user, protocol, items in rows for item in items]
    names = ["user_id", "protocol", "item_id"]
    return spark.createDataFrame(pd.DataFrame(flat, columns=names), RELEVANT)


def collected(frame):
    return frame.toPandas().sort_values(GRAIN, ignore_index=True)


def test_a_user_without_a_list_scores_zero_under_every_model_and_protocol(spark):
    lists = recommend(spark, [("u1", "als", "all", ["a"]), ("u1", "popularity", "all", ["b"])])
    relevant = need(spark, [("u1", "all", ["a"]), ("u2", "all", ["b"]), ("u1", "new", ["a"])])

    rows = collected(frames.per_user_metrics(lists, relevant, [1, 2]))

    ndcg = rows.set_index(GRAIN)["ndcg"].to_dict()
    assert ndcg == {
        ("als", "all", "u1", 1): 1.0,
        ("als", "all", "u1", 2): 1.0,
        ("als", "all", "u2", 1): 0.0,
        ("als", "all", "u2", 2): 0.0,
        ("als", "new", "u1", 1): 0.0,
        ("als", "new", "u1", 2): 0.0,
        ("popularity", "all", "u1", 1): 0.0,
        ("popularity", "all", "u1", 2): 0.0,
        ("popularity", "all", "u2", 1): 0.0,
        ("popularity", "all", "u2", 2): 0.0,
        ("popularity", "new", "u1", 1): 0.0,
        ("popularity", "new", "u1", 2): 0.0,
    }


def test_lists_of_users_without_a_relevant_item_are_left_out(spark):
    lists = recommend(spark, [("u1", "als", "all", ["a"]), ("stranger", "als", "all", ["a"])])
    relevant = need(spark, [("u1", "all", ["a"])])

    assert collected(frames.per_user_metrics(lists, relevant, [1]))["user_id"].tolist() == ["u1"]


def test_columns_types_and_values_of_a_worked_example(spark):
    lists = recommend(spark, [("u1", "als", "all", ["a", "x", "b", "y"])])
    relevant = need(spark, [("u1", "all", ["a", "b", "c"])])

    scored = frames.per_user_metrics(lists, relevant, [4])

    assert dict(scored.dtypes) == {
        "model": "string",
        "protocol": "string",
        "user_id": "string",
        "k": "int",
        "precision": "double",
        "recall": "double",
        "average_precision": "double",
        "ndcg": "double",
        "n_relevant": "int",
    }
    row = scored.collect()[0]
    assert row["n_relevant"] == 3
    assert row["precision"] == 2 / 4
    assert row["recall"] == pytest.approx(2 / 3)
    assert row["average_precision"] == pytest.approx(1 / 3 * (1 + 2 / 3))
    ideal = 1 + 1 / math.log2(3) + 1 / math.log2(4)
    assert row["ndcg"] == pytest.approx((1 + 1 / math.log2(4)) / ideal)


def test_no_list_at_all_gives_no_row(spark):
    lists = recommend(spark, [])

    assert frames.per_user_metrics(lists, need(spark, [("u1", "all", ["a"])]), [1]).isEmpty()


@settings(
    max_examples=3,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(cases=CASES)
def test_spark_equals_the_reference_on_random_lists_in_any_row_order(spark_session, cases):
    named = [(f"u{i}", case) for i, case in enumerate(cases)]
    lists = [("anchor", model, "all", ["i0"]) for model in ("als", "popularity")]
    lists += [(u, m, case["protocol"], case[m]) for u, case in named for m in ("als", "popularity")]
    needs = [("anchor", "all", {"i0"})]
    needs += [(user, case["protocol"], case["relevant"]) for user, case in named]
    expected = [
        (model, protocol, user, k, *ranking.score_list(items, relevant, k), len(relevant))
        for (user, model, protocol, items) in lists
        for (needy, _, relevant) in needs
        if user == needy and relevant
        for k in KS
    ]

    random.Random(len(cases)).shuffle(lists)
    shuffled = recommend(spark_session, lists).orderBy("score", "item_id")
    scored = frames.per_user_metrics(shuffled, need(spark_session, needs), KS)

    wanted = pd.DataFrame(expected, columns=frames.USER_METRICS)
    wanted = wanted.astype({"k": "int32", "n_relevant": "int32"})
    wanted = wanted.sort_values(GRAIN, ignore_index=True)
    assert_frame_equal(collected(scored), wanted, rtol=0, atol=1e-12)


def test_equal_scores_are_ranked_by_item_and_missing_scores_come_last(spark):
    scored = spark.sql(
        """SELECT 'als' AS model, 'all' AS protocol, user_id, item_id, DOUBLE(score) AS score
        FROM VALUES ('u1', 'c', '1.0'), ('u1', 'a', '1.0'), ('u1', 'b', '2.0'), ('u1', 'e', NULL),
        ('u1', 'd', 'NaN'), ('u1', 'f', '-3.0'), ('u2', 'z', '0.0') AS (user_id, item_id, score)"""
    )

    ranked = frames.rank_within_user(scored)

    places = {(row["user_id"], row["rank"]): row["item_id"] for row in ranked.collect()}
    assert places == {
        ("u1", 1): "b",
        ("u1", 2): "a",
        ("u1", 3): "c",
        ("u1", 4): "f",
        ("u1", 5): "d",
        ("u1", 6): "e",
        ("u2", 1): "z",
    }
    assert dict(ranked.dtypes)["rank"] == "int"


def test_each_model_and_protocol_is_ranked_by_itself(spark):
    scored = spark.sql(
        """SELECT * FROM VALUES ('als', 'all', 'u1', 'a', 1.0D), ('als', 'new', 'u1', 'b', 0.5D),
        ('bpr', 'all', 'u1', 'c', 0.1D) AS (model, protocol, user_id, item_id, score)"""
    )

    assert [row["rank"] for row in frames.rank_within_user(scored).collect()] == [1, 1, 1]
