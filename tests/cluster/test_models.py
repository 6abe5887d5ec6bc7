"""Models agree where all of their scores do."""

from __future__ import annotations

import numpy as np
import pytest

from personalization.recommenders import Popularity
from tests.cluster.models import agree


def popularity(counts: list[float], items: str = "ab") -> Popularity:
    arrays = {"item_ids": np.array(list(items)), "user_counts": np.array(counts)}
    return Popularity.from_arrays(arrays, {"window_days": None, "until": None})


@pytest.mark.parametrize(
    ("counts", "difference"), [([4.0, 2.0], 0.0), ([4.0, 2.5], 0.125), ([0.0, 2.0], 1.0)]
)
def test_the_largest_difference_counts_beside_the_largest_score(
    counts: list[float], difference: float
) -> None:
    found = agree("model_popularity", popularity([4.0, 2.0]), popularity(counts), 0.0)
    assert found.difference == difference
    assert found.is_same == (difference == 0.0)


def test_a_difference_within_the_tolerance_is_none() -> None:
    found = agree("model_als", popularity([4.0, 2.0]), popularity([4.0, 2.5]), 0.2)
    assert found.is_same
    assert str(found).startswith("Same     model_als")


def test_models_of_other_items_are_not_compared() -> None:
    found = agree("model_als", popularity([4.0, 2.0]), popularity([4.0, 2.0], "ac"), 1.0)
    assert not found.is_same
    assert "item_ids differ" in str(found)
