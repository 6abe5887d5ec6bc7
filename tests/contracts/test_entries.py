from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import pytest

from personalization.contracts.entries import build_part, fits, in_words
from personalization.contracts.errors import ConfigurationError


@pytest.mark.parametrize(
    ("value", "hint", "expected"),
    [
        ("a", str, True),
        (1, str, False),
        (True, int, False),
        (True, float, False),
        (1, float, True),
        (1.5, int, False),
        (None, str | None, True),
        (1, str | None, False),
        ({"a": 1}, Mapping[str, int], True),
        ({"a": "1"}, Mapping[str, int], False),
        ({1: 1}, Mapping[str, int], False),
        ([("a", 1)], Mapping[str, int], False),
        (("a", "b"), tuple[str, ...], True),
        (("a", 1), tuple[str, ...], False),
        (["a"], tuple[str, ...], False),
        ("a", Literal["a", "b"], True),
        (["a"], Literal["a", "b"], False),
    ],
)
def test_value_fits_only_what_the_hint_allows(value, hint, expected):
    assert fits(value, hint) is expected


def test_hints_are_told_in_words():
    assert in_words(Literal["a", "b"] | None) == "a or b or null"
    assert in_words(tuple[str, ...]) == "a list of text"


@dataclass
class Part:
    size: int


def test_missing_key_is_told():
    with pytest.raises(ConfigurationError, match=r"^part\.size: missing\.$"):
        build_part(Part, {}, "part.")
    assert build_part(Part, {"size": 3}, "part.") == Part(3)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        (None, "part: empty is not a list of keys"),
        ([1], r"part: '\[1\]' is not a list of keys"),
        ({"size": None}, r"part\.size: empty is not a whole number"),
        ({"size": "3"}, r"part\.size: '3' is not a whole number"),
    ],
)
def test_values_that_do_not_fit_are_told(values, told):
    with pytest.raises(ConfigurationError, match=told):
        build_part(Part, values, "part.")
