"""What holds for every recommender."""

from __future__ import annotations

import random

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from personalization.contracts.errors import EmptyWindowError
from personalization.recommenders import Als, SeenItems
from personalization.recommenders.artefact import pack_model, unpack_model
from tests.recommenders.communities import (
    MODELS,
    USERS_PER_COMMUNITY,
    build_frame,
    community_rows,
    withheld_item,
)

pytestmark = pytest.mark.spark

USERS = np.array([f"{side}{n}" for side in "ba" for n in range(USERS_PER_COMMUNITY)])
PERSONALISED = [name for name in MODELS if name != "popularity"]
every_model = pytest.mark.parametrize("name", MODELS)
personalised = pytest.mark.parametrize("name", PERSONALISED)


@pytest.fixture(scope="module")
def seen(communities):
    return SeenItems.from_pairs(communities)


def assert_same_lists(left, right):
    assert_array_equal(left.user_ids, right.user_ids)
    assert_array_equal(left.item_ids, right.item_ids)
    assert_array_equal(left.scores, right.scores)


def assert_same_model(left, right):
    """Equal; but for the rounding of sums that MLlib takes in another order."""
    mllib = isinstance(left, Als) and left.options.backend == "mllib"
    ours, theirs = left.to_arrays(), right.to_arrays()
    assert ours.keys() == theirs.keys()
    for key, array in ours.items():
        if mllib and array.dtype.kind == "f":
            assert_allclose(array, theirs[key], rtol=1e-4, atol=1e-4)
        else:
            assert_array_equal(array, theirs[key])


@personalised
def test_the_withheld_item_of_the_own_community_comes_first(name, fitted, seen):
    top = fitted(name).recommend(USERS, 1, seen)
    assert top.item_ids[:, 0].tolist() == [withheld_item(user) for user in USERS]


@personalised
def test_own_community_fills_the_head_of_the_list(name, fitted):
    top = fitted(name).recommend(USERS, 6)
    assert_array_equal(np.strings.slice(top.item_ids, 1), np.tile(USERS.astype("<U1"), (6, 1)).T)


@every_model
def test_batch_equals_one_by_one(name, fitted, seen):
    model = fitted(name)
    batch = model.recommend(USERS, 5, seen)
    for row, user in enumerate(USERS):
        alone = model.recommend(np.array([user]), 5, seen)
        assert_array_equal(alone.item_ids[0], batch.item_ids[row])
        assert_array_equal(alone.scores[0], batch.scores[row])


@every_model
def test_chunks_do_not_show(name, fitted, seen, monkeypatch):
    whole = fitted(name).recommend(USERS, 5, seen)
    monkeypatch.setattr("personalization.recommenders.base.CELLS_AT_ONCE", 60)  # 5 users at a time
    assert_same_lists(fitted(name).recommend(USERS, 5, seen), whole)


@every_model
def test_seen_items_are_left_out_only_when_given(name, fitted, seen):
    model = fitted(name)
    had = {(user, item) for user, item, _, _ in community_rows()}
    kept, left_out = model.recommend(USERS, 12), model.recommend(USERS, 12, seen)
    for row, user in enumerate(USERS):
        assert set(kept.item_ids[row]) == set(model.item_ids)
        assert set(left_out.item_ids[row]) - {""} == {
            item for item in model.item_ids if (user, item) not in had
        }


@every_model
def test_lists_fall_by_score_then_rise_by_item_id(name, fitted):
    top = fitted(name).recommend(USERS, 12)
    for scores, items in zip(top.scores, top.item_ids, strict=True):
        places = list(zip((-scores).tolist(), items.tolist(), strict=True))
        assert places == sorted(places)


@every_model
def test_saved_and_loaded_model_recommends_the_same(name, fitted, seen):
    model = fitted(name)
    again = unpack_model(pack_model(model)[1])
    assert type(again) is type(model)
    assert again.settings == model.settings
    assert again.version() == model.version()
    assert_same_lists(again.recommend(USERS, 5, seen), model.recommend(USERS, 5, seen))


@every_model
def test_arrays_hold_no_objects(name, fitted):
    assert {array.dtype.kind for array in fitted(name).to_arrays().values()} <= set("fU")


@every_model
def test_same_seed_and_rows_in_any_order_give_the_same_model(name, fitted, spark):
    rows = community_rows()
    random.Random(5).shuffle(rows)
    shuffled = build_frame(spark, rows).repartition(3)
    assert_same_model(MODELS[name]().fit(shuffled), fitted(name))


@every_model
def test_list_longer_than_the_catalogue_is_filled_up(name, fitted):
    top = fitted(name).recommend(USERS[:2], 20)
    assert top.item_ids.shape == top.scores.shape == (2, 20)
    assert (top.item_ids[:, :12] != "").all()
    assert (top.item_ids[:, 12:] == "").all()
    assert np.isnan(top.scores[:, 12:]).all()


@personalised
def test_unknown_user_gets_an_empty_list_beside_known_ones(name, fitted):
    top = fitted(name).recommend(np.array(["zz", "a0", ""]), 3)
    assert (top.item_ids != "").sum(axis=1).tolist() == [0, 3, 0]
    assert np.isnan(top.scores[[0, 2]]).all()


@every_model
def test_seen_items_of_unknown_users_and_items_do_no_harm(name, fitted, spark):
    foreign = build_frame(
        spark,
        [("zz", "a-item0", "2024-01-01", 1.0), ("a0", "gone", "2024-01-01", 1.0)],
    )
    model = fitted(name)
    top = model.recommend(USERS, 5, SeenItems.from_pairs(foreign))
    assert_same_lists(top, model.recommend(USERS, 5))


@every_model
def test_no_users_give_no_lists(name, fitted, seen):
    top = fitted(name).recommend(np.array([], dtype=np.str_), 3, seen)
    assert top.item_ids.shape == top.scores.shape == (0, 3)
    assert top.to_table().num_rows == 0


@every_model
def test_list_without_places_is_refused(name, fitted):
    with pytest.raises(ValueError, match="k must be at least 1"):
        fitted(name).recommend(USERS, 0)


@every_model
def test_no_interactions_are_refused_by_name(name, communities):
    model = MODELS[name]()
    with pytest.raises(EmptyWindowError, match=f"^{model.name}:"):
        model.fit(communities.where("false"))
