from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated

import pytest

from personalization.contracts.errors import ConfigurationError
from personalization.simulation.limits import (
    ByName,
    Each,
    Name,
    PerName,
    Range,
    Span,
    Weights,
    check_ranges,
)


@dataclass(frozen=True)
class Group:
    whole: Annotated[int, Range(1, 3)] = 2
    number: Annotated[float, Range(-1, 1)] = 0.5
    discounts: Annotated[Sequence[float], Each(0, 0.9)] = (0.1,)
    seconds: Annotated[Sequence[int], Span(1, 60)] = (3, 59)
    countries: Annotated[Mapping[str, float], Weights(("DE", "GB"))] = field(
        default_factory=lambda: {"DE": 1}
    )
    name: Name = "a"
    days: Annotated[Mapping[str, float], PerName(0, 9, ("tea", "oil"))] = field(
        default_factory=dict
    )
    prices: Annotated[Mapping[str, float], PerName(1, 9, ("tea", "oil"), is_whole=True)] = field(
        default_factory=lambda: {"tea": 1, "oil": 2}
    )
    sizes: Annotated[Mapping[str, Mapping[str, float]], ByName()] = field(
        default_factory=lambda: {"tiny": {}}
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
        {"days": {"tea": 0}},
        {"prices": {"tea": 1, "oil": 9}},
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
        ({"countries": {"DE": 1e308, "GB": 1e308}}, "numbers from 0"),
        ({"name": ""}, "a name"),
        ({"name": " "}, "a name"),
        ({"name": None}, "a name"),
        ({"name": 5}, "a name"),
        ({"name": ["a"]}, "a name"),
        ({"days": {"milk": 1}}, "numbers from 0 to 9 for tea, oil"),
        ({"days": {"tea": -1}}, "numbers from 0 to 9 for tea, oil"),
        ({"days": {"tea": True}}, "numbers from 0 to 9 for tea, oil"),
        ({"days": 3}, "numbers from 0 to 9 for tea, oil"),
        ({"prices": {"tea": 1}}, "numbers from 1 to 9 for each of tea, oil"),
        ({"prices": {"tea": 1, "oil": 0}}, "numbers from 1 to 9 for each of tea, oil"),
        ({"sizes": {}}, "one group at least"),
        ({"sizes": None}, "one group at least"),
        ({"sizes": 5}, "one group at least"),
        ({"sizes": {1: {}}}, "one group at least, each under its name"),
    ],
)
def test_anything_else_is_refused_with_what_is_asked(values, asked):
    (name,) = values
    with pytest.raises(ConfigurationError, match=rf"data_generation\.group\.{name} is .*{asked}"):
        check_ranges("group", Group(**values))


def test_names_are_free_where_none_are_listed():
    assert Weights().holds({"smart fridge": 1}, None)
    assert Weights().tell(None) == (
        "at most 100 names (one line each, without commas and quotes) with numbers from 0, "
        "not all of them 0"
    )


@pytest.mark.parametrize("name", ["", " ", "a\nb", "a\rb", "TV, big", 'TV 55"', 7, None])
def test_names_that_a_csv_file_could_not_hold_as_they_are_are_refused(name):
    assert not Weights().holds({name: 1}, None)


def test_there_are_no_more_names_than_the_files_have_numbers_for():
    most = {f"device {number}": 1 for number in range(100)}
    assert Weights().holds(most, None)
    assert not Weights().holds({**most, "one more": 1}, None)
