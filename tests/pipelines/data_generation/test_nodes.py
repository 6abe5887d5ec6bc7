from dataclasses import replace

import pandas as pd
import pytest

from personalization.contracts.schemas import RAW_TABLES
from personalization.pipelines.data_generation.nodes import generate_raw_files
from tests.simulation.options_of import NO_DIRT, options_of

NAMES = {f"raw_{name}" for name in RAW_TABLES}


@pytest.fixture(scope="module")
def tiny():
    return generate_raw_files(*options_of("base", "test"))


@pytest.fixture(scope="module")
def default():
    options = options_of("base")
    files = generate_raw_files(*options._replace(dirt=NO_DIRT))
    return {name: next(iter(tables.values())) for name, tables in files.items()}


def completed_by_known(files):
    orders = files["raw_orders"]
    return orders[(orders["status"] == "completed") & (orders["user_id"] != "")]


def test_a_shop_that_is_switched_off_delivers_no_file():
    options = options_of("base", "test", enabled=False)
    assert generate_raw_files(*options) == {name: {} for name in NAMES}


def test_each_dataset_holds_one_csv_named_after_its_table(tiny):
    assert {name: list(files) for name, files in tiny.items()} == {
        f"raw_{name}": [f"{name}.csv"] for name in RAW_TABLES
    }


def test_dirt_keeps_the_columns_of_the_contract(tiny):
    for name, table in RAW_TABLES.items():
        assert list(tiny[f"raw_{name}"][f"{name}.csv"].columns) == list(table.types)


def test_the_tiny_shop_has_a_little_of_every_dirt(tiny):
    events, orders = tiny["raw_events"]["events.csv"], tiny["raw_orders"]["orders.csv"]
    assert events.duplicated().any()
    assert events["event_ts"].str.startswith("0000").any()
    assert (orders["price"] == "n/a").any()


def test_the_seed_decides_the_dirt(tiny):
    again = generate_raw_files(*options_of("base", "test"))
    other = generate_raw_files(*options_of("base", "test", seed=8))
    for name, files in tiny.items():
        for file, table in files.items():
            pd.testing.assert_frame_equal(table, again[name][file])
            assert not table.equals(other[name][file])


def test_the_tiny_shop_has_dozens_of_known_buyers_before_and_in_the_last_28_days(tiny):
    bought = completed_by_known({"raw_orders": tiny["raw_orders"]["orders.csv"]})
    is_late = bought["order_ts"] >= "2026-06-03"
    assert bought["user_id"][is_late].nunique() >= 30
    assert bought["user_id"][~is_late].nunique() >= 36
    assert abs(len(tiny["raw_events"]["events.csv"]) - 6_400) < 960


def test_the_default_shop_has_the_sizes_asked_for(default):
    options = options_of("base").shop
    assert len(default["raw_users"]) == options.n_users
    assert len(default["raw_products"]) == options.n_products
    assert abs(len(default["raw_events"]) / options.n_events - 1) < 0.06
    assert len(completed_by_known(default)) > 4_000


def test_the_default_shop_has_a_plausible_funnel(default):
    kinds = default["raw_events"]["event_kind"].value_counts()
    assert 0.02 <= kinds["cart"] / kinds["view"] <= 0.10
    assert 0.02 <= kinds["purchase"] / kinds["view"] <= 0.04
    assert 0.30 <= kinds["purchase"] / kinds["cart"] <= 0.40
    views = default["raw_events"].query("event_kind == 'view'")
    assert 0.005 <= (views["request_id"] != "").sum() / kinds["impression"] <= 0.02


def test_the_default_shop_has_hundreds_of_buyers_in_the_last_28_days(default):
    bought = completed_by_known(default)
    late = bought[bought["order_ts"] >= "2026-06-03"]
    assert late["user_id"].nunique() >= 250


def test_some_order_lines_lose_their_customer():
    options = options_of("base", "test")
    lost = replace(NO_DIRT, missing_customer_share=1.0)
    orders = generate_raw_files(*options._replace(dirt=lost))["raw_orders"]["orders.csv"]
    assert set(orders["user_id"]) == {""}
