"""What a run makes that nothing disturbs: what all others are compared with."""

from __future__ import annotations

import shutil
import time
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

from tests.end_to_end import whole_run
from tests.faults.runs import Run
from tests.faults.sameness import Account, Tables, read_account, read_tables

if TYPE_CHECKING:
    from pathlib import Path

    from pyspark.sql import SparkSession

POLL_SECONDS = 0.01
ONE_AT_A_TIME = Lock()  # runs within this process


class Project(NamedTuple):
    """Where runs are started, what reads their tables, and the tables' keys."""

    path: Path
    session: SparkSession
    keys: dict[str, list[str]]

    def read_tables(self, data_root: Path) -> Tables:
        return read_tables(self.session, data_root, self.keys)

    def run_again(
        self, data_root: Path, pipeline: str = "data_processing", *, as_process: bool
    ) -> str:
        """What a run says that fails; empty where it succeeds.

        ``kedro run`` as a process of its own takes a minute, most of it to start; the same in this
        process, with all that Kedro does around a run, a fifth.
        """
        if as_process:
            with Run(self.path, data_root, pipeline) as run:
                return "" if run.wait() == 0 else run.told()
        with ONE_AT_A_TIME:
            try:
                whole_run.run(self.path, data_root, pipeline)
            except Exception as error:  # noqa: BLE001 - whatever it is, it has failed
                return f"{type(error).__name__}: {error}"
        return ""


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
