"""One small generated shop on disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.pipelines.data_generation.shop_files import generate

if TYPE_CHECKING:
    from pathlib import Path

    from pyspark.sql import SparkSession


@pytest.fixture(scope="session")
def shop(spark_session: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop")
    generate(folder)
    return folder
