"""The text says what the intervals say, and no more."""

from __future__ import annotations

import pytest

from personalization.pipelines.evaluation.readout import (
    CLOSING,
    describe_differences,
    write_comparison_text,
)


def test_only_models_whose_interval_excludes_zero_are_named(report):
    sentence = describe_differences(report, "all")

    assert "to popularity, the best popularity baseline" in sentence
    assert "above 0 for als (+0.2500)" in sentence
    assert "below 0 for recent_popularity (-0.1000) and noise (-0.2500)" in sentence
    assert "bpr" not in sentence


def test_where_every_interval_holds_zero_no_model_is_claimed_to_be_ahead(report):
    report["differences"] = [
        {**d, "low": -0.1, "high": 0.2} for d in report["differences"] if d["protocol"] == "new"
    ]

    sentence = describe_differences(report, "new")

    assert sentence.endswith("lies above 0 for no model.")


@pytest.mark.parametrize(("low", "high"), [(0.0, 0.2), (-0.2, 0.0)])
def test_an_interval_that_touches_zero_claims_nothing(report, low, high):
    report["differences"] = [{**report["differences"][0], "low": low, "high": high}]

    sentence = describe_differences(report, "all")

    assert "als" not in sentence
    assert "below" not in sentence


def test_too_few_users_are_said_to_be_too_few(report):
    report["differences"] = [{**d, "low": None, "high": None} for d in report["differences"]]

    assert describe_differences(report, "all").startswith("Too few users")


def test_without_differences_the_reader_is_told_what_is_missing(report):
    report["differences"] = []

    assert "baseline and another model" in describe_differences(report, "all")


def test_text_has_a_table_per_protocol_with_aligned_columns(report):
    lines = write_comparison_text(report).splitlines()

    titles = [line for line in lines if line.startswith("model")]
    rules = [line for line in lines if line.startswith("---")]
    rows = [line for line in lines[2:] if "±" in line]
    assert len(rows) == 2 * 5
    assert len(titles) == len(rules) == 2
    assert titles[0].split() == ["model", "nDCG@10", "Recall@10", "Precision@10", "MAP@10"]
    assert len({len(line) for line in [*titles, *rules, *rows]}) == 1
    assert max(len(line) for line in lines) <= 88


def test_text_says_users_windows_and_where_the_recommendations_are(report):
    text = write_comparison_text(report)

    assert "bought before; 4 users" in text
    assert "bought before; 3 users" in text
    assert "train 2026-01-01 to 2026-05-31; test 2026-06-01 to 2026-06-30" in text
    assert "output_recommendations" in text
    assert text.endswith(CLOSING)


def test_rows_show_the_mean_and_half_of_the_interval(report):
    row = next(r for r in write_comparison_text(report).splitlines() if r.startswith("als"))

    # values 0.5, 0.6, 0.5, 0.6: variance 4 * 0.05**2 / 3; 1.96 * sqrt(0.01 / 3 / 4) = 0.0566
    assert row.split()[1:3] == ["0.5500", "±0.0566"]
