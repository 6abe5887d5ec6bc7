from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from personalization.simulation.dirt import deliver_twice, soil_tables
from tests.simulation.options_of import NO_DIRT


def test_without_dirt_the_tables_are_as_given(tables):
    soiled = soil_tables(tables, 7, NO_DIRT)
    assert soiled.keys() == tables.keys()
    for name, table in tables.items():
        pd.testing.assert_frame_equal(soiled[name], table)


@pytest.mark.parametrize(
    ("option", "table", "column", "value"),
    [
        ("unparsable_time_share", "events", "event_ts", "0000-00-00 00:00:00"),
        ("missing_customer_share", "orders", "user_id", ""),
        ("unparsable_price_share", "orders", "price", "n/a"),
    ],
)
def test_each_share_soils_its_own_column(tables, option, table, column, value):
    soiled = soil_tables(tables, 7, replace(NO_DIRT, **{option: 0.2}))
    changed = soiled[table] != tables[table]
    assert changed.columns[changed.any()].tolist() == [column]
    assert set(soiled[table][column][changed[column]]) == {value}
    at_stake = (tables[table][column] != value).mean()
    assert abs(changed[column].mean() / at_stake - 0.2) < 0.06


def test_duplicates_repeat_whole_rows_and_lose_none(tables):
    soiled = soil_tables(tables, 7, replace(NO_DIRT, duplicate_event_share=0.05))["events"]
    repeated = soiled.duplicated()
    assert abs(repeated.sum() / len(tables["events"]) - 0.05) < 0.01
    pd.testing.assert_frame_equal(soiled[~repeated].reset_index(drop=True), tables["events"])


def test_share_one_delivers_every_row_twice():
    table = pd.DataFrame({"a": ["1", "2"]})
    twice = deliver_twice(np.random.default_rng(0), table, 1.0)
    assert twice["a"].tolist() == ["1", "1", "2", "2"]


def test_the_given_tables_are_left_alone(tables):
    before = {name: table.copy() for name, table in tables.items()}
    soil_tables(tables, 7, replace(NO_DIRT, unparsable_price_share=1.0, missing_customer_share=1.0))
    for name, table in before.items():
        pd.testing.assert_frame_equal(tables[name], table)
