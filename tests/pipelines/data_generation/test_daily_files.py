"""Files of days from bundles, without Spark: the same however many days are written at once."""

from __future__ import annotations

from itertools import groupby
from types import SimpleNamespace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pytest

from personalization.pipelines.data_generation import daily_files
from personalization.pipelines.data_generation.bundles import Bundle, bundle
from personalization.pipelines.data_generation.daily_files import HELD_BY, DayWriter, join_bundles
from personalization.simulation.dirt import find_dirty_files, soil
from personalization.simulation.happenings import happen
from tests.simulation.options_of import world_of

if TYPE_CHECKING:
    from personalization.simulation.world import World

SMALL = {"days": 28, "n_users": 200, "n_strangers": 50, "n_products": 60, "visits_per_user": 20}
CHANGES = {
    "shop": {"size": "small", "test_days": 7, "sizes": {"small": SMALL}},
    "dirt": {"redelivered_share": 0.2, "changed_share": 0.1, "renamed_share": 0.2},
}


@pytest.fixture(scope="module")
def world() -> World:
    return world_of("base", **CHANGES)


@pytest.fixture(scope="module")
def bundles(world: World) -> pa.Table:
    """By day, as they come to a writer; those of several tasks in any order."""
    numbers = [np.arange(first, 250, 3) for first in range(3)]
    batches = [one for people in numbers for one in bundle([soil(world, happen(world, people))])]
    return pa.Table.from_batches(batches).sort_by("day")


def write(world: World, bundles: pa.Table, table: str) -> dict[str, list[tuple[bytes, int]]]:
    """Pieces and rows of each file; a file that is begun twice is an error."""
    held = bundles.filter(pa.compute.is_in(bundles["holds"], pa.array(HELD_BY[table])))
    writer = DayWriter(SimpleNamespace(value=world), table)
    pieces = [row for batch in writer(held.to_batches()) for row in batch.to_pylist()]
    files: dict[str, list[tuple[bytes, int]]] = {}
    for file, of_file in groupby(pieces, key=lambda piece: piece["file"]):
        assert file not in files
        files[file] = [(piece["content"], piece["rows"]) for piece in of_file]
    return files


def contents(files: dict[str, list[tuple[bytes, int]]]) -> dict[str, bytes]:
    return {file: b"".join(content for content, _ in pieces) for file, pieces in files.items()}


@pytest.mark.parametrize("table", HELD_BY)
@pytest.mark.parametrize("at_once", [pytest.param(1, marks=pytest.mark.slow), 3, 97])
def test_files_are_the_same_however_much_is_written_at_once(
    world: World, bundles: pa.Table, monkeypatch: pytest.MonkeyPatch, table: str, at_once: int
) -> None:
    expected = write(world, bundles, table)
    monkeypatch.setattr(daily_files, "ROWS_AT_ONCE", at_once)
    found = write(world, bundles, table)
    assert contents(found) == contents(expected)
    assert len(found) > 28
    assert sum(map(len, found.values())) > sum(map(len, expected.values()))


@pytest.mark.parametrize("table", HELD_BY)
def test_files_are_the_same_in_whatever_order_bundles_come(
    world: World, bundles: pa.Table, table: str
) -> None:
    other_way = bundles.take(np.arange(len(bundles))[::-1]).sort_by("day")
    assert other_way["content"] != bundles["content"]
    assert contents(write(world, other_way, table)) == contents(write(world, bundles, table))


@pytest.mark.parametrize("table", HELD_BY)
def test_a_day_without_rows_has_a_head_also_where_it_comes_again(
    world: World, bundles: pa.Table, table: str
) -> None:
    nothing = dict.fromkeys(bundles.schema.names) | {"holds": HELD_BY[table][0]}
    every_day = pa.Table.from_pylist([{**nothing, "day": n} for n in range(28)], bundles.schema)
    empty = contents(write(world, every_day, table))
    full = contents(write(world, pa.concat_tables([bundles, every_day]).sort_by("day"), table))
    assert empty.keys() == full.keys()
    assert len({file for file in full if "again" not in file}) == 28
    for file, content in empty.items():
        assert content == full[file].split(b"\n", 1)[0] + b"\n"
    assert contents(write(world, bundles, table)).items() <= full.items()


def test_rows_of_a_visit_and_second_stand_in_their_own_order() -> None:
    columns = ("person", "visit", "ts", "delivered", "seq")
    rows = [pa.RecordBatch.from_pylist([dict.fromkeys(columns, 5) | {"seq": n}]) for n in (1, 0)]
    joined = join_bundles(1, [Bundle("events", 5, one) for one in rows])
    assert joined["seq"].tolist() == [0, 1]


@pytest.mark.parametrize("table", HELD_BY)
def test_rows_of_a_file_come_in_time_order(world: World, bundles: pa.Table, table: str) -> None:
    place = {"events": 1, "orders": 2, "search_logs": 1}[table]
    for content in contents(write(world, bundles, table)).values():
        moments = [line.split(b",")[place] for line in content.splitlines()[1:]]
        known = [moment for moment in moments if moment > b"2000"]  # a clock may be broken
        assert known == sorted(known)


@pytest.mark.parametrize("table", HELD_BY)
def test_pieces_count_the_rows_of_their_files(world: World, bundles: pa.Table, table: str) -> None:
    files = write(world, bundles, table)
    for file, content in contents(files).items():
        assert content.count(b"\n") - 1 == sum(rows for _, rows in files[file])


def test_a_renamed_head_is_that_of_its_days_only(world: World, bundles: pa.Table) -> None:
    renamed = find_dirty_files(world)["renamed"]
    first = np.datetime64(world.period.start, "s").astype("datetime64[D]")
    for file, content in contents(write(world, bundles, "search_logs")).items():
        day = int((np.datetime64(file[:10]) - first).astype(int))
        head = content.split(b"\n", 1)[0].decode().split(",")
        assert ("search_term" in head) == renamed[day]
        assert ("query" in head) != ("search_term" in head)


def test_a_changed_redelivery_differs_in_one_price_of_its_day(
    world: World, bundles: pa.Table
) -> None:
    files = contents(write(world, bundles, "orders"))
    changed = int(find_dirty_files(world)["changed"].sum())
    differing = 0
    for file in (name for name in files if name.endswith("-again.csv")):
        first, again = (files[one].splitlines() for one in (file.replace("-again", ""), file))
        pairs = [(old, new) for old, new in zip(first, again, strict=True) if old != new]
        assert len(pairs) <= 1
        differing += len(pairs)
    assert differing == changed > 1
