"""A run that is killed at any moment is mended by the next one, and no reader notices.

Thirty times a ``kedro run`` is ended by SIGKILL with all its processes, twelve times at a moment
drawn by lot and eighteen times at a phase that is seen on the disk; the same command follows.
"""

from __future__ import annotations

import shutil
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from pyspark.sql import functions as F  # noqa: N812 - Spark's own custom

from tests.faults.clean import Clean, Project
from tests.faults.kills import Outcome, Stage, kill_and_run_again
from tests.faults.phases import MART, PLAN
from tests.faults.reader import ABSENT, Reader, saw_only_whole_versions
from tests.faults.sameness import differences, table_folder

if TYPE_CHECKING:
    from pathlib import Path

    from pyspark.sql import DataFrame, SparkSession

pytestmark = [pytest.mark.slow, pytest.mark.spark]

KILLS = 30
ROWS = 1500
AT_ONCE = 2  # a run on tiny files mostly waits for one core
POLL_SECONDS = 0.001
PHASES = {phase.name: phase for phase in PLAN}


@pytest.fixture(scope="module")
def outcomes(
    project: Project,
    raw_root: Path,
    earlier: Clean,
    clean: Clean,
    request: pytest.FixtureRequest,
) -> dict[str, Outcome]:
    """All kills whose tests are asked for, two at a time."""
    folder = request.getfixturevalue("tmp_path_factory").mktemp("kills")
    stage = Stage(project, raw_root, earlier, clean.seconds, folder)
    tests = [item.nodeid for item in request.session.items]
    asked = [phase for phase in PLAN if any(f"[{phase.name}]" in test for test in tests)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        done = pool.map(kill_and_run_again, asked, [stage] * len(asked))
        return dict(zip((phase.name for phase in asked), done, strict=True))


@pytest.fixture
def expected(request: pytest.FixtureRequest, name: str) -> Clean:
    """The undisturbed runs over the same deliveries."""
    return request.getfixturevalue("clean_merge" if PHASES[name].merges else "clean")


@pytest.fixture
def versions(name: str, earlier: Clean, expected: Clean) -> list[int]:
    """Row counts of the mart's whole versions, in their order."""
    before = earlier.tables[MART].rows.total() if PHASES[name].merges else ABSENT
    return [before, expected.tables[MART].rows.total()]


def read_mart(session: SparkSession, root: Path) -> DataFrame:
    return session.read.format("delta").load(str(table_folder(root, MART)))


@pytest.mark.parametrize("name", PHASES)
def test_the_run_after_a_kill_publishes_the_same_as_a_clean_run(
    name: str, outcomes: dict[str, Outcome], expected: Clean
) -> None:
    outcome = outcomes[name]
    assert outcome.landed
    assert outcome.hit, f"the phase was missed {outcome.attempts} times"
    assert outcome.exit_code == 0, outcome.told
    assert differences(expected.tables, outcome.tables) == []
    assert outcome.account == expected.account
    assert outcome.account.adds_up


@pytest.mark.parametrize("name", PHASES)
def test_a_reader_meanwhile_sees_whole_versions_only(
    name: str, outcomes: dict[str, Outcome], versions: list[int]
) -> None:
    outcome = outcomes[name]
    assert outcome.reader_failures == []
    assert saw_only_whole_versions(outcome.rows_seen, versions), outcome.rows_seen
    assert outcome.rows_seen[-1] == versions[-1]
    assert outcome.polls > 0


def test_thirty_kills_landed(
    outcomes: dict[str, Outcome], clean: Clean, capsys: pytest.CaptureFixture[str]
) -> None:
    landed = Counter(
        "moments" if name.startswith("moment_") else name
        for name, o in outcomes.items()
        if o.landed
    )
    polls = sum(outcome.polls for outcome in outcomes.values())
    starts = sum(outcome.attempts for outcome in outcomes.values())
    with capsys.disabled():
        sys.stdout.write(
            f"\n{landed.total()} kills landed in {starts} runs, a clean run takes "
            f"{clean.seconds:.1f} s after Spark's start, a reader polled {polls} times:\n"
            + "".join(f"  {times:3} {phase}\n" for phase, times in landed.items())
        )
    assert landed.total() >= KILLS


@pytest.fixture
def copied(clean: Clean, tmp_path: Path) -> Path:
    """The clean run's data root, to be spoilt."""
    root = tmp_path / "root"
    shutil.copytree(clean.root, root)
    return root


def test_a_copy_of_the_clean_run_is_the_same(project: Project, clean: Clean, copied: Path) -> None:
    assert differences(clean.tables, project.read_tables(copied)) == []
    assert clean.account.adds_up
    assert sum(clean.account.received.values()) >= ROWS


def test_half_a_table_is_not_the_same(project: Project, clean: Clean, copied: Path) -> None:
    mart = read_mart(project.session, copied)
    half = mart.filter(F.crc32("interaction_id") % 2 == 0)
    rows, kept = mart.count(), half.count()
    half.write.format("delta").mode("overwrite").save(str(table_folder(copied, MART)))
    found = differences(clean.tables, project.read_tables(copied))
    assert found == [f"{MART}: {rows - kept} rows are lacking, 0 are too many"]


def test_a_row_that_is_there_twice_is_not_the_same(
    project: Project, clean: Clean, copied: Path
) -> None:
    one = read_mart(project.session, copied).limit(1)
    one.write.format("delta").mode("append").save(str(table_folder(copied, MART)))
    found = differences(clean.tables, project.read_tables(copied))
    assert found == [
        f"{MART}: 0 rows are lacking, 1 are too many",
        f"{MART}: 1 keys are there more than once",
    ]


def test_a_changed_value_and_a_lost_table_are_not_the_same(
    project: Project, clean: Clean, copied: Path
) -> None:
    items = str(table_folder(copied, "prm_items"))
    project.session.sql(f"UPDATE delta.`{items}` SET brand = NULL WHERE item_id = 'i00000'")
    shutil.rmtree(table_folder(copied, "prm_searches") / "_delta_log")
    found = differences(clean.tables, project.read_tables(copied))
    assert found == [
        "prm_searches: is not there",
        "prm_items: 1 rows are lacking, 1 are too many",
    ]


def test_stamps_of_the_run_do_not_count(project: Project, clean: Clean, copied: Path) -> None:
    items = str(table_folder(copied, "prm_items"))
    project.session.sql(f"UPDATE delta.`{items}` SET batch_id = 'later'")
    assert differences(clean.tables, project.read_tables(copied)) == []


def test_the_reader_notices_half_a_table(spark: SparkSession, clean: Clean, tmp_path: Path) -> None:
    mart = read_mart(spark, clean.root)
    full, half = mart.count(), mart.limit(10).count()
    table = tmp_path / "mart"
    with Reader(spark, table) as reader:
        for rows in (mart.limit(10), mart):
            rows.write.format("delta").mode("overwrite").save(str(table))
            polled = reader.polls
            while reader.polls < polled + 2:
                time.sleep(POLL_SECONDS)
    assert reader.seen[-2:] == [half, full]
    assert not saw_only_whole_versions(reader.seen, [ABSENT, full])
