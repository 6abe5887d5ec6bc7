"""The two communities, and each model fitted on them once in a run."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from personalization.recommenders import Recommender
from tests.recommenders.communities import MODELS, build_frame, community_rows

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


@pytest.fixture(scope="session")
def communities(spark_session: SparkSession) -> DataFrame:
    return build_frame(spark_session, community_rows())


@pytest.fixture(scope="session")
def fitted(communities: DataFrame) -> Callable[[str], Recommender]:
    """Fitted models by name, each fitted once in a run."""
    models: dict[str, Recommender] = {}

    def get(name: str) -> Recommender:
        if name not in models:
            models[name] = MODELS[name]().fit(communities)
        return models[name]

    return get
