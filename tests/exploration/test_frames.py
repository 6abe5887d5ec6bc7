"""What leaves the cluster, and sums over groups."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from personalization.exploration import frames
from tests.exploration.marts import mart, table


@pytest.mark.spark
def test_groups_are_sorted_and_days_are_timestamps(spark) -> None:
    groups = table(spark, "day DATE, n INT", [("2026-01-02", 1), ("2026-01-01", 2)])
    small = frames.collect_groups(groups, "day")
    assert small["day"].tolist() == [pd.Timestamp("2026-01-01"), pd.Timestamp("2026-01-02")]
    assert small["n"].tolist() == [2, 1]


@pytest.mark.spark
def test_more_groups_than_allowed_are_refused_with_a_way_out(spark) -> None:
    groups = table(spark, "n INT", [(1,), (2,), (3,)])
    assert len(frames.collect_groups(groups, "n", most=3)) == 3
    with pytest.raises(frames.TooManyGroupsError, match=r"More than 2 groups of n: explore fewer"):
        frames.collect_groups(groups, "n", most=2)


@pytest.mark.spark
def test_machines_are_left_out_and_who_was_not_judged_stays(spark) -> None:
    moment = "2026-01-01 10:00:00"
    none = (None,) * 5
    rows = [(name, "a", moment, "view", *none, bot) for name, bot in _judged()]
    people = frames.keep_people(mart(spark, *rows)).collect()
    assert sorted(row["user_id"] for row in people) == ["person", "unjudged"]


def _judged() -> list[tuple[str, bool | None]]:
    return [("person", False), ("machine", True), ("unjudged", None)]


def test_the_quantile_of_nothing_is_unknown() -> None:
    empty = pd.Series(dtype=float)
    assert math.isnan(frames.weighted_quantile(empty, empty, 0.5))
    assert math.isnan(frames.weighted_quantile(pd.Series([1.0]), pd.Series([0]), 0.5))


def test_the_quantile_does_not_depend_on_the_order_of_rows() -> None:
    values, weights = pd.Series([9, 1, 2]), pd.Series([1, 4, 5])
    assert frames.weighted_quantile(values, weights, 0.4) == 1
    assert frames.weighted_quantile(values, weights, 0.41) == 2
    assert frames.weighted_quantile(values, weights, 1.0) == 9
