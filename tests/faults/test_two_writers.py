"""Two processes that write at once lose nothing: a lock keeps them apart."""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import nullcontext
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.faults.clean import Clean, Project, copy_raw_files
from tests.faults.runs import Run
from tests.faults.sameness import differences, read_account
from tests.faults.writer import GO, READY, SAVED, save_batches

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from pyspark.sql import SparkSession

pytestmark = pytest.mark.spark

SAVES = 50
PATIENCE_SECONDS = 900
ROWS_PER_BATCH = 2


class Saved(NamedTuple):
    """A batch that a writer has reported as saved, and when."""

    batch: str
    moment: float


def find_lost(session: SparkSession, table: Path, reported: Iterable[str]) -> list[str]:
    """Batches that were reported as saved and of which the table lacks a row."""
    rows = session.read.format("delta").load(str(table)).groupBy("batch").count().collect()
    whole = {row["batch"] for row in rows if row["count"] == ROWS_PER_BATCH}
    return [batch for batch in reported if batch not in whole]


def start_writer(project_path: Path, table: Path, name: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.faults.writer", str(table), name, str(SAVES)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=project_path, stdout=pipe, stderr=pipe, text=True)


def wait_until_ready(writers: dict[str, subprocess.Popen[str]], folder: Path) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not all((folder / f"{name}.{READY}").exists() for name in writers):
        assert time.monotonic() < deadline
        assert all(writer.poll() is None for writer in writers.values())
        time.sleep(0.05)


def read_saved(writer: subprocess.Popen[str]) -> list[Saved]:
    """What a writer has saved; it must have ended well, and may not have been refused."""
    out, err = writer.communicate(timeout=PATIENCE_SECONDS)
    assert writer.returncode == 0, err[-2000:]
    lines = [line.split() for line in out.splitlines() if line.startswith(f"{SAVED} ")]
    return [Saved(batch, float(moment)) for _, batch, moment in lines]


@pytest.mark.slow
def test_two_processes_of_fifty_saves_each_lose_no_batch(
    project_path: Path, spark: SparkSession, tmp_path: Path
) -> None:
    table = tmp_path / "table"
    writers = {name: start_writer(project_path, table, name) for name in ("left", "right")}
    try:
        wait_until_ready(writers, tmp_path)
        (tmp_path / GO).touch()
        left, right = (read_saved(writer) for writer in writers.values())
    finally:
        for writer in writers.values():
            writer.kill()
    reported = [saved.batch for saved in (*left, *right)]
    assert len(reported) == len(set(reported)) == 2 * SAVES
    assert find_lost(spark, table, reported) == []
    assert spark.read.format("delta").load(str(table)).count() == ROWS_PER_BATCH * 2 * SAVES
    # They did write at the same time: each began before the other had ended.
    assert max(left[0].moment, right[0].moment) < min(left[-1].moment, right[-1].moment)


@pytest.mark.slow
def test_two_runs_at_once_publish_the_same_as_one(
    project: Project, clean: Clean, raw_root: Path, tmp_path: Path
) -> None:
    root = copy_raw_files(raw_root, tmp_path / "root")
    with Run(project.path, root) as first, Run(project.path, root) as second:
        codes = [first.wait(), second.wait()]
    assert codes == [0, 0], first.told() + second.told()
    assert differences(clean.tables, project.read_tables(root)) == []
    assert read_account(root) == clean.account


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
