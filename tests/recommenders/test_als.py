from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from personalization.contracts.errors import ArtefactError, ConfigurationError
from personalization.recommenders import Als, AlsOptions
from personalization.recommenders.als import strength
from personalization.recommenders.als_mllib import regularization_parameter
from personalization.recommenders.interactions import positions, sum_weights
from tests.recommenders.communities import SMALL, build_frame, community_rows

RNG = np.random.default_rng(11)


def strengths_of(rows, model):
    """Summed weights as a dense matrix, by plain counting."""
    matrix = np.zeros((len(model.user_ids), len(model.item_ids)))
    users = positions(np.array([row[0] for row in rows]), model.user_ids)
    items = positions(np.array([row[1] for row in rows]), model.item_ids)
    np.add.at(matrix, (users, items), [row[3] for row in rows])
    return matrix


def solve_users(strengths, item_factors, alpha, penalties):
    """Equation 4 of Hu, Koren, Volinsky (2008), one user after the other."""
    solved = []
    for row, penalty in zip(strengths, penalties, strict=True):
        confidence = np.diag(1 + alpha * row)
        left = item_factors.T @ confidence @ item_factors + penalty * np.eye(item_factors.shape[1])
        solved.append(np.linalg.solve(left, item_factors.T @ confidence @ (row > 0)))
    return np.array(solved)


@pytest.mark.spark
def test_implicit_user_vectors_solve_the_normal_equations(communities):
    model = Als(AlsOptions(4, 4.0, 0.5, 1)).fit(communities)  # one round: far from converged
    strengths = strengths_of(community_rows(), model)
    arrays = model.to_arrays()
    expected = solve_users(strengths, arrays["item_factors"], 4.0, np.full(len(strengths), 0.5))
    assert_allclose(arrays["user_factors"], expected, rtol=1e-3, atol=1e-4)


@pytest.mark.spark
def test_mllib_user_vectors_solve_them_with_a_penalty_per_pair(spark):
    rows = [*community_rows(), ("a0", "b-item1", "2024-03-01", 3.0)]  # users of 5 and of 6 pairs
    options = AlsOptions(4, 4.0, 0.5, 3, backend="mllib")
    model = Als(options).fit(build_frame(spark, rows))
    strengths = strengths_of(rows, model)
    per_user, per_item = (strengths > 0).sum(axis=1), (strengths > 0).sum(axis=0)
    penalties = per_user * regularization_parameter(0.5, per_user, per_item)
    arrays = model.to_arrays()
    expected = solve_users(strengths, arrays["item_factors"], 4.0, penalties)
    assert_allclose(arrays["user_factors"], expected, rtol=1e-3, atol=1e-4)


@pytest.mark.spark
def test_backends_agree_where_all_users_and_all_items_have_as_many_pairs(fitted):
    # Dividing by the arithmetic mean of 5 and 10 pairs instead would move scores by 0.008.
    implicit, mllib = fitted("als_implicit"), fitted("als_mllib")
    assert_allclose(mllib.score(mllib.user_ids), implicit.score(mllib.user_ids), atol=0.002)


@pytest.mark.spark
def test_regularization_that_leaves_nothing_is_warned_of(communities, caplog):
    Als(replace(SMALL, regularization=1e4)).fit(communities)
    assert "regularization 10000" in caplog.text
    caplog.clear()
    Als(SMALL).fit(communities)
    assert not caplog.text


@pytest.mark.spark
@pytest.mark.parametrize(
    ("confidence", "expected"), [("binary", 1.0), ("count", 3.0), ("log", np.log(1 + 3.0))]
)
def test_strength_of_a_pair(spark, confidence, expected):
    rows = [("u", "a", "2024-03-01", 1.0), ("u", "a", "2024-03-02", 2.0)]
    pairs = sum_weights(build_frame(spark, rows))
    assert pairs.select(strength(pairs.weight, confidence)).first()[0] == pytest.approx(expected)


@pytest.mark.spark
def test_user_with_returns_only_is_unknown(spark):
    rows = [*community_rows(), ("r", "a-item1", "2024-03-01", -1.0)]
    model = Als(AlsOptions(factors=2, iterations=1, num_threads=1)).fit(build_frame(spark, rows))
    assert "r" not in model.user_ids
    assert "a0" in model.user_ids


def test_regularization_is_shared_out_over_a_typical_number_of_pairs():
    # users of 1 and 3 pairs: the average pair's has (1 + 9) / 4; items of 2 and 2: 2
    found = regularization_parameter(10.0, np.array([1, 3]), np.array([2, 2]))
    assert found == pytest.approx(10 / np.sqrt(10 / 4 * 2))


def build_model(item_factors):
    items = np.array([f"i{n:03}" for n in range(len(item_factors))])
    arrays = {
        "user_ids": np.array(["u0", "u1", "u2"]),
        "item_ids": items,
        "user_factors": RNG.normal(size=(3, item_factors.shape[1])).astype(np.float32),
        "item_factors": item_factors.astype(np.float32),
    }
    return Als.from_arrays(arrays, Als(AlsOptions(factors=item_factors.shape[1])).settings)


def test_items_of_equal_vectors_tie_and_rank_by_id():
    model = build_model(np.tile(RNG.normal(size=(1, 13)), (77, 1)))
    top = model.recommend(model.user_ids, 5)
    assert top.item_ids.tolist() == 3 * [["i000", "i001", "i002", "i003", "i004"]]


def test_score_of_a_user_does_not_depend_on_the_batch():
    model = build_model(RNG.normal(size=(77, 13)))
    alone = np.concatenate([model.score(model.user_ids[[n]]) for n in range(3)])
    assert (model.score(model.user_ids) == alone).all()


def test_scores_are_inner_products():
    model = build_model(RNG.normal(size=(5, 3)))
    arrays = model.to_arrays()
    expected = [arrays["item_factors"] @ row for row in arrays["user_factors"]]
    assert_allclose(model.score(model.user_ids), expected, rtol=1e-5)


def test_unfitted_model_recommends_nothing():
    assert Als().recommend(np.array(["u"]), 2).item_ids.tolist() == [["", ""]]


def test_number_of_threads_is_no_part_of_the_model():
    assert Als(AlsOptions(num_threads=2)).version() == Als(AlsOptions(num_threads=1)).version()
    assert Als(AlsOptions(seed=1)).version() != Als(AlsOptions(seed=2)).version()


@pytest.mark.parametrize(
    "values",
    [
        {"factors": 0},
        {"iterations": 0},
        {"num_threads": -1},
        {"alpha": 0.0},
        {"alpha": float("nan")},
        {"regularization": 0.0},
        {"confidence": "cubic"},
        {"backend": "gpu"},
    ],
)
def test_options_out_of_range_are_refused(values):
    with pytest.raises(ConfigurationError, match="als:"):
        AlsOptions(**values)


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("user_factors", np.ones((3, 2)), "shape"),
        ("item_factors", np.ones((4, 3)), "shape"),
        ("item_factors", np.ones(5), "shape"),
        ("item_ids", np.array(["a", "b", "b", "c", "d"]), "distinct ids in order"),
        ("item_ids", np.array(["a", "c", "b", "d", "e"]), "distinct ids in order"),
        ("user_ids", np.arange(3), "distinct ids in order"),
        ("user_ids", None, "missing"),
    ],
)
def test_arrays_that_do_not_agree_are_refused(key, value, message):
    model = build_model(RNG.normal(size=(5, 3)))
    arrays = {**model.to_arrays(), key: value}
    if value is None:
        del arrays[key]
    with pytest.raises(ArtefactError, match=message):
        Als.from_arrays(arrays, model.settings)
