"""Shapes of a small mart by hand, and the generated shop within the bands of real ones."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from pyspark.sql import functions as F  # noqa: N812 - Spark's own custom
from scipy import stats

from personalization.pipelines.evaluation.nodes import measure_realism
from personalization.pipelines.evaluation.shop_profile import spread_prices
from personalization.pipelines.evaluation.shop_sums import sum_orders
from personalization.simulation import realism

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

SEARCHES = "SELECT * FROM VALUES ('u1', 'q1') AS t(user_id, search_id)"
INGESTION = {
    "totals": {"received": 1000, "rejected_by": {"duplicate": 5, "cancelled": 2}},
    "sources": {"orders": {"received": 100, "rejected_by": {"cancelled": 2}}},
}
NO_FAULTS = {"totals": {"received": 1, "rejected_by": {}}, "sources": {}}
COLUMNS = (
    "user_id, item_id, interaction_ts, interaction_type, quantity, price, session_id, order_id, "
    "currency, interaction_id"
)


def mart(spark: SparkSession, *rows: tuple[object, ...]) -> DataFrame:
    """Interactions from user, item, moment, kind, session and order."""
    values = ", ".join(
        f"({text(user)}, {text(item)}, TIMESTAMP'{at}', {text(kind)}, 2D, 5D, {text(session)}, "
        f"{text(order)}, 'EUR', 'n{n}')"
        for n, (user, item, at, kind, session, order) in enumerate(rows)
    )
    return spark.sql(f"SELECT * FROM VALUES {values} AS t({COLUMNS})")


def text(value: object) -> str:
    return "CAST(NULL AS STRING)" if value is None else f"'{value}'"


@pytest.fixture(scope="module")
def report(spark_session: SparkSession) -> dict[str, Any]:
    rows = [
        ("u1", "a", "2025-11-03 10:00:00", "view", "s1", None),
        ("u1", "a", "2025-11-03 10:00:20", "view", "s1", None),
        ("u1", "b", "2025-11-03 10:01:00", "view", "s1", None),
        (None, "a", "2025-11-04 22:00:00", "view", "s2", None),
        ("u1", "a", "2025-11-03 10:02:00", "cart", "s1", None),
        ("u1", "a", "2025-11-03 10:03:00", "purchase", "s1", "o1"),
        ("u1", "b", "2025-11-03 10:03:00", "purchase", "s1", "o1"),
        ("u1", "a", "2025-11-13 10:03:00", "purchase", None, "o2"),
        ("u1", "a", "2026-01-02 10:03:00", "purchase", None, "o3"),
        ("u2", "c", "2025-11-13 10:03:00", "view", "s3", None),
    ]
    return measure_realism(
        mart(spark_session, *rows), spark_session.sql(SEARCHES), INGESTION, "mine"
    )


@pytest.fixture(scope="module")
def measured(report: dict[str, Any]) -> dict[str, float | None]:
    bands = {row["measure"]: row["value"] for row in report["bands"]}
    return {**bands, **report["others"]}


@pytest.mark.spark
@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        ("cart_per_view", 100 / 5),
        ("purchase_per_view", 400 / 5),
        ("purchase_per_cart", 400.0),
        ("item_gini", 2 * (1 * 1 + 2 * 3) / (2 * 4) - 3 / 2),
        ("top_1_percent_share", 75.0),
        ("rank_frequency_slope", None),
        ("repeat_share", 50.0),
        ("session_length_p50", 1.0),
        ("unknown_sessions", 100 / 3),
        ("view_gap_log_mean", (math.log(20) + math.log(40)) / 2),
        ("view_gap_log_sd", (math.log(40) - math.log(20)) / math.sqrt(2)),
        ("order_value_log_mean", (math.log(20) + 2 * math.log(10)) / 3),
        ("order_gap_log_mean", (math.log(10) + math.log(50)) / 2),
        ("order_gap_log1p_sd", (math.log(51) - math.log(11)) / math.sqrt(2)),
        ("november_to_january", 2.0),
        ("searchers", 50.0),
        ("exact_duplicates", 0.5),
        ("missing_customers", 0.0),
        ("cancelled_lines", 2.0),
        ("hour_peak_to_trough", None),
    ],
)
def test_measures_are_what_the_rows_say(
    measured: dict[str, float | None], measure: str, expected: float | None
) -> None:
    value = measured[measure]
    if expected is None:
        assert value is None
    else:
        assert value == pytest.approx(expected, rel=1e-9)


@pytest.mark.spark
@pytest.mark.parametrize(
    ("name", "points"),
    [
        ("session_length", {1: 2 / 3, 3: 1.0}),
        ("orders_per_user", {3: 1.0}),
        ("months", {1: 1 / 3, 11: 2 / 3, 12: 0.0}),
        # from Monday: 6 on the 3rd of November, then Tuesday, two on a Thursday, one on a Friday
        ("weekdays", {1: 6 / 10, 2: 1 / 10, 4: 2 / 10, 5: 1 / 10, 7: 0.0}),
        ("hours", {10: 9 / 10, 22: 1 / 10}),
        ("best_items", {50: (3 + 0) / 4, 100: 1.0}),
    ],
)
def test_distributions_are_what_the_rows_say(
    report: dict[str, Any], name: str, points: dict[int, float]
) -> None:
    (found,) = (one for one in report["distributions"] if one["name"] == name)
    shares = dict(zip(found["at"], found["share"], strict=True))
    assert {at: shares[at] for at in points} == pytest.approx(points)


@pytest.mark.spark
def test_values_of_orders_are_binned_around_their_mean(report: dict[str, Any]) -> None:
    (found,) = (one for one in report["distributions"] if one["name"] == "order_value")
    mean = (math.log(20) + 2 * math.log(10)) / 3
    ends = [math.exp(math.ceil((math.log(v) - mean) * 8) / 8) for v in (10, 20)]
    assert found["at"] == pytest.approx(ends)
    assert found["share"] == pytest.approx([2 / 3, 1])


@pytest.mark.spark
def test_amounts_of_different_currencies_are_never_added_up_or_compared(
    spark: SparkSession,
) -> None:
    rows = [
        ("u1", "a", f"2025-11-{day:02} 10:00:00", "purchase", None, f"o{day}")
        for day in range(1, 9)
    ]
    mixed = (
        mart(spark, *rows)
        .withColumn("n", F.substring("order_id", 2, 1).cast("int"))
        .withColumn("currency", F.when(F.col("n") > 3, "GBP").when(F.col("n") > 1, "EUR"))
        .withColumn("price", F.when(F.col("n") > 3, F.lit(5.0)).otherwise(F.lit(500.0)))
        .withColumn(
            "order_id", F.when(F.col("n").isin(1, 2, 3, 8), "o8").otherwise(F.col("order_id"))
        )
    )
    orders = sum_orders(mixed)
    assert orders.per_user == {5: 1}  # all count as orders
    assert orders.values.sd == 0.0
    assert sum(orders.values.bins.values()) == 4  # o8 is in three currencies, one of them unnamed
    items = spark.sql("SELECT * FROM VALUES ('a', 'x'), ('b', 'x') AS t(item_id, category_path)")
    other = mixed.withColumn(
        "item_id", F.when(F.col("n").isin(4, 5), "b").otherwise(F.col("item_id"))
    )
    assert spread_prices(other, items) == 0.0


def test_a_shop_that_only_sells_has_no_data_on_visits(spark: SparkSession) -> None:
    bought = ("u1", "a", "2025-11-03 10:00:00", "purchase", None, "o1")
    searches = spark.sql(SEARCHES).limit(0)
    report = measure_realism(mart(spark, bought), searches, NO_FAULTS, "mine")
    verdicts = {row["measure"]: row["verdict"] for row in report["bands"]}
    assert verdicts["cart_per_view"] == verdicts["session_length_p50"] == "no data"
    assert verdicts["searchers"] == verdicts["november_to_january"] == "no data"
    assert json.loads(json.dumps(report, allow_nan=False)) == report


def test_verdicts_take_the_limits_in() -> None:
    rows = {row["measure"]: row for row in realism.judge({"repeat_share": 25, "searchers": 40.01})}
    assert rows["repeat_share"]["verdict"] == "pass"
    assert rows["searchers"]["verdict"] == "fail"
    assert rows["item_gini"]["verdict"] == "no data"
    assert rows["hour_peak_to_trough"]["high"] is None


def test_gini_and_slope_are_those_of_the_definition() -> None:
    rng = np.random.default_rng(1)
    values = np.sort(rng.integers(1, 500, 300))
    differences = np.abs(values[:, None] - values).sum()
    expected = differences / (2 * values.size**2 * values.mean())
    assert realism.gini(values) == pytest.approx(expected, rel=1e-12)
    zipf = {round(1e6 / place): 1 for place in range(1, 101)}
    assert realism.measure_popularity(zipf)["rank_frequency_slope"] == pytest.approx(-1, abs=1e-4)


def test_binned_distance_is_scipy_s_where_bins_are_fine() -> None:
    numbers = np.random.default_rng(2).normal(3.95, 1.6, 20_000)
    ends, counts = np.unique(np.ceil(numbers * 500) / 500, return_counts=True)
    bins = dict(zip(ends.tolist(), counts.tolist(), strict=True))
    expected = stats.kstest(numbers, "norm", args=(3.95, 1.51)).statistic
    assert realism.ks_to_normal(bins, 3.95, 1.51) == pytest.approx(expected, abs=1e-3)
