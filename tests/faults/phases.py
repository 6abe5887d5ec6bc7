"""When a run is killed: at a moment of its time, or at what is to be seen on the disk."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from tests.faults.sameness import table_folder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.faults.runs import Run

FOOTER = b"PAR1"  # the last bytes of a Parquet file that is complete
MART = "prm_user_item_interactions"
LEDGER = "int_ingested_files"
MOMENTS = 14
AS_PROCESS_EVERY = 4
MERGED_AS_PROCESS = ("mart_written_uncommitted", "prm_items_uncommitted")
SEED = 20260630


def data_files(folder: Path) -> frozenset[Path]:
    return frozenset(folder.glob("**/*.parquet"))


def read_report(data_root: Path) -> bytes | None:
    path = data_root / "08_reporting" / "generated" / "ingestion.json"
    return path.read_bytes() if path.exists() else None


@dataclass(frozen=True)
class Watch:
    """A run seen from outside, beside what was on the disk before it began."""

    run: Run
    data_root: Path
    files_before: frozenset[Path]
    report_before: bytes | None

    def new_files(self, table: str) -> frozenset[Path]:
        return data_files(table_folder(self.data_root, table)) - self.files_before

    def is_committed(self, table: str, version: int) -> bool:
        log = table_folder(self.data_root, table) / "_delta_log"
        return (log / f"{version:020}.json").exists()

    def is_reported(self) -> bool:
        return read_report(self.data_root) != self.report_before


class Phase(NamedTuple):
    """What is waited for, and how long the run goes on from there until it is killed.

    Attributes:
        name: what the test is called.
        is_there: whether a run is in this phase.
        seconds_later: from then on.
        share_later: of the clean run's time, from then on.
        merges: the run meets tables of an earlier delivery.
        again_as_process: the run after it is a process of its own, too.
    """

    name: str
    is_there: Callable[[Watch], bool]
    seconds_later: float = 0
    share_later: float = 0
    merges: bool = False
    again_as_process: bool = False


def has_started(watch: Watch) -> bool:
    return watch.run.spark_has_started


def is_written(file: Path) -> bool:
    """Whether a data file has been written to its end; it is opened long before."""
    return file.exists() and file.read_bytes()[-len(FOOTER) :] == FOOTER


def is_uncommitted(table: str, version: int = 0) -> Callable[[Watch], bool]:
    """A data file has been opened; the commit that names it is not there."""

    def is_there(watch: Watch) -> bool:
        return bool(watch.new_files(table)) and not watch.is_committed(table, version)

    return is_there


def is_written_uncommitted(table: str, version: int = 0) -> Callable[[Watch], bool]:
    """A data file has been written to its end; the commit that names it is not there."""

    def is_there(watch: Watch) -> bool:
        written = any(is_written(file) for file in watch.new_files(table))
        return written and not watch.is_committed(table, version)

    return is_there


def is_committed(table: str, version: int = 0) -> Callable[[Watch], bool]:
    """The table's commit is there, the run's report is not."""

    def is_there(watch: Watch) -> bool:
        return watch.is_committed(table, version) and not watch.is_reported()

    return is_there


def is_half_published(watch: Watch) -> bool:
    """Some primary tables are there, others are not."""
    folders = (watch.data_root / "03_primary" / "generated").glob("prm_*")
    return len({watch.is_committed(folder.name, 0) for folder in folders}) == 2


def plan_moments() -> list[Phase]:
    """Moments drawn by lot, one from each part of the time."""
    drawn = random.Random(SEED)
    shares = [(place + drawn.random()) / MOMENTS for place in range(MOMENTS)]
    return [
        Phase(
            f"moment_{place}_at_{share:.1%}",
            has_started,
            share_later=share,
            again_as_process=place % AS_PROCESS_EVERY == 0,
        )
        for place, share in enumerate(shares)
    ]


def is_reported_unsettled(watch: Watch) -> bool:
    """The report is written, the ledger is not settled yet."""
    return watch.is_reported() and not watch.is_committed(LEDGER, 1)


def plan_first_run() -> list[Phase]:
    """Phases of a run on empty tables: before and after the commit of each table."""
    uncommitted = ("int_users", "int_products", "int_events", "int_orders", "int_search_logs")
    written = ("int_rejected_rows", "int_repeated_rows", "prm_items", "prm_impressions")
    committed = ("int_events", "int_orders", "prm_users", "prm_items")
    return [
        *(Phase(f"{name}_uncommitted", is_uncommitted(name)) for name in uncommitted),
        *(Phase(f"{name}_written_uncommitted", is_written_uncommitted(name)) for name in written),
        *(Phase(f"{name}_committed", is_committed(name)) for name in committed),
        Phase("ledger_uncommitted", is_uncommitted(LEDGER)),
        Phase("ledger_noted", is_committed(LEDGER), again_as_process=True),
        Phase("prm_users_uncommitted", is_uncommitted("prm_users")),
        Phase("prm_searches_uncommitted", is_uncommitted("prm_searches")),
        Phase("half_published", is_half_published),
        Phase("mart_uncommitted", is_uncommitted(MART)),
        Phase("mart_uncommitted_50_ms", is_uncommitted(MART), 0.05),
        Phase("mart_written_uncommitted", is_written_uncommitted(MART)),
        Phase("mart_written_again", is_written_uncommitted(MART), again_as_process=True),
        Phase("mart_committed", is_committed(MART)),
        Phase("mart_committed_100_ms", is_committed(MART), 0.1),
        Phase("between_mart_and_report", is_committed(MART), 0.5),
        Phase("between_mart_and_report_later", is_committed(MART), 1.0),
        Phase("reported_unsettled", is_reported_unsettled),
    ]


def plan_second_run() -> list[Phase]:
    """Phases of a run on the tables of an earlier delivery."""
    phases = {
        "int_orders_uncommitted": is_uncommitted("int_orders", 1),
        "int_events_committed": is_committed("int_events", 1),
        "ledger_noted": is_committed(LEDGER, 2),  # noted and settled by the first run
        "mart_uncommitted": is_uncommitted(MART, 1),
        "mart_written_uncommitted": is_written_uncommitted(MART, 1),
        "mart_committed": is_committed(MART, 1),
        "prm_users_written_uncommitted": is_written_uncommitted("prm_users", 1),
        "prm_items_uncommitted": is_uncommitted("prm_items", 1),
        "prm_impressions_written_uncommitted": is_written_uncommitted("prm_impressions", 1),
        "prm_searches_committed": is_committed("prm_searches", 1),
    }
    return [
        Phase(f"merge_{name}", there, merges=True, again_as_process=name in MERGED_AS_PROCESS)
        for name, there in phases.items()
    ]


PLAN = (*plan_moments(), *plan_first_run(), *plan_second_run())
