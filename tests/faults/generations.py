"""Generation that is killed at any moment and repeated leaves what a clean run leaves."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from tests.faults.clean import POLL_SECONDS
from tests.faults.runs import Run
from tests.faults.sameness import hash_columns

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pyspark.sql import SparkSession

    from tests.faults.clean import Project

PIPELINE = "data_generation"
TRUTH = ("truth_happenings", "truth_dirt", "truth_best_items", "truth_sessions")
MOMENTS = (0.1, 0.35, 0.6, 0.8)  # of a clean run's time, once Spark has started
AGAIN_AS_PROCESS = "some_days_of_events"
ATTEMPTS = 3  # a moment may come too late where the machine is busy with other things
FEW_FILES = 20


class Made(NamedTuple):
    """What a generation leaves: hash of each raw file, and rows of the truth."""

    files: dict[str, str]
    truth: dict[str, Counter[str]]


def raw(root: Path) -> Path:
    return root / "01_raw" / "generated"


def reported(root: Path, table: str) -> Path:
    return root / "08_reporting" / "generated" / table


def read_made(session: SparkSession, root: Path) -> Made:
    files = {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in raw(root).rglob("*")
        if path.is_file()
    }
    truth = {}
    for table in TRUTH:
        rows = session.read.format("delta").load(str(reported(root, table)))
        hashes = rows.select(hash_columns(rows.columns).alias("row")).toArrow()["row"]
        truth[table] = Counter(hashes.to_pylist())
    return Made(files, truth)


def is_uncommitted(table: str) -> Callable[[Path], bool]:
    """Some of the table's data is there, also in partitions; its commit is not."""

    def is_there(root: Path) -> bool:
        folder = reported(root, table)
        return any(folder.rglob("*.parquet")) and not any(folder.glob("_delta_log/*.json"))

    return is_there


def has_files(table: str, least: int = 1) -> Callable[[Path], bool]:
    """Some of the table's days are there."""

    def is_there(root: Path) -> bool:
        return len(list((raw(root) / table).glob("*.csv"))) >= least

    return is_there


PHASES = {
    "happenings_uncommitted": is_uncommitted("truth_happenings"),
    "best_items_uncommitted": is_uncommitted("truth_best_items"),
    "first_day_of_events": has_files("events"),
    "some_days_of_events": has_files("events", FEW_FILES),
    "first_day_of_orders": has_files("orders"),
    "first_day_of_searches": has_files("search_logs"),
}


def wait_for(name: str, run: Run, root: Path, seconds: float) -> None:
    """Until the run is in a phase, or at a share of the ``seconds`` that it takes."""
    if name in PHASES:
        while run.going and not PHASES[name](root):
            time.sleep(POLL_SECONDS)
        return
    wait_for_spark(run)
    time.sleep(float(name.removeprefix("at_")) * seconds)


def wait_for_spark(run: Run) -> None:
    while run.going and not run.spark_has_started:
        time.sleep(POLL_SECONDS)


def kill_generation(name: str, project: Project, seconds: float, folder: Path) -> Made:
    """What a generation leaves that was killed and run again."""
    for attempt in range(1, ATTEMPTS + 1):
        root = folder / f"{attempt}" / "root"
        root.mkdir(parents=True)
        with Run(project.path, root, PIPELINE) as run:
            wait_for(name, run, root, seconds / attempt)
            if run.kill():
                break
    else:
        raise AssertionError(f"the run was over before it was killed: {run.told()}")
    failure = project.run_again(root, PIPELINE, as_process=name == AGAIN_AS_PROCESS)
    assert not failure, failure
    return read_made(project.session, root)
