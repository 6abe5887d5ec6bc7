"""Order of models, choice of baseline, and the report that is written."""

from __future__ import annotations

import json
import math

import numpy as np
import pandas as pd
import pytest

from personalization.contracts.errors import ContractError
from personalization.pipelines.evaluation.comparison import arrange_report, compare_models
from personalization.pipelines.evaluation.options import MetricOptions

Z = 1.959963984540054


def test_models_are_ordered_by_ndcg_under_all(report):
    assert report["models"] == ["als", "bpr", "popularity", "recent_popularity", "noise"]
    assert report["protocols"] == ["all", "new"]


def test_equal_models_are_ordered_by_name(make_sums, windows, options):
    rows = [make_sums((m, "all", 10), [0.1, 0.3], [[], []]) for m in ("b", "a", "c")]

    assert arrange_report(rows, windows, options)["models"] == ["a", "b", "c"]


def test_without_all_the_order_is_that_of_new(make_sums, windows, options):
    rows = [
        make_sums(("low", "new", 10), [0.1], [[], []]),
        make_sums(("high", "new", 10), [0.2], [[], []]),
    ]

    report = arrange_report(rows, windows, options)

    assert (report["models"], report["protocols"]) == (["high", "low"], ["new"])


def test_each_protocol_has_its_own_best_baseline(report):
    assert report["baselines"] == {"all": "popularity", "new": "recent_popularity"}


def test_of_equal_baselines_the_one_named_first_is_taken(make_sums, windows, options):
    rows = [
        make_sums((name, "all", 10), [0.2, 0.2], [[0, 0], [0, 0]])
        for name in ("recent_popularity", "popularity")
    ]

    assert arrange_report(rows, windows, options)["baselines"] == {"all": "popularity"}


def test_without_a_baseline_there_is_no_difference(make_sums, windows, options):
    report = arrange_report([make_sums(("als", "all", 10), [0.2, 0.4], [[], []])], windows, options)

    assert report["baselines"] == {"all": None}
    assert report["differences"] == []


def test_difference_is_paired_by_user(report):
    [found] = [d for d in report["differences"] if (d["model"], d["protocol"]) == ("als", "all")]

    paired = np.array([0.5 - 0.2, 0.6 - 0.4, 0.5 - 0.2, 0.6 - 0.4])
    half_width = Z * paired.std(ddof=1) / math.sqrt(4)
    assert found["baseline"] == "popularity"
    assert found["n_users"] == 4
    assert found["mean"] == pytest.approx(0.25)
    assert found["low"] == pytest.approx(0.25 - half_width)
    assert found["high"] == pytest.approx(0.25 + half_width)


def test_the_chosen_baseline_is_not_compared_with_itself(report):
    compared = [d["model"] for d in report["differences"] if d["protocol"] == "new"]

    assert compared == ["als", "bpr", "popularity", "noise"]


def test_scores_follow_protocol_model_and_k(make_sums, windows):
    options = MetricOptions(ks=[10, 5], headline_k=10, baselines=["popularity"])
    rows = [
        make_sums((model, protocol, k), [value], [[]])
        for k in (10, 5)
        for protocol in ("new", "all")
        for model, value in (("low", 0.1), ("high", 0.2))
    ]

    report = arrange_report(rows, windows, options)

    order = [(s["protocol"], s["model"], s["k"]) for s in report["scores"]]
    assert order == [
        (protocol, model, k)
        for protocol in ("all", "new")
        for model in ("high", "low")
        for k in (5, 10)
    ]
    assert report["ks"] == [5, 10]


def test_report_is_json_with_sorted_keys_and_echoes_its_settings(report, windows):
    assert json.dumps(report) == json.dumps(report, sort_keys=True)
    assert report["windows"] == windows
    assert report["headline"] == {"k": 10, "metric": "ndcg"}
    assert report["interval"]["level"] == 0.95


def test_no_row_at_all_names_the_table_that_is_empty(windows, options):
    with pytest.raises(ContractError, match="output_holdout_recommendations"):
        arrange_report([], windows, options)


@pytest.mark.spark
def test_comparison_of_a_frame_equals_numpy_in_any_row_order(spark, windows):
    options = MetricOptions(ks=[1, 10], headline_k=10, baselines=["recent", "popularity"])
    generator = np.random.default_rng(3)
    rows = pd.DataFrame(
        [
            (model, protocol, f"u{user}", k, *generator.random(4), 1)
            for model in ("als", "popularity")
            for protocol, n_users in (("all", 9), ("new", 5))
            for user in range(n_users)
            for k in (1, 10)
        ],
        columns=[
            *("model", "protocol", "user_id", "k"),
            *("precision", "recall", "average_precision", "ndcg", "n_relevant"),
        ],
    )

    report = compare_models(spark.createDataFrame(rows), windows, options)
    again = compare_models(spark.createDataFrame(rows.sample(frac=1)), windows, options)

    assert again == report
    assert len(report["scores"]) == 2 * 2 * 2
    for score in report["scores"]:
        picked = rows[(rows[["model", "protocol", "k"]] == _key(score)).all(axis=1)]
        assert score["n_users"] == len(picked)
        for name, estimate in score["metrics"].items():
            half_width = Z * picked[name].std(ddof=1) / math.sqrt(len(picked))
            assert estimate["mean"] == pytest.approx(picked[name].mean())
            assert estimate["high"] == pytest.approx(picked[name].mean() + half_width)
    per_user = rows[rows["k"] == 10].pivot_table("ndcg", ["protocol", "user_id"], "model")
    paired = per_user["als"] - per_user["popularity"]
    assert [d["protocol"] for d in report["differences"]] == ["all", "new"]
    for found in report["differences"]:
        of_protocol = paired[found["protocol"]]
        half_width = Z * of_protocol.std(ddof=1) / math.sqrt(len(of_protocol))
        assert found["mean"] == pytest.approx(of_protocol.mean())
        assert found["low"] == pytest.approx(of_protocol.mean() - half_width)


def _key(score):
    return pd.Series({name: score[name] for name in ("model", "protocol", "k")})
