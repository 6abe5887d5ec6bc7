"""A configured value that is no number is refused by its key."""

import pytest

from personalization.contracts.errors import ConfigurationError
from personalization.contracts.values import require_number


@pytest.mark.parametrize(("value", "kind"), [(3, int), (3, float), (2.5, float)])
def test_numbers_pass(value: float, kind: type) -> None:
    require_number(value, "training.lists.length", kind)


@pytest.mark.parametrize(
    ("value", "kind", "told"),
    [
        ("3", float, "key: '3' is not a number"),
        (2.5, int, "key: 2.5 is not a whole number"),
        (True, int, "key: True is not a whole number"),
        (None, float, "key: None is not a number"),
    ],
)
def test_what_is_no_number_is_refused_by_its_key(value: object, kind: type, told: str) -> None:
    with pytest.raises(ConfigurationError, match=told):
        require_number(value, "key", kind)
