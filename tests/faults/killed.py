"""F1: a run is killed at a moment or in a phase; the same command, run again, makes it good.

Whole ``kedro run`` processes on the generated shop are killed: most of data_processing, ten of
data_generation, which is compared file by file. Some are run again as a process, the others in the
session of this one.
"""

from __future__ import annotations

import shutil
import time
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from tests.faults.clean import Clean, Project, copy_raw_files, run_cleanly
from tests.faults.deliveries import write_earlier
from tests.faults.generations import (
    MOMENTS,
    PHASES,
    Made,
    kill_generation,
    read_made,
    wait_for_spark,
)
from tests.faults.injection import Fault, Injection, Verdict
from tests.faults.kills import Outcome, Stage, kill_and_run_again
from tests.faults.phases import MART, PLAN, Phase
from tests.faults.reader import ABSENT, saw_only_whole_versions
from tests.faults.runs import Run
from tests.faults.sameness import count_differences, differences, published_keys

if TYPE_CHECKING:
    from pathlib import Path

    from tests.faults.bench import Bench


def project_of(bench: Bench) -> Project:
    """Keys are read once, before any run: loading ``conf`` changes resolvers of the process."""
    project: Project = bench.once(
        "project", lambda: Project(bench.project, bench.session, published_keys(bench.project))
    )
    return project


class Raw(NamedTuple):
    """A data root with the generated raw files and the truth, and how long that took."""

    root: Path
    seconds: float


def make_raw(bench: Bench) -> Raw:
    """One undisturbed generation, timed once Spark has started."""

    def make() -> Raw:
        root = bench.folder / "raw" / "root"
        root.mkdir(parents=True)
        with Run(bench.project, root, "data_generation") as run:
            wait_for_spark(run)
            began = time.monotonic()
            assert run.wait() == 0, run.told()
            return Raw(root, time.monotonic() - began)

    made: Raw = bench.once("raw files", make)
    return made


def run_on(bench: Bench, name: str) -> Clean:
    """What undisturbed runs make of the earlier delivery, the later one, or one after the other."""

    def make() -> Clean:
        root = bench.folder / f"kill_{name}" / "root"
        raw = make_raw(bench).root
        if name == "earlier":
            write_earlier(raw / "01_raw" / "generated", root / "01_raw" / "generated")
        elif name == "merged":
            shutil.copytree(run_on(bench, "earlier").root, root)
        if name != "earlier":
            copy_raw_files(raw, root)
        clean = run_cleanly(project_of(bench), root)
        assert clean.account.adds_up
        return clean

    made: Clean = bench.once(f"kill {name}", make)
    return made


def judge_outcome(outcome: Outcome, expected: Clean, versions: list[int]) -> Verdict:
    """The run after the kill succeeded and is the same; the reader saw whole versions only."""
    told = [
        "" if outcome.landed else "no process was killed",
        "" if outcome.hit else f"the phase was missed {outcome.attempts} times",
        "" if outcome.failure == "" else f"the next run failed: {outcome.failure}",
        *differences(expected.tables, outcome.tables),
        "" if outcome.account == expected.account else f"another account: {outcome.account}",
        *outcome.reader_failures,
    ]
    whole = saw_only_whole_versions(outcome.rows_seen, versions)
    seen = outcome.rows_seen[-1:] == versions[-1:] and outcome.polls > 0
    told.append("" if whole and seen else f"a reader saw {outcome.rows_seen}, not {versions}")
    message = "; ".join(filter(None, told))
    lost, duplicated = count_differences(expected.tables, outcome.tables)
    good = f"killed at attempt {outcome.attempts}, a reader polled {outcome.polls} times"
    return Verdict(lost, duplicated, not message, message or good)


def kill_ingestion(phase: Phase, bench: Bench, folder: Path) -> Verdict:
    """Kill a run of data_processing, run it again, and compare."""
    clean = run_on(bench, "later")
    earlier = run_on(bench, "earlier")
    expected = run_on(bench, "merged") if phase.merges else clean
    before = earlier.tables[MART].rows.total() if phase.merges else ABSENT
    stage = Stage(project_of(bench), make_raw(bench).root, earlier, clean.seconds, folder)
    outcome = kill_and_run_again(phase, stage)
    return judge_outcome(outcome, expected, [before, expected.tables[MART].rows.total()])


def kill_making(name: str, bench: Bench, folder: Path) -> Verdict:
    """Kill a run of data_generation, run it again, and compare every file and the truth."""
    raw = make_raw(bench)
    expected: Made = bench.once("made", lambda: read_made(bench.session, raw.root))
    made = kill_generation(name, project_of(bench), raw.seconds, folder)
    lost = sum((rows - made.truth[table]).total() for table, rows in expected.truth.items())
    more = sum((made.truth[table] - rows).total() for table, rows in expected.truth.items())
    differing = sorted(set(expected.files.items()) ^ set(made.files.items()))
    told = f"other files: {[name for name, _ in differing[:3]]}" if differing else ""
    if lost or more:
        told += f"; {lost} rows of the truth are lacking, {more} are too many"
    return Verdict(lost, more, not told, told or f"{len(made.files)} files and the truth are equal")


FAULT = Fault(
    "F1",
    "killed in mid-write",
    (
        *(Injection(phase.name, partial(kill_ingestion, phase)) for phase in PLAN),
        *(
            Injection(f"generation_{name}", partial(kill_making, name))
            for name in (*PHASES, *(f"at_{share}" for share in MOMENTS))
        ),
    ),
)
