"""The truth recovered: a shop is generated, its log profiled, its parameters found again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
import yaml
from pyspark.sql import functions as F  # noqa: N812 - the name every Spark reader knows

from personalization.contracts import kinds
from personalization.pipelines.evaluation.nodes import fit_preset, measure_realism, write_preset
from personalization.simulation.catalogue import LEAVES
from personalization.simulation.happenings import KINDS, block_numbers, happen
from personalization.simulation.settings import ShopOptions
from personalization.simulation.strengths import Strengths
from personalization.simulation.world import World, build_world
from tests.simulation.options_of import NO_DIRT, Options, merge, options_of, read_groups

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

pytestmark = pytest.mark.spark

SIZE = {"days": 365, "n_users": 900, "n_strangers": 5400, "n_products": 300, "visits_per_user": 60}
# none of these is what conf has, so that a fit that finds nothing is told from one that does
TRUTH = {
    "people": {"activity_log_sd": 0.7, "bot_share": 0.0002},  # one bot
    "assortment": {"popularity_log_sd": 1.3, "price_log_sd": 0.4},
    "visits": {
        "views_log_mean": 0.8,
        "views_log_sd": 0.6,
        "gap_log_mean": 3.0,
        "gap_log_sd": 1.0,
        "resume_share": 0.0,
    },
    "funnel": {
        "cart_logit": -2.2,
        "checkout_share": 0.75,
        "guest_factor": 0.6,
        "line_share": 0.6,
        "return_share": 0.12,
        "cancel_share": 0.0,
    },
    "clock": {
        "hour_weights": [0] * 8 + [1, 2, 4, 8] + [4] * 8 + [0] * 4,
        "weekday_weights": [2, 1, 1, 1, 1, 0, 1],
        "month_weights": [1, 1, 1, 1, 1, 2, 1, 1, 1, 1, 3, 1],
    },
}
NO_FAULTS = {"totals": {"received": 1, "rejected_by": {}}, "sources": {}}
FALSE_START = options_of("base")


def simulate(options: Options) -> tuple[World, pd.DataFrame]:
    world = build_world(*options)
    blocks = [happen(world, block_numbers(world, block)) for block in range(world.n_blocks)]
    return world, pd.concat(blocks, ignore_index=True)


def write_mart(spark: SparkSession, happenings: pd.DataFrame) -> DataFrame:
    """What data processing makes of clean files of these happenings."""
    kind = np.array(KINDS)[happenings["kind"]]
    kept = np.isin(kind, [kinds.VIEW, kinds.CART, kinds.PURCHASE, kinds.RETURN])
    rows = happenings[kept & ~happenings["cancelled"].to_numpy()]
    person = rows["person"].astype(str)
    mart = pd.DataFrame(
        {
            "user_id": person.where(rows["known"]),
            "item_id": "p" + rows["item"].astype(str),
            "seconds": rows["ts"],
            "interaction_type": kind[rows.index],
            "quantity": rows["quantity"].astype(float),
            "price": rows["price"],
            "session_id": (person + "-" + rows["visit"].astype(str)).where(rows["visit"] >= 0),
            "order_id": (person + "-" + rows["order"].astype(str)).where(rows["order"] >= 0),
            "interaction_id": rows.index.astype(str),
        }
    ).astype(object)
    schema = (
        "user_id string, item_id string, seconds long, interaction_type string, quantity double, "
        "price double, session_id string, order_id string, interaction_id string"
    )
    frame = spark.createDataFrame(mart.where(mart.notna(), None), schema)
    moment = F.timestamp_seconds("seconds")
    return frame.withColumns({"interaction_ts": moment, "currency": F.lit("EUR")}).drop("seconds")


def write_items(spark: SparkSession, world: World) -> DataFrame:
    paths = ["/".join(LEAVES[leaf].path) for leaf in world.items.leaf]
    rows = [(f"p{item}", path) for item, path in enumerate(paths)]
    return spark.createDataFrame(rows, "item_id string, category_path string")


def fit(mart: DataFrame, items: DataFrame) -> dict[str, Any]:
    searches = mart.select("user_id").limit(0)
    report = measure_realism(mart, searches, NO_FAULTS, "mine")
    return fit_preset(mart, items, report, FALSE_START.shop, FALSE_START.strengths)


def values_of(fitted: dict[str, Any]) -> dict[str, Any]:
    return {one["key"]: one["value"] for one in fitted["estimates"]}


@pytest.fixture(scope="module")
def truth() -> Options:
    shop = {"size": "small", "sizes": {"small": SIZE}}
    return options_of("base", shop=shop, strengths=TRUTH, dirt=NO_DIRT)


@pytest.fixture(scope="module")
def shop(spark_session: SparkSession, truth: Options) -> tuple[DataFrame, DataFrame]:
    world, happenings = simulate(truth)
    return write_mart(spark_session, happenings).persist(), write_items(spark_session, world)


@pytest.fixture(scope="module")
def fitted(shop: tuple[DataFrame, DataFrame]) -> dict[str, Any]:
    return fit(*shop)


@pytest.mark.parametrize(
    ("key", "within"),
    [
        ("people.activity_log_sd", 0.1),
        ("assortment.popularity_log_sd", 0.1),
        ("assortment.price_log_sd", 0.05),
        ("visits.views_log_mean", 0.1),
        ("visits.views_log_sd", 0.1),
        ("visits.gap_log_mean", 0.15),
        ("visits.gap_log_sd", 0.1),
        ("funnel.cart_logit", 0.3),
        ("funnel.checkout_share", 0.05),
        ("funnel.guest_factor", 0.08),
        ("funnel.line_share", 0.04),
        ("funnel.return_share", 0.02),
    ],
)
def test_a_parameter_is_recovered(
    fitted: dict[str, Any], truth: Options, key: str, within: float
) -> None:
    group, name = key.split(".")
    expected = getattr(getattr(truth.strengths, group), name)
    found = values_of(fitted)[f"strengths.{key}"]
    assert found == pytest.approx(expected, abs=within)
    set_to = getattr(getattr(FALSE_START.strengths, group), name)
    assert abs(found - expected) < abs(set_to - expected)


@pytest.mark.parametrize("name", ["hour_weights", "weekday_weights", "month_weights"])
def test_hours_weekdays_and_months_are_recovered(
    fitted: dict[str, Any], truth: Options, name: str
) -> None:
    expected = np.array(getattr(truth.strengths.clock, name))
    found = np.array(values_of(fitted)[f"strengths.clock.{name}"])
    assert found / found.sum() == pytest.approx(expected / expected.sum(), abs=0.02)


def test_the_size_is_recovered(fitted: dict[str, Any]) -> None:
    found = {
        key.rpartition(".")[2]: value
        for key, value in values_of(fitted).items()
        if "sizes.fitted" in key
    }
    assert found["days"] == SIZE["days"]
    assert found["n_products"] == pytest.approx(SIZE["n_products"], rel=0.02)
    visits = SIZE["n_users"] * SIZE["visits_per_user"]
    assert found["n_users"] == pytest.approx(SIZE["n_users"], rel=0.05)
    assert found["n_users"] * found["visits_per_user"] == pytest.approx(visits, rel=0.1)
    assert found["n_strangers"] == pytest.approx(SIZE["n_strangers"], rel=0.25)


def load(text: str) -> dict[str, Any]:
    groups: dict[str, Any] = yaml.safe_load(text)["data_generation"]
    return groups


def test_the_preset_is_a_parameter_file_of_the_generator(fitted: dict[str, Any]) -> None:
    preset = load(write_preset(fitted, "mine"))
    assert set(preset) == {"shop", "strengths"}
    groups = merge(read_groups("base"), preset)
    shop, strengths = ShopOptions(**groups["shop"]), Strengths(**groups["strengths"])
    assert shop.extent.days == SIZE["days"]
    assert strengths.funnel.checkout_share == preset["strengths"]["funnel"]["checkout_share"]


def test_every_option_is_either_estimated_or_has_a_reason(fitted: dict[str, Any]) -> None:
    text = write_preset(fitted, "mine")
    told = set(values_of(fitted)) | set(fitted["not_estimated"])
    options = {
        f"strengths.{group}.{name}"
        for group, values in read_groups("base")["strengths"].items()
        for name in values
    }
    assert options <= told
    assert not set(values_of(fitted)) & set(fitted["not_estimated"])
    assert "cancel_share (cancelled lines are no interactions" in text
    assert all(len(line) <= 100 for line in text.split("data_generation:")[0].splitlines())


def test_a_shop_that_records_orders_only_gets_its_orders_back(
    shop: tuple[DataFrame, DataFrame], spark_session: SparkSession
) -> None:
    mart, items = shop
    orders = mart.filter("interaction_type IN ('purchase', 'return')").drop("session_id")
    orders = orders.withColumn("session_id", F.lit(None).cast("string"))
    fitted = fit(orders, items)
    groups = merge(read_groups("base"), load(write_preset(fitted, "mine")))
    preset = Options(
        ShopOptions(**groups["shop"]), Strengths(**groups["strengths"]), *FALSE_START[2:]
    )
    again = write_mart(spark_session, simulate(preset)[1])
    wanted, had = (count_orders(one) for one in (orders, again))
    assert had[:-1] == pytest.approx(wanted[:-1], rel=0.15)
    # how much of the sales is habitual, and stays, differs with the sizes of the categories
    assert had[-1] == pytest.approx(wanted[-1], rel=0.25)


def count_orders(interactions: DataFrame) -> list[float]:
    """Orders, lines per order, share of the lines with somebody known, users, share sent back."""
    bought = F.col("interaction_type") == "purchase"
    lines, known = F.count_if(bought), F.when(bought, F.col("user_id"))
    orders = F.count_distinct(F.when(bought, F.col("order_id")))
    row = interactions.agg(
        orders,
        lines / orders,
        F.count(known) / lines,
        F.count_distinct(known),
        F.count_if(F.col("interaction_type") == "return") / lines,
    ).head()
    return list(row or ())


def test_a_shop_without_anything_has_no_preset(spark_session: SparkSession) -> None:
    nothing = spark_session.sql(
        "SELECT 'a' AS user_id, 'a' AS item_id, TIMESTAMP '2026-01-01' AS interaction_ts, "
        "'return' AS interaction_type, 1D AS quantity, 1D AS price, 'EUR' AS currency, "
        "'s' AS session_id, 'o' AS order_id, 'i' AS interaction_id"
    )
    items = spark_session.sql("SELECT 'a' AS item_id, 'x' AS category_path")
    fitted = fit(nothing, items)
    assert fitted["estimates"] == []
    assert yaml.safe_load(write_preset(fitted, "mine")) is None
