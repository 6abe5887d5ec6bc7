"""Splits that leak nothing, tuning that sees validation only, lists for everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from personalization.contracts.errors import ConfigurationError, EmptyWindowError
from personalization.pipelines.training import nodes
from personalization.pipelines.training.options import Lists, RunStamp, Signals, Tuning, Windows
from personalization.recommenders import AlsOptions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyspark.sql import DataFrame, SparkSession

pytestmark = pytest.mark.spark

COLUMNS = "user_id, item_id, interaction_ts, known_at, interaction_type, quantity, weight"
WINDOWS = Windows("2026-05-01", "2026-06-01", "2026-07-01")
ALL_KINDS = Signals(["view", "cart", "purchase"])
SMALL = AlsOptions(factors=2, iterations=2, seed=1)

Row = tuple[str | None, str, str, str, str, float]


def interactions(spark: SparkSession, rows: Iterable[Row]) -> DataFrame:
    values = ", ".join(
        f"({'NULL' if user is None else repr(user)}, '{item}', TIMESTAMP'{at}', "
        f"TIMESTAMP'{known}', '{kind}', 1D, {weight}D)"
        for user, item, at, known, kind, weight in rows
    )
    return spark.sql(f"SELECT *, false AS is_bot FROM VALUES {values} AS t({COLUMNS})")


def bought(user: str | None, item: str, at: str, known: str | None = None) -> Row:
    return (user, item, f"{at} 12:00:00", f"{known or at} 12:00:00", "purchase", 1.0)


def viewed(user: str, item: str, at: str) -> Row:
    return (user, item, f"{at} 12:00:00", f"{at} 12:00:00", "view", 0.1)


def pairs(frame: DataFrame) -> set[tuple[str, str]]:
    return {(row["user_id"], row["item_id"]) for row in frame.collect()}


@pytest.fixture
def mart(spark: SparkSession) -> DataFrame:
    """Two communities that buy a-items and b-items, before, in and after the windows."""
    return interactions(
        spark,
        [
            bought("u1", "a1", "2026-04-01"),
            bought("u1", "a2", "2026-05-10"),
            bought("u2", "a1", "2026-04-02"),
            bought("u2", "a2", "2026-04-03"),
            viewed("u2", "a3", "2026-04-03"),
            bought("u3", "b1", "2026-04-04"),
            bought("u3", "b2", "2026-06-15"),
            bought("u1", "a3", "2026-06-20"),
            bought("u2", "b1", "2026-07-02"),
            bought(None, "b2", "2026-04-05"),
            bought("u9", "b2", "2026-04-06", known="2026-06-05"),
        ],
    )


def test_a_row_known_too_late_is_not_in_training(mart: DataFrame) -> None:
    parts = nodes.split_interactions(mart, WINDOWS, ALL_KINDS)
    assert ("u9", "b2") not in pairs(parts["train"])
    assert ("u9", "b2") in pairs(parts["signals"])


def test_windows_take_purchases_of_known_users_by_time(mart: DataFrame) -> None:
    parts = nodes.split_interactions(mart, WINDOWS, ALL_KINDS)
    assert pairs(parts["train"]) == {
        ("u1", "a1"),
        ("u1", "a2"),
        ("u2", "a1"),
        ("u2", "a2"),
        ("u3", "b1"),
    }
    assert pairs(parts["test"]) == {("u3", "b2"), ("u1", "a3")}


def test_no_row_of_the_test_window_is_in_training(mart: DataFrame) -> None:
    parts = nodes.split_interactions(mart, WINDOWS, ALL_KINDS)
    latest = parts["train"].agg({"interaction_ts": "max"}).first()
    earliest = parts["test"].agg({"interaction_ts": "min"}).first()
    assert latest is not None
    assert earliest is not None
    assert latest[0] < earliest[0]


def test_signals_hold_the_kinds_asked_for(mart: DataFrame) -> None:
    parts = nodes.split_interactions(mart, WINDOWS, Signals(["purchase"]))
    assert ("u2", "a3") not in pairs(parts["signals"])
    with_views = nodes.split_interactions(mart, WINDOWS, ALL_KINDS)
    assert ("u2", "a3") in pairs(with_views["signals"])


def test_signals_leave_out_what_machines_do_unless_asked(mart: DataFrame) -> None:
    flagged = mart.withColumn("is_bot", mart["user_id"] == "u2")
    parts = nodes.split_interactions(flagged, WINDOWS, ALL_KINDS)
    assert {user for user, _ in pairs(parts["signals"])} == {"u1", "u3", "u9"}
    kept = Signals(ALL_KINDS.kinds, bots="keep")
    assert ("u2", "a3") in pairs(nodes.split_interactions(flagged, WINDOWS, kept)["signals"])
    assert ("u2", "a1") in pairs(parts["train"])  # what was bought is judged all the same


def test_models_for_evaluation_know_nothing_of_the_test_window(mart: DataFrame) -> None:
    signals = nodes.split_interactions(mart, WINDOWS, ALL_KINDS)["signals"]
    models = nodes.fit_holdout_models(signals, WINDOWS, ALL_KINDS, SMALL)
    assert set(models["popularity"].item_ids) == {"a1", "a2", "b1"}
    without_test = signals.filter("interaction_ts < '2026-06-01'")
    again = nodes.fit_holdout_models(without_test, WINDOWS, ALL_KINDS, SMALL)
    assert {n: m.version() for n, m in models.items()} == {n: m.version() for n, m in again.items()}


def test_models_that_serve_know_everything(mart: DataFrame) -> None:
    signals = nodes.split_interactions(mart, WINDOWS, ALL_KINDS)["signals"]
    models = nodes.fit_models_on_all(signals, ALL_KINDS, SMALL)
    assert set(models["popularity"].item_ids) == {"a1", "a2", "a3", "b1", "b2"}
    # 28 days before the newest purchase, of 2 July: b2 and a3 in June, b1 in July
    recent = models["recent_popularity"].recommend(["u1"], 3).item_ids[0].tolist()
    assert recent == ["a3", "b1", "b2"]


def test_a_shop_without_known_users_is_told(spark: SparkSession) -> None:
    nobody = interactions(spark, [bought(None, "a1", "2026-04-01")])
    signals = nodes.split_interactions(nobody, WINDOWS, ALL_KINDS)["signals"]
    with pytest.raises(EmptyWindowError, match="no interaction of a known user"):
        nodes.fit_models_on_all(signals, ALL_KINDS, SMALL)


def test_holdout_lists_are_for_users_with_a_past_and_a_test_purchase(mart: DataFrame) -> None:
    parts = nodes.split_interactions(mart, WINDOWS, ALL_KINDS)
    models = nodes.fit_holdout_models(parts["signals"], WINDOWS, ALL_KINDS, SMALL)
    lists = nodes.recommend_for_holdout(parts["train"], parts["test"], Lists(3), **models)
    rows = lists.collect()
    assert {row["user_id"] for row in rows} == {"u1", "u3"}
    assert {row["model"] for row in rows} == {"popularity", "recent_popularity", "als"}
    of_u1 = {
        protocol: {r["item_id"] for r in rows if (r["user_id"], r["protocol"]) == ("u1", protocol)}
        for protocol in ("all", "new")
    }
    assert {"a1", "a2"} <= of_u1["all"]
    assert of_u1["new"] == {"b1", "a3"}  # a3 was viewed: ALS knows it, nobody has bought it


def test_every_user_gets_lists_also_one_without_history(
    spark: SparkSession, mart: DataFrame
) -> None:
    signals = nodes.split_interactions(mart, WINDOWS, ALL_KINDS)["signals"]
    models = nodes.fit_models_on_all(signals, ALL_KINDS, SMALL)
    described = spark.sql("SELECT 'newcomer' AS user_id")
    stamp = RunStamp("2026-07-03 10:00:00")
    lists = nodes.recommend_for_all_users(signals, described, Lists(2), stamp, **models)
    rows = lists.collect()
    assert {row["user_id"] for row in rows} == {"u1", "u2", "u3", "u9", "newcomer"}
    of_newcomer = [r for r in rows if (r["user_id"], r["model"]) == ("newcomer", "popularity")]
    # three users bought b1 or a1 or … : a1, a2, b1, b2 by two each; ties go to the smaller id
    assert [row["item_id"] for row in sorted(of_newcomer, key=rank)] == ["a1", "a2"]
    assert {row["reason"] for row in of_newcomer} == {"popular"}
    assert str(rows[0]["generated_at"]) == "2026-07-03 10:00:00"


def rank(row: object) -> int:
    return row["rank"]  # type: ignore[index, no-any-return]


def test_bought_items_stay_out_where_the_shop_wants_it(
    spark: SparkSession, mart: DataFrame
) -> None:
    signals = nodes.split_interactions(mart, WINDOWS, ALL_KINDS)["signals"]
    models = nodes.fit_models_on_all(signals, ALL_KINDS, SMALL)
    nobody = spark.sql("SELECT CAST(NULL AS STRING) AS user_id WHERE FALSE")
    stamp = RunStamp("2026-07-03 10:00:00")
    removed = nodes.recommend_for_all_users(signals, nobody, Lists(5, "remove"), stamp, **models)
    history = pairs(signals.filter("interaction_type = 'purchase'"))
    assert not pairs(removed) & history
    kept = nodes.recommend_for_all_users(signals, nobody, Lists(5, "keep"), stamp, **models)
    assert pairs(kept) & history


def test_tuning_never_sees_the_test_window(spark: SparkSession, mart: DataFrame) -> None:
    in_test = interactions(spark, [bought("u3", "a1", "2026-06-16")])  # an item known in training
    signals = nodes.split_interactions(mart.union(in_test), WINDOWS, ALL_KINDS)["signals"]
    tuning = Tuning([{"alpha": 1.0}, {"alpha": 4.0}], k=2)
    chosen, report = nodes.tune_als(signals, WINDOWS, ALL_KINDS, SMALL, tuning)
    without_test = signals.filter("interaction_ts < '2026-06-01'")
    assert nodes.tune_als(without_test, WINDOWS, ALL_KINDS, SMALL, tuning) == (chosen, report)


def test_tuning_chooses_the_best_mean_and_the_first_of_equals(mart: DataFrame) -> None:
    signals = nodes.split_interactions(mart, WINDOWS, ALL_KINDS)["signals"]
    same = Tuning([{"alpha": 1.0, "seed": 5}, {"alpha": 1.0, "seed": 5, "num_threads": 1}])
    chosen, report = nodes.tune_als(signals, WINDOWS, ALL_KINDS, SMALL, same)
    assert chosen.num_threads == SMALL.num_threads
    means = [trial["mean"] for trial in report["trials"]]
    assert means[0] == means[1] == sum(report["trials"][0]["ndcg"].values()) / 2
    assert report["users"] == {"all": 1, "new": 1}  # u1 bought a2 in May


def test_tuning_leaves_out_a_protocol_without_users(spark: SparkSession, mart: DataFrame) -> None:
    again = interactions(spark, [bought("u2", "a2", "2026-05-11")])
    only_known = mart.filter("user_id <> 'u1'").union(again)
    signals = nodes.split_interactions(only_known, WINDOWS, ALL_KINDS)["signals"]
    _, report = nodes.tune_als(signals, WINDOWS, ALL_KINDS, SMALL, Tuning([{"alpha": 1.0}], k=2))
    (trial,) = report["trials"]
    assert report["users"] == {"all": 1, "new": 0}
    assert trial["ndcg"] == {"all": trial["mean"]}
    assert 0 < trial["mean"] <= 1
    assert report["why"] == "highest mean of nDCG@2 over all on validation"


def test_without_candidates_nothing_is_tuned(mart: DataFrame) -> None:
    chosen, report = nodes.tune_als(mart, WINDOWS, ALL_KINDS, SMALL, Tuning())
    assert chosen == SMALL
    assert report["trials"] == []


def test_a_candidate_of_the_wrong_type_is_refused(mart: DataFrame) -> None:
    signals = nodes.split_interactions(mart, WINDOWS, ALL_KINDS)["signals"]
    with pytest.raises(ConfigurationError, match="alpha: 'much' is not a number"):
        nodes.tune_als(signals, WINDOWS, ALL_KINDS, SMALL, Tuning([{"alpha": "much"}]))
