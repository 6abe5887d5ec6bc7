"""Two processes that save batches into one table at the same time."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import TYPE_CHECKING, NamedTuple

from tests.faults.writer import GO, READY, SAVED

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

    from pyspark.sql import SparkSession

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


def count_lost(session: SparkSession, table: Path, reported: Collection[str]) -> tuple[int, int]:
    """Batches that are lost, and rows that are there."""
    rows = session.read.format("delta").load(str(table)).count()
    return len(find_lost(session, table, reported)), rows


def start_writer(project: Path, table: Path, name: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.faults.writer", str(table), name, str(SAVES)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=project, stdout=pipe, stderr=pipe, text=True)


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


def save_at_once(project: Path, table: Path) -> list[str]:
    """Batches that two processes have saved, each while the other one was saving too."""
    writers = {name: start_writer(project, table, name) for name in ("left", "right")}
    try:
        wait_until_ready(writers, table.parent)
        (table.parent / GO).touch()
        left, right = (read_saved(writer) for writer in writers.values())
    finally:
        for writer in writers.values():
            writer.kill()
    first, last = max(left[0].moment, right[0].moment), min(left[-1].moment, right[-1].moment)
    assert first < last, "one had ended before the other began"
    return [saved.batch for saved in (*left, *right)]
