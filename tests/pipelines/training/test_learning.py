"""Returns meet the newest purchases before them; weights halve with each half-life."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from personalization.pipelines.training.learning import learn_before, net_returns
from personalization.pipelines.training.options import Signals

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql import DataFrame, SparkSession

pytestmark = pytest.mark.spark

START = datetime(2026, 5, 1, tzinfo=UTC)
CUT = datetime(2026, 6, 1, tzinfo=UTC)
NETTED = Signals(["purchase", "view"], returns="net")


def row(
    kind: str, day: float, quantity: float | None = 1.0, *, user: str = "u", item: str = "i",
    known_days_later: float = 0.0, weight: float = 1.0,
) -> dict[str, object]:  # fmt: skip
    moment = START + timedelta(days=day)
    return {
        "user_id": user,
        "item_id": item,
        "interaction_ts": moment,
        "known_at": moment + timedelta(days=known_days_later),
        "interaction_type": kind,
        "quantity": quantity,
        "weight": weight,
    }


def frame(spark: SparkSession, rows: Sequence[dict[str, object]]) -> DataFrame:
    moment = pa.timestamp("us", "UTC")
    text, number = pa.string(), pa.float64()
    types = [text, text, moment, moment, text, number, number]
    names = list(row("view", 0))
    schema = pa.schema(list(zip(names, types, strict=True)))
    return spark.createDataFrame(pa.Table.from_pylist(list(rows), schema=schema))


def learned(
    spark: SparkSession, rows: Sequence[dict[str, object]], options: Signals = NETTED
) -> list[tuple[str, float]]:
    found = learn_before(frame(spark, rows), CUT, options).collect()
    return sorted((one["interaction_type"], one["weight"]) for one in found)


def test_a_return_meets_the_latest_purchase_before_it(spark: SparkSession) -> None:
    rows = [
        row("purchase", 1, 2, weight=1.0),
        row("purchase", 2, 4, weight=2.0),
        row("return", 3, 1),
        row("purchase", 4, 1, weight=8.0),
    ]
    # one of the four units of the second went back
    assert learned(spark, rows) == [("purchase", 1.0), ("purchase", 2.0 * 3 / 4), ("purchase", 8.0)]


def test_a_purchase_that_came_back_whole_is_not_learned_from(spark: SparkSession) -> None:
    rows = [row("purchase", 1, 2, weight=1.0), row("purchase", 2, 1), row("return", 3, 2)]
    # the second whole, and one of two units of the first
    assert learned(spark, rows) == [("purchase", 0.5)]


def test_a_return_without_a_purchase_before_it_changes_nothing(spark: SparkSession) -> None:
    rows = [
        row("return", 1, 5),
        row("purchase", 2),
        row("return", 3, 1, item="other"),
        row("return", 3, 1, user="other"),
    ]
    assert learned(spark, rows) == [("purchase", 1.0)]


def test_what_has_no_quantity_is_one_unit_and_views_stay(spark: SparkSession) -> None:
    rows = [row("purchase", 1, None), row("view", 2, None, weight=0.1), row("return", 3, None)]
    assert learned(spark, rows) == [("view", 0.1)]


def test_a_return_that_could_not_be_known_yet_is_not_netted(spark: SparkSession) -> None:
    rows = [row("purchase", 1), row("return", 3, known_days_later=60)]
    assert learned(spark, rows) == [("purchase", 1.0)]
    after_the_cut = [row("purchase", 1), row("return", 40)]
    assert learned(spark, after_the_cut) == [("purchase", 1.0)]


def test_what_is_delivered_at_the_moment_of_a_fit_is_known_to_it(spark: SparkSession) -> None:
    rows = [
        row("purchase", 30.5, known_days_later=0.5),
        row("purchase", 30.5, known_days_later=0.500001),
        row("view", 31.0),
    ]
    assert learned(spark, rows) == [("purchase", 1.0)]


def test_returns_that_are_kept_leave_purchases_alone(spark: SparkSession) -> None:
    rows = [row("purchase", 1), row("return", 3)]
    assert learned(spark, rows, Signals(["purchase"])) == [("purchase", 1.0)]


def match_by_stack(rows: Sequence[dict[str, object]]) -> dict[float, float]:
    """Weight of each purchase to the share of its units kept, walked in time with a stack."""
    kept: dict[float, float] = {}
    bought: dict[float, float] = {}
    stacks: dict[tuple[object, object], list[float]] = {}
    for one in sorted(rows, key=lambda r: (r["interaction_ts"], r["interaction_type"])):
        stack = stacks.setdefault((one["user_id"], one["item_id"]), [])
        name, units = float(str(one["weight"])), float(str(one["quantity"]))
        if one["interaction_type"] == "purchase":
            stack.append(name)
            kept[name] = bought[name] = units
            continue
        while units > 0 and stack:
            taken = min(units, kept[stack[-1]])
            units -= taken
            kept[stack[-1]] -= taken
            if kept[stack[-1]] == 0:
                stack.pop()
    return {name: kept[name] / bought[name] for name in kept if kept[name] > 0}


def test_netting_equals_a_stack_walked_in_time(spark: SparkSession) -> None:
    chance = random.Random(7)
    rows = []
    for number in range(600):
        kind = chance.choice(["purchase", "purchase", "return"])
        rows.append(
            row(
                kind,
                # purchases of one item never share a moment; a return may share a purchase's
                number // 2 if kind == "return" else number,
                chance.randint(1, 5),
                user=f"u{chance.randint(1, 4)}",
                item=f"i{chance.randint(1, 5)}",
                weight=float(number + 1),
            )
        )
    netted = net_returns(frame(spark, rows)).filter("interaction_type = 'purchase'").collect()
    bought = [one for one in rows if one["interaction_type"] == "purchase"]
    moments = {one["interaction_ts"]: float(str(one["weight"])) for one in bought}
    found = {}
    for one in netted:
        name = moments[one["interaction_ts"].astimezone(UTC)]
        found[name] = one["weight"] / name
    expected = match_by_stack(rows)
    assert len(expected) > 100
    assert any(0 < share < 1 for share in expected.values())
    assert found == pytest.approx(expected, abs=1e-12)


def test_a_weight_halves_with_each_half_life_before_the_cut(spark: SparkSession) -> None:
    options = Signals(["purchase"], half_life_days=7)
    rows = [row("purchase", 31 - 7), row("purchase", 31 - 14, weight=3.0)]
    # 31 days from 1 May lies the cut
    assert learned(spark, rows, options) == [
        ("purchase", pytest.approx(1 / 2, abs=1e-12)),
        ("purchase", pytest.approx(3 / 4, abs=1e-12)),
    ]
