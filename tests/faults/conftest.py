"""What injections share, with the session of the tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.faults.bench import Bench

if TYPE_CHECKING:
    from pathlib import Path

    from pyspark.sql import SparkSession


@pytest.fixture(scope="session")
def bench(
    project_path: Path, spark_session: SparkSession, tmp_path_factory: pytest.TempPathFactory
) -> Bench:
    made = Bench(project_path, tmp_path_factory.mktemp("bench") / "shared")
    made.once("session", lambda: spark_session)
    return made
