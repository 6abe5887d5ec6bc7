from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated

import pytest

from personalization.contracts.errors import ConfigurationError
from personalization.simulation.limits import Each, Range, Span, Weights, check_ranges


@dataclass(frozen=True)
class Group:
    whole: Annotated[int, Range(1, 3)] = 2
    number: Annotated[float, Range(-1, 1)] = 0.5
    discounts: Annotated[Sequence[float], Each(0, 0.9)] = (0.1,)
    seconds: Annotated[Sequence[int], Span(1, 60)] = (3, 59)
    countries: Annotated[Mapping[str, float], Weights(("DE", "GB"))] = field(
        default_factory=lambda: {"DE": 1}
    )
    unmarked: str = "anything"


@pytest.mark.parametrize(
    "values",
    [
        {"whole": 1},
        {"whole": 3},
        {"number": -1},
        {"number": 1},
        {"discounts": [0, 0.9]},
        {"seconds": [1, 60]},
        {"seconds": [5, 5]},
        {"countries": {"DE": 0, "GB": 2.5}},
    ],
)
def test_the_limits_themselves_are_allowed(values):
    check_ranges("group", Group(**values))


@pytest.mark.parametrize(
    ("values", "asked"),
    [
        ({"whole": 0}, "a whole number from 1 to 3"),
        ({"whole": 4}, "a whole number from 1 to 3"),
        ({"whole": 2.0}, "a whole number from 1 to 3"),
        ({"whole": True}, "a whole number from 1 to 3"),
        ({"number": float("nan")}, "a number from -1 to 1"),
        ({"number": "0"}, "a number from -1 to 1"),
        ({"discounts": []}, "a list of numbers from 0 to 0.9"),
        ({"discounts": [0.1, 0.91]}, "a list of numbers from 0 to 0.9"),
        ({"discounts": 0.1}, "a list of numbers from 0 to 0.9"),
        ({"seconds": [59, 3]}, "two whole numbers from 1 to 60, the smaller one first"),
        ({"seconds": [3]}, "two whole numbers from 1 to 60"),
        ({"seconds": [3, 4, 5]}, "two whole numbers from 1 to 60"),
        ({"seconds": [3, 4.5]}, "two whole numbers from 1 to 60"),
        ({"seconds": [0, 5]}, "two whole numbers from 1 to 60"),
        ({"countries": {}}, r"names \(DE, GB\) with numbers from 0, not all of them 0"),
        ({"countries": {"DE": 0}}, "not all of them 0"),
        ({"countries": {"DE": -1, "GB": 2}}, "numbers from 0"),
        ({"countries": {"DE": float("inf")}}, "numbers from 0"),
        ({"countries": {"DE": float("nan")}}, "numbers from 0"),
        ({"countries": {"DE": "1"}}, "numbers from 0"),
        ({"countries": {"XX": 1}}, r"names \(DE, GB\)"),
        ({"countries": ["DE"]}, r"names \(DE, GB\)"),
    ],
)
def test_anything_else_is_refused_with_what_is_asked(values, asked):
    (name,) = values
    with pytest.raises(ConfigurationError, match=rf"data_generation\.group\.{name} is .*{asked}"):
        check_ranges("group", Group(**values))


def test_names_are_free_where_none_are_listed():
    assert Weights().holds({"smart fridge": 1}, None)
    assert Weights().tell(None) == "names with numbers from 0, not all of them 0"
