"""A commit that is lost because nothing keeps two writers apart is found."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

import pytest

from tests.faults.two_writers import count_lost, find_lost
from tests.faults.writer import save_batches

if TYPE_CHECKING:
    from pathlib import Path

    from pyspark.sql import SparkSession

pytestmark = pytest.mark.spark


def lose_newest_commit(session: SparkSession, table: Path) -> None:
    """Leave what a race of two JVMs on a local disk leaves: a version that is free once more.

    Its writer has reported success; the next commit takes the number.
    """
    newest = max((table / "_delta_log").glob("*.json"))
    newest.unlink()
    newest.with_name(f".{newest.name}.crc").unlink(missing_ok=True)
    newest.with_suffix(".crc").unlink(missing_ok=True)
    session._jvm.org.apache.spark.sql.delta.DeltaLog.clearCache()


def test_a_commit_that_is_lost_without_the_lock_is_named(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("personalization.datasets.delta_merge.hold", lambda *_: nullcontext())
    table = tmp_path / "table"
    reported: list[str] = []
    save_batches(table, ["left-0", "left-1"], reported.append)
    assert find_lost(spark, table, reported) == []
    lose_newest_commit(spark, table)
    save_batches(table, ["right-0"], reported.append)
    assert reported == ["left-0", "left-1", "right-0"]
    assert find_lost(spark, table, reported) == ["left-1"]
    assert count_lost(spark, table, reported) == (1, 4)
