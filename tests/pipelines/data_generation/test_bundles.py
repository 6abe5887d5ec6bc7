"""Bundles of rows: what goes in comes out, and each is of one file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from personalization.pipelines.data_generation.bundles import (
    BUNDLES,
    EVENTS,
    HAPPENINGS,
    KEPT,
    PURCHASES,
    SEARCHES,
    SOILED,
    TYPES,
    VISITS,
    Bundle,
    bundle,
    open_bundles,
    read_columns,
)
from personalization.pipelines.data_generation.identities import name_happenings
from personalization.simulation.dirt import EVENT_DIRT, soil
from personalization.simulation.happenings import NUMBER_OF, happen
from tests.simulation.options_of import world_of

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import SparkSession

SMALL = {"days": 28, "n_users": 200, "n_strangers": 50, "n_products": 60, "visits_per_user": 20}
CHANGES = {
    "shop": {"size": "small", "test_days": 7, "sizes": {"small": SMALL}},
    "dirt": {"duplicate_share": 0.05, "late_share": 0.05, "missing_customer_share": 0.2},
}
KEYS = ["person", "seq", "delivered"]


@pytest.fixture(scope="module")
def frames() -> list[pd.DataFrame]:
    """What two blocks of people do."""
    world = world_of("base", **CHANGES)
    return [soil(world, happen(world, np.arange(first, 250, 2))) for first in range(2)]


@pytest.fixture(scope="module")
def packed(frames: list[pd.DataFrame]) -> list[pa.RecordBatch]:
    return list(bundle(frames))


@pytest.fixture(scope="module")
def opened(packed: list[pa.RecordBatch]) -> list[Bundle]:
    return list(open_bundles(packed))


def rows_of(opened: list[Bundle], *holds: str) -> pd.DataFrame:
    frames = [pd.DataFrame(read_columns(one.rows)) for one in opened if one.holds in holds]
    return pd.concat(frames, ignore_index=True)


def in_order(rows: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    return rows[columns].sort_values(columns, ignore_index=True)


def test_every_row_comes_out_once_with_all_its_numbers(
    frames: list[pd.DataFrame], opened: list[Bundle]
) -> None:
    numbers = [name for name, dtype in TYPES.items() if dtype != "object"]
    before, after = pd.concat(frames), rows_of(opened, *HAPPENINGS)
    assert (after["dirt"] == EVENT_DIRT.index("duplicate")).sum() > 20
    sorted_by = [*KEYS, *(name for name in numbers if name not in KEYS)]
    pd.testing.assert_frame_equal(in_order(after, sorted_by), in_order(before, sorted_by))


def test_searches_keep_their_words_and_results(
    frames: list[pd.DataFrame], opened: list[Bundle]
) -> None:
    before = pd.concat(frames).query(f"kind == {NUMBER_OF['search']}").sort_values(KEYS)
    after = rows_of(opened, SEARCHES).sort_values(KEYS)
    assert after["query"].tolist() == before["query"].tolist()
    assert [list(one) for one in after["results"]] == [list(one) for one in before["results"]]
    assert len(set(after["results"].map(len))) > 2


def test_a_bundle_holds_one_kind_of_rows_of_one_file(opened: list[Bundle]) -> None:
    kinds = {PURCHASES: {NUMBER_OF["purchase"]}, SEARCHES: {NUMBER_OF["search"]}}
    kinds[EVENTS] = set(NUMBER_OF.values()) - kinds[PURCHASES] - kinds[SEARCHES]
    days = [(one.holds, one.day) for one in opened]
    assert len(set(days)) == len(days)
    for one in opened:
        rows = read_columns(one.rows)
        assert list(rows) == list(KEPT[one.holds])
        if one.holds in HAPPENINGS:
            assert set(rows["delivered"]) == {one.day}
            assert set(rows["kind"]) <= kinds[one.holds]


def test_visits_and_soiled_rows_are_told_once(
    frames: list[pd.DataFrame], opened: list[Bundle]
) -> None:
    rows = pd.concat(frames)
    for holds, chosen in (
        (VISITS, rows["visit"] >= 0),
        (SOILED, (rows["dirt"] > 0) | (rows["line_dirt"] > 0)),
    ):
        (one,) = (one for one in opened if one.holds == holds)
        assert one.day is None
        told, columns = pd.DataFrame(read_columns(one.rows)), list(KEPT[holds])
        assert not told.duplicated().any()
        assert set(told.itertuples(index=False)) == set(
            rows.loc[chosen, columns].itertuples(index=False)
        )


def test_nobody_makes_bundles_without_days(frames: list[pd.DataFrame]) -> None:
    opened = list(open_bundles(bundle([frames[0].iloc[:0]])))
    assert [(one.holds, one.day, len(one.rows)) for one in opened] == [
        (VISITS, None, 0),
        (SOILED, None, 0),
    ]


@pytest.mark.spark
def test_unbundled_rows_are_those_of_the_simulation(
    spark: SparkSession, frames: list[pd.DataFrame], packed: list[pa.RecordBatch]
) -> None:
    rows = [row for batch in packed for row in batch.to_pylist()]
    columns = BUNDLES.replace(" string", "").replace(" int", "").replace(" long", "")
    names = columns.replace(" binary", "").split(", ")
    bundles = spark.createDataFrame([tuple(row[name] for name in names) for row in rows], BUNDLES)
    after, before = name_happenings(bundles, 7).toPandas(), pd.concat(frames)
    assert list(after) == [*TYPES, "row_id", "session_id", "order_id", "item_id"]
    told = ["person", "seq", "kind", "ts", "item", "price", "propensity", "dirt", "query"]
    pd.testing.assert_frame_equal(
        in_order(after, told).fillna({"query": ""}),
        in_order(before, told).fillna({"query": ""}),
        check_dtype=False,
    )
