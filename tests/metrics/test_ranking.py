"""The NumPy reference against arithmetic, laws, and an independent implementation."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from personalization.metrics import ranking

KS = (1, 3, 5, 10)
ITEMS = st.integers(0, 14)
LISTS = st.lists(ITEMS, max_size=12, unique=True)
RELEVANT = st.sets(ITEMS, min_size=1, max_size=12)


def test_metrics_of_a_worked_example():
    scores = ranking.score_list(["a", "x", "b", "y"], {"a", "b", "c"}, 4)

    assert scores.precision == 2 / 4
    assert scores.recall == pytest.approx(2 / 3)
    assert scores.average_precision == pytest.approx(1 / 3 * (1 + 2 / 3))
    ideal = 1 + 1 / math.log2(3) + 1 / math.log2(4)
    assert scores.ndcg == pytest.approx((1 + 1 / math.log2(4)) / ideal)


def test_only_the_first_k_places_count():
    assert ranking.score_list(["x", "y", "a"], {"a"}, 2) == (0.0, 0.0, 0.0, 0.0)


def test_an_empty_list_scores_zero():
    assert ranking.score_list([], {"a"}, 5) == (0.0, 0.0, 0.0, 0.0)


def test_precision_of_a_short_list_divides_by_k():
    assert ranking.precision_at_k(["a"], {"a", "b"}, 10) == 1 / 10


def test_a_user_without_a_relevant_item_has_no_score():
    assert all(math.isnan(value) for value in ranking.score_list(["a"], set(), 5))


def test_a_perfect_list_scores_one_where_more_is_relevant_than_fits():
    scores = ranking.score_list(["a", "b"], {"a", "b", "c", "d"}, 2)

    assert scores == (1.0, 2 / 4, 1.0, 1.0)


def test_a_repeated_item_counts_once_at_its_better_place():
    repeated = ranking.score_list(["a", "a", "b"], {"a", "b"}, 3)

    assert repeated == ranking.score_list(["a", "x", "b"], {"a", "b"}, 3)


def test_relevant_items_named_twice_count_once():
    assert ranking.score_list(["a"], ["a", "a"], 2) == ranking.score_list(["a"], {"a"}, 2)


@pytest.mark.parametrize("k", [0, -1])
def test_k_below_one_is_refused(k):
    with pytest.raises(ValueError, match="at least 1"):
        ranking.precision_at_k(["a"], {"a"}, k)


@given(LISTS, RELEVANT, st.sampled_from(KS))
def test_every_metric_lies_between_zero_and_one(recommended, relevant, k):
    assert all(0 <= value <= 1 + 1e-12 for value in ranking.score_list(recommended, relevant, k))


@given(st.lists(ITEMS, max_size=12), RELEVANT, st.sampled_from(KS))
def test_repeats_never_push_a_metric_above_one(recommended, relevant, k):
    assert all(value <= 1 + 1e-12 for value in ranking.score_list(recommended, relevant, k))


@given(st.data(), st.lists(ITEMS, min_size=2, max_size=12, unique=True), st.sampled_from(KS))
def test_moving_a_hit_up_never_lowers_a_metric(data, recommended, k):
    place = data.draw(st.integers(1, len(recommended) - 1))
    relevant = data.draw(RELEVANT) | {recommended[place]}
    moved = list(recommended)
    moved.insert(data.draw(st.integers(0, place - 1)), moved.pop(place))

    before = ranking.score_list(recommended, relevant, k)
    after = ranking.score_list(moved, relevant, k)

    assert all(now >= then - 1e-12 for now, then in zip(after, before, strict=True))


def test_moving_a_hit_up_over_a_miss_raises_ndcg_and_average_precision():
    lower = ranking.score_list(["x", "a"], {"a"}, 2)
    upper = ranking.score_list(["a", "x"], {"a"}, 2)

    assert upper.ndcg > lower.ndcg
    assert upper.average_precision > lower.average_precision


@pytest.mark.filterwarnings("ignore:unsafe cast from uint64")
@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(st.lists(ITEMS, min_size=1, max_size=12, unique=True), RELEVANT),
        min_size=20,
        max_size=60,
    )
)
def test_reference_equals_ranx(cases):
    """ranx divides average precision by all relevant items, ours by those that fit into k."""
    from ranx import Qrels, Run, evaluate

    qrels = Qrels({f"u{i}": {f"i{x}": 1 for x in rel} for i, (_, rel) in enumerate(cases)})
    lists = [{f"i{x}": 1 / (n + 1) for n, x in enumerate(rec)} for rec, _ in cases]
    run = Run({f"u{i}": scored for i, scored in enumerate(lists)})
    names = [f"{name}@{k}" for name in ("precision", "recall", "map", "ndcg") for k in KS]
    evaluate(qrels, run, names)

    for i, (recommended, relevant) in enumerate(cases):
        for k in KS:
            ours = ranking.score_list(recommended, relevant, k)
            as_ranx = ours._replace(
                average_precision=ours.average_precision * min(k, len(relevant)) / len(relevant)
            )
            names = ("precision", "recall", "map", "ndcg")
            theirs = [run.scores[f"{name}@{k}"][f"u{i}"] for name in names]
            assert list(as_ranx) == pytest.approx(theirs, abs=1e-12)
