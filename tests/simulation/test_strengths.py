import re
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pytest

from personalization.simulation.happenings import happen
from personalization.simulation.people import draw_people
from personalization.simulation.products import write_products
from personalization.simulation.world import World
from tests.simulation.options_of import CONF, NO_DIRT, merge, read_groups, world_of

SMALL = {"days": 120, "n_users": 120, "n_strangers": 80, "n_products": 160, "visits_per_user": 50}
CHANGES = {
    "shop": {"size": "small", "sizes": {"small": SMALL}},
    "strengths": {
        "people": {"bot_share": 0.05, "bot_visits_per_day": 1.0},
        "habits": {"repeat_share": 0.9},  # so that some days have several
    },
    "dirt": NO_DIRT,
    "drift": {"active": "price_rise"},
}


BY_NAME = ("_weights", "_prices", "cycle_days")


def leaves(group: Mapping[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Paths to all values; numbers by name are one value."""
    for key, value in group.items():
        if isinstance(value, Mapping) and not key.endswith(BY_NAME):
            yield from leaves(value, (*path, key))
        else:
            yield (*path, key)


STRENGTHS = read_groups("base")["strengths"]
LEAVES = list(leaves(STRENGTHS))


def changed(value: Any) -> Any:
    """Another value that the option can have."""
    if isinstance(value, Mapping):
        return {
            name: (1 + 2 * (place % 2)) * one for place, (name, one) in enumerate(value.items())
        }
    if isinstance(value, list):
        return [value[0], value[1] + 5] if isinstance(value[0], int) else value[::-1]
    return value + 3 if isinstance(value, int) else 0.3 * value


def traces(world: World) -> list[np.ndarray[Any, Any]]:
    """What can be seen of a shop: who there is, what it sells, what happens."""
    number = np.arange(world.n_people)
    people = draw_people(world, number)
    happened = happen(world, number)
    return [
        *(np.asarray(column) for column in vars(people).values()),
        *(column.to_numpy(zero_copy_only=False) for column in write_products(world).values()),
        *(happened[name].to_numpy() for name in happened.columns if name != "results"),
    ]


@pytest.fixture(scope="module")
def usual():
    return traces(world_of("base", **CHANGES))


def differ(ours: list[np.ndarray[Any, Any]], others: list[np.ndarray[Any, Any]]) -> bool:
    return any(not np.array_equal(one, other) for one, other in zip(ours, others, strict=True))


def test_the_same_strengths_give_the_same_shop(usual):
    assert not differ(usual, traces(world_of("base", **CHANGES)))


@pytest.mark.parametrize("path", LEAVES, ids=".".join)
def test_every_strength_acts(usual, path):
    value: Any = STRENGTHS
    for key in path:
        value = value[key]
    change: Any = changed(value)
    for key in reversed(path):
        change = {key: change}
    course = world_of("base", **merge(CHANGES, {"strengths": change}))
    assert differ(usual, traces(course))


def lines_without_source(text: str) -> list[str]:
    """Values whose comment, beside or above, does not name a unit and a source."""
    lacking, above = [], ""
    for line in text.splitlines():
        told = line.partition("#")[2].strip()
        if re.match(r" {6}\w+:", line) and not re.fullmatch(r"[^;]+; [^;]+", told or above):
            lacking.append(line.strip())
        above = told if line.strip().startswith("#") else ""
    return lacking


def test_every_strength_has_a_unit_and_a_source():
    text = (CONF / "base" / "parameters" / "data_generation.yml").read_text()
    strengths = text[text.index("  strengths:") : text.index("  dirt:")]
    assert sum(bool(re.match(r" {6}\w+:", line)) for line in strengths.splitlines()) == len(LEAVES)
    assert lines_without_source(strengths) == []


def test_a_strength_without_a_source_would_be_found():
    text = (
        "      a: 1  # days; UCI\n      b: 2  # days\n      # hours; UCI\n      c: 3\n      d: 4\n"
    )
    assert lines_without_source(text) == ["b: 2  # days", "d: 4"]
