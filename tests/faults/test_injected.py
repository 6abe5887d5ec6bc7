"""The quick injections: at least one of each fault that no other test brings about."""

import pytest

from tests.faults.registry import FAULTS, QUICK
from tests.faults.runner import inject

pytestmark = pytest.mark.spark

CHOSEN = [
    pytest.param(fault.code, injection, id=f"{fault.code}-{injection.name}")
    for fault in FAULTS
    for injection in fault.injections
    if QUICK.get(fault.code) == injection.name
]


@pytest.mark.parametrize(("code", "injection"), CHOSEN)
def test_no_row_is_lost_or_duplicated_and_the_promise_is_kept(bench, tmp_path, code, injection):
    result = inject(bench, code, injection, tmp_path / "injection")
    assert (result.lost, result.duplicated) == (0, 0), result.message
    assert result.passed is not False, result.message


def test_every_quick_injection_is_one_of_the_registry():
    assert len(CHOSEN) == len(QUICK)
