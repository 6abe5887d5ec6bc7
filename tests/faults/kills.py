"""Killing a run in a phase and running it again, while a reader looks on."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from tests.faults.clean import Clean, Project, copy_raw_files
from tests.faults.phases import MART, Phase, Watch, data_files, read_report
from tests.faults.reader import Reader
from tests.faults.runs import Run
from tests.faults.sameness import Account, Tables, read_account, table_folder

if TYPE_CHECKING:
    from pathlib import Path

ATTEMPTS = 4
POLL_SECONDS = 0.001


@dataclass
class Outcome:
    """What came of one kill and of the run after it.

    Attributes:
        landed: a process was ended by the signal.
        hit: and the disk shows the phase that was meant.
        attempts: runs that were started for it; some are over, or past the phase, too early.
        failure: what the run after it says that fails; empty where it succeeds.
        tables: what is published then.
        account: what the report says then.
        rows_seen: counts that a reader of the mart saw all along.
        polls: how often the reader found the mart.
        reader_failures: what else the reader met.
    """

    landed: bool = False
    hit: bool = False
    attempts: int = 0
    failure: str | None = None
    tables: Tables = field(default_factory=dict)
    account: Account | None = None
    rows_seen: list[int] = field(default_factory=list)
    polls: int = 0
    reader_failures: list[str] = field(default_factory=list)


class Stage(NamedTuple):
    """What every kill needs."""

    project: Project
    raw_root: Path
    earlier: Clean
    clean_seconds: float
    folder: Path


def kill_in(phase: Phase, stage: Stage, data_root: Path, haste: int) -> tuple[bool, bool]:
    """Start a run, kill it in ``phase``; whether the kill landed, and whether in the phase."""
    files, report = data_files(data_root), read_report(data_root)
    with Run(stage.project.path, data_root) as run:
        watch = Watch(run, data_root, files, report)
        while run.going and not phase.is_there(watch):
            time.sleep(POLL_SECONDS)
        time.sleep((phase.seconds_later + phase.share_later * stage.clean_seconds) / haste)
        landed = run.kill()
        return landed, landed and phase.is_there(watch)


def prepare_root(phase: Phase, stage: Stage, attempt: int) -> Path:
    root = stage.folder / f"{phase.name}_{attempt}" / "root"
    if phase.merges:
        shutil.copytree(stage.earlier.root, root)
    return copy_raw_files(stage.raw_root, root)


def kill_and_run_again(phase: Phase, stage: Stage) -> Outcome:
    """Kill a run in ``phase``, on fresh tables until it is hit; then run the same command."""
    outcome = Outcome()
    while not outcome.hit and outcome.attempts < ATTEMPTS:
        outcome.attempts += 1
        root = prepare_root(phase, stage, outcome.attempts)
        with Reader(stage.project.session, table_folder(root, MART)) as reader:
            outcome.landed, outcome.hit = kill_in(phase, stage, root, haste=outcome.attempts)
            if not outcome.hit:
                continue
            outcome.failure = stage.project.run_again(root, as_process=phase.again_as_process)
            reader.read_once_more()
        outcome.rows_seen, outcome.polls = reader.seen, reader.polls
        outcome.reader_failures = reader.failures
        if outcome.failure == "":
            outcome.tables = stage.project.read_tables(root)
            outcome.account = read_account(root)
    return outcome
