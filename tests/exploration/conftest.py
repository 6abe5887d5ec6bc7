"""One small mart whose every number is counted by hand, and marts that lack something."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.exploration.marts import mart

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

# Monday 2026-01-05: u1 looks at a twice and at b, buys both; a stranger looks at a.
# Wednesday 2026-01-07: u1 buys a again without looking; u2 puts c into the cart.
# Tuesday 2026-02-10: u2 buys a and gives it back a week later; a machine looks at c five times.
ROWS = [
    ("u1", "a", "2026-01-05 10:00:00", "view", "s1"),
    ("u1", "a", "2026-01-05 10:00:30", "view", "s1"),
    ("u1", "b", "2026-01-05 10:01:00", "view", "s1"),
    ("u1", "a", "2026-01-05 10:02:00", "cart", "s1"),
    ("u1", "a", "2026-01-05 10:03:10", "purchase", "s1", "o1", 1, 10, "EUR"),
    ("u1", "b", "2026-01-05 10:03:10", "purchase", "s1", "o1", 2, 3, "EUR"),
    (None, "a", "2026-01-05 20:00:00", "view", "s2"),
    ("u1", "a", "2026-01-07 09:00:00", "purchase", "s3", "o2", 1, 10, "EUR"),
    ("u2", "c", "2026-01-07 10:00:00", "view", "s4"),
    ("u2", "c", "2026-01-07 10:59:59", "cart", "s4"),
    ("u2", "a", "2026-02-10 10:00:00", "purchase", "s5", "o3", 1, 12, "EUR"),
    ("u2", "a", "2026-02-17 10:00:00", "return"),
]
MACHINE = [
    ("u9", "c", f"2026-02-10 03:00:0{n}", "view", "s9", None, None, None, None, True)
    for n in range(5)
]
ORDERS_ALONE = [
    ("u1", "a", "2011-03-01 09:00:00", "purchase", "v1", "o1", 6, 2.5, "GBP"),
    (None, "a", "2011-03-01 09:00:00", "purchase", None, "o2", 1, 2.5, "GBP"),
    ("u1", "a", "2011-03-01 17:00:00", "return", "v2"),
]


@pytest.fixture(scope="module")
def interactions(spark_session: SparkSession) -> DataFrame:
    """People and a machine."""
    return mart(spark_session, *ROWS, *MACHINE).cache()


@pytest.fixture(scope="module")
def people(spark_session: SparkSession) -> DataFrame:
    return mart(spark_session, *ROWS).cache()


@pytest.fixture(scope="module")
def nothing(spark_session: SparkSession) -> DataFrame:
    return mart(spark_session)


@pytest.fixture(scope="module")
def orders_alone(spark_session: SparkSession) -> DataFrame:
    """One day of a shop that records purchases and cancellations only."""
    return mart(spark_session, *ORDERS_ALONE)
