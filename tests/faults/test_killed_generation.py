"""Generation that is killed at any moment and repeated leaves what a clean run leaves."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.faults.clean import POLL_SECONDS
from tests.faults.runs import Run
from tests.faults.sameness import hash_columns

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pyspark.sql import SparkSession

pytestmark = [pytest.mark.slow, pytest.mark.spark]

PIPELINE = "data_generation"
TRUTH = ("truth_happenings", "truth_dirt", "truth_best_items", "truth_sessions")
MOMENTS = (0.1, 0.35, 0.6, 0.85)  # of a clean run's time, once Spark has started
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


def wait_for_spark(run: Run) -> None:
    while run.going and not run.spark_has_started:
        time.sleep(POLL_SECONDS)


class Stage(NamedTuple):
    """Where runs are started, and what reads what they leave."""

    project_path: Path
    session: SparkSession

    def start(self, root: Path) -> Run:
        return Run(self.project_path, root, PIPELINE)

    def repeat(self, root: Path) -> Made:
        with self.start(root) as run:
            assert run.wait() == 0, run.told()
        return read_made(self.session, root)


@pytest.fixture(scope="module")
def stage(project_path: Path, spark_session: SparkSession) -> Stage:
    return Stage(project_path, spark_session)


@pytest.fixture(scope="module")
def seconds(stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> float:
    """How long a run takes that nothing disturbs, once Spark has started."""
    root = tmp_path_factory.mktemp("timed") / "root"
    root.mkdir()
    with stage.start(root) as run:
        wait_for_spark(run)
        began = time.monotonic()
        assert run.wait() == 0, run.told()
        return time.monotonic() - began


@pytest.fixture(scope="module")
def clean(stage: Stage, raw_root: Path) -> Made:
    return read_made(stage.session, raw_root)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "root"
    root.mkdir()
    return root


def test_a_clean_run_leaves_whole_files_of_every_table(clean: Made) -> None:
    assert not [name for name in clean.files if name.endswith(".part")]
    folders = Counter(name.split("/")[-2] for name in clean.files)
    assert min(folders[table] for table in ("events", "orders", "search_logs")) >= FEW_FILES
    assert all(rows.total() > 0 for rows in clean.truth.values())


@pytest.mark.parametrize("name", PHASES)
def test_killed_in_a_phase_and_repeated_everything_is_the_same(
    stage: Stage, root: Path, clean: Made, name: str
) -> None:
    with stage.start(root) as run:
        while run.going and not PHASES[name](root):
            time.sleep(POLL_SECONDS)
        assert run.kill(), run.told()
    assert stage.repeat(root) == clean


@pytest.mark.parametrize("share", MOMENTS)
def test_killed_at_a_moment_and_repeated_everything_is_the_same(
    stage: Stage, root: Path, clean: Made, seconds: float, share: float
) -> None:
    with stage.start(root) as run:
        wait_for_spark(run)
        time.sleep(share * seconds)
        assert run.kill(), run.told()
    assert stage.repeat(root) == clean


def test_a_byte_too_many_is_noticed(stage: Stage, raw_root: Path, clean: Made) -> None:
    path = next((raw(raw_root) / "orders").glob("*.csv"))
    content = path.read_bytes()
    try:
        path.write_bytes(content + b"\n")
        assert read_made(stage.session, raw_root).files != clean.files
    finally:
        path.write_bytes(content)
