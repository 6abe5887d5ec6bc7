"""Fixtures of the whole suite: one lazy Spark session, and a clean one for each test."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyspark.sql import SparkSession

PROJECT = Path(__file__).parents[1]
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def pytest_itemcollected(item: pytest.Item) -> None:
    """All tests with Spark go to one worker, which has the run's only session; others beside it."""
    if "spark_session" in getattr(item, "fixturenames", ()):
        item.add_marker(pytest.mark.spark)
    if item.get_closest_marker("spark") is not None:
        item.add_marker(pytest.mark.xdist_group("spark"))


@pytest.fixture(scope="session")
def project_path() -> Path:
    return PROJECT


@pytest.fixture(scope="session")
def spark_session() -> Iterator[SparkSession]:
    """One JVM for the run, started by the first test that asks for it."""
    from personalization.config.layers import LayeredConfigLoader
    from personalization.settings import CONFIG_LOADER_ARGS
    from personalization.spark import build

    loader = LayeredConfigLoader(str(PROJECT / "conf"), "test", **CONFIG_LOADER_ARGS)
    build.hand_over(loader["spark"])
    build.require_spark()
    session = build.active_session()
    yield session
    session.stop()


@pytest.fixture
def spark(spark_session: SparkSession) -> Iterator[SparkSession]:
    """The run's session; what a test registered or cached is gone after it."""
    yield spark_session
    for table in spark_session.catalog.listTables():
        spark_session.catalog.dropTempView(table.name)
    spark_session.catalog.clearCache()


@pytest.fixture(scope="session")
def generated_shop(
    project_path: Path, spark_session: SparkSession, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The data root of a tiny shop after one ``kedro run``; who changes it leaves it whole."""
    from tests.end_to_end.whole_run import run

    root = tmp_path_factory.mktemp("generated")
    run(project_path, root)
    return root
