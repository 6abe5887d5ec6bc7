"""The windows, the scores of users, and the sums that leave the cluster."""

from __future__ import annotations

import pytest

from personalization.pipelines.evaluation.offline import (
    describe_windows,
    score_users,
    sum_over_users,
)
from personalization.pipelines.evaluation.options import MetricOptions

pytestmark = pytest.mark.spark


def purchases(spark, *pairs):
    """Purchases of (user, item), one minute apart from 2026-06-01 00:00 on."""
    if not pairs:
        return spark.sql("SELECT * FROM VALUES ('', '', now(), 1.0D) WHERE false").toDF(
            "user_id", "item_id", "interaction_ts", "weight"
        )
    values = ", ".join(
        f"('{user}', '{item}', TIMESTAMP '2026-06-01 00:{minute:02d}:00', 1.0D)"
        for minute, (user, item) in enumerate(pairs)
    )
    return spark.sql(f"SELECT * FROM VALUES {values} AS (user_id, item_id, interaction_ts, weight)")


def rows(frame, *names):
    return sorted(tuple(row[name] for name in names) for row in frame.collect())


def test_windows_are_those_of_the_purchases_in_utc(spark):
    found = describe_windows(purchases(spark, ("u1", "a"), ("u1", "b")), purchases(spark))

    assert found == {
        "train": {
            "first": "2026-06-01T00:00:00Z",
            "last": "2026-06-01T00:01:00Z",
            "purchases": 2,
        },
        "test": {"first": None, "last": None, "purchases": 0},
    }


def test_users_are_scored_at_the_lengths_asked_for(spark):
    lists = spark.sql(
        "SELECT 'u1' AS user_id, 'als' AS model, 'all' AS protocol, 2 AS rank, 'a' AS item_id,"
        " 0.5D AS score, 'v1' AS model_version"
    )
    relevant = spark.sql("SELECT 'all' AS protocol, 'u1' AS user_id, 'a' AS item_id")
    options = MetricOptions(ks=[1, 2], headline_k=2, baselines=["popularity"])

    scored = score_users(lists, relevant, options)

    assert rows(scored, "k", "precision") == [(1, 0.0), (2, 1 / 2)]


def test_sums_hold_each_metric_and_the_paired_difference_at_the_headline_only(spark):
    scored = spark.sql(
        """SELECT *, ndcg / 2 AS precision, ndcg AS recall, ndcg AS average_precision
        FROM VALUES ('als', 'all', 'u1', 10, 0.6D), ('als', 'all', 'u2', 10, 0.2D),
        ('popularity', 'all', 'u2', 10, 0.5D), ('popularity', 'all', 'u1', 10, 0.2D),
        ('als', 'all', 'u1', 5, 0.9D), ('popularity', 'all', 'u1', 5, 0.1D),
        ('als', 'new', 'u1', 10, 0.7D) AS (model, protocol, user_id, k, ndcg)"""
    )
    options = MetricOptions(ks=[5, 10], headline_k=10, baselines=["absent", "popularity"])

    sums = {
        (row["model"], row["protocol"], row["k"]): row.asDict()
        for row in sum_over_users(scored, options)
    }

    assert len(sums) == 5
    row = sums["als", "all", 10]
    assert row["precision_n"] == 2
    assert row["precision_sum"] == pytest.approx((0.6 + 0.2) / 2)
    assert row["precision_squares"] == pytest.approx(0.3**2 + 0.1**2)
    assert row["difference_0_n"] == 0
    assert row["difference_1_sum"] == pytest.approx((0.6 - 0.2) + (0.2 - 0.5))
    assert row["difference_1_squares"] == pytest.approx((0.6 - 0.2) ** 2 + (0.2 - 0.5) ** 2)
    assert sums["popularity", "all", 10]["difference_1_squares"] == 0
    assert sums["als", "all", 5]["difference_1_n"] == 0
    assert sums["als", "new", 10]["difference_1_n"] == 0
