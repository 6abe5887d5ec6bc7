"""What a run makes that nothing disturbs: what all others are compared with."""

from __future__ import annotations

import shutil
import time
from typing import TYPE_CHECKING, NamedTuple

from tests.faults.runs import Run
from tests.faults.sameness import Account, Tables, read_account, read_tables

if TYPE_CHECKING:
    from pathlib import Path

    from pyspark.sql import SparkSession

POLL_SECONDS = 0.01


class Project(NamedTuple):
    """Where runs are started, what reads their tables, and the tables' keys."""

    path: Path
    session: SparkSession
    keys: dict[str, list[str]]

    def read_tables(self, data_root: Path) -> Tables:
        return read_tables(self.session, data_root, self.keys)


class Clean(NamedTuple):
    """A data root after runs that nothing disturbed, and what it publishes."""

    root: Path
    seconds: float
    tables: Tables
    account: Account


def copy_raw_files(source: Path, data_root: Path) -> Path:
    """A data root with the raw files of another, over what it may hold."""
    shutil.copytree(source / "01_raw", data_root / "01_raw", dirs_exist_ok=True)
    return data_root


def run_cleanly(project: Project, data_root: Path) -> Clean:
    """What one run of data_processing makes of ``data_root``, timed once Spark has started."""
    with Run(project.path, data_root) as run:
        while run.going and not run.spark_has_started:
            time.sleep(POLL_SECONDS)
        began = time.monotonic()
        assert run.wait() == 0, run.told()
        seconds = time.monotonic() - began
    return Clean(data_root, seconds, project.read_tables(data_root), read_account(data_root))
