import pytest

from personalization.contracts.errors import ConfigurationError
from personalization.pipelines.data_processing.options import Batch, InteractionWeights, Limits


@pytest.mark.parametrize("name", ["fault_share", "rejected_share", "file_fault_share"])
@pytest.mark.parametrize("share", [-0.01, 1.01])
def test_share_outside_0_to_1_is_refused_by_name(name, share):
    with pytest.raises(ConfigurationError, match=rf"limits.{name}: {share} is not in 0 … 1"):
        Limits(**{name: share})
    assert getattr(Limits(**{name: 0}), name) == 0
    assert getattr(Limits(**{name: 1}), name) == 1


def test_file_too_small_to_judge_has_at_least_one_row():
    with pytest.raises(ConfigurationError, match=r"limits.file_rows must be positive"):
        Limits(file_rows=0)


def test_a_negative_number_of_conflicts_is_refused():
    with pytest.raises(ConfigurationError, match=r"limits.conflicts is negative"):
        Limits(conflicts=-1)


@pytest.mark.parametrize(("name", "value"), [("fault_share", "5%"), ("file_rows", 2.5)])
def test_limit_that_is_no_number_is_refused_by_name(name, value):
    with pytest.raises(ConfigurationError, match=rf"limits\.{name}: '?{value}'? is not a .*number"):
        Limits(**{name: value})


def test_weight_that_is_no_number_is_refused_by_name():
    with pytest.raises(ConfigurationError, match=r"weights\.view: 'low' is not a number"):
        InteractionWeights(view="low")


def test_batch_without_an_id_is_refused():
    with pytest.raises(ConfigurationError, match=r"batch.batch_id is empty"):
        Batch("", "2026-06-30 12:00:00")


def test_negative_weight_is_refused_by_name():
    with pytest.raises(ConfigurationError, match=r"weights.cart: -1 is negative"):
        InteractionWeights(cart=-1)
