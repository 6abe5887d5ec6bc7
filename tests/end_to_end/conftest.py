"""One tiny shop after a whole run, for all tests of the folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.end_to_end.whole_run import run

if TYPE_CHECKING:
    from pathlib import Path

    from pyspark.sql import SparkSession


@pytest.fixture(scope="session")
def shop(
    project_path: Path, spark_session: SparkSession, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The data root of a tiny shop after one ``kedro run``."""
    root = tmp_path_factory.mktemp("shop")
    run(project_path, root)
    return root
