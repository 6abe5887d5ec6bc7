"""A Spark session of this machine, for those that look at what runs have left."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyspark.sql import SparkSession


@contextmanager
def local_session() -> Iterator[SparkSession]:
    """A session with the settings of ``conf/test``, stopped after the block."""
    from personalization.config.layers import LayeredConfigLoader
    from personalization.settings import CONFIG_LOADER_ARGS
    from personalization.spark import build
    from tests.cluster.sides import PROJECT

    loader = LayeredConfigLoader(str(PROJECT / "conf"), "test", **CONFIG_LOADER_ARGS)
    build.hand_over(loader["spark"])
    build.require_spark()
    session = build.active_session()
    try:
        yield session
    finally:
        session.stop()
