"""How the tables grow by daily runs, and what one day's run touches, measured on a generated shop.

All but the last days of the shop are loaded at once, then each of them by a run of its own in the
same session; ``SHOP_SIZE`` chooses another size than ``default``. At last copies of the mart are
laid out anew in files of ``SCALED_FILE_BYTES``, so that a shop of a million rows has as many files
as ten billion rows have in files of a gigabyte.
"""

from __future__ import annotations

import os
import shutil
import statistics
import tempfile
import tracemalloc
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tests.benchmarks.delta_files import TableFiles, read_files
from tests.benchmarks.event_log import EventLog, Work
from tests.benchmarks.generation import generate
from tests.benchmarks.mart import DATED, DRIVER_MEMORY, ingest
from tests.benchmarks.report import Measured, print_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyspark.sql import DataFrame

MART = "prm_user_item_interactions"
LEDGER = "int_ingested_files"
DAY = "interaction_date"
LAYERS = ("02_intermediate", "03_primary")
HISTORY_DAYS = 5
DAYS_A_YEAR = 365
SCALED_FILE_BYTES = 2**17
PIECES = 512  # in which rows come before they are compacted


class DayRun(NamedTuple):
    """One day's run.

    Attributes:
        day: that it took in.
        seconds: that it took.
        work: what Spark did for it.
        before: the tables' files before it.
        after: the same after it.
    """

    day: str
    seconds: float
    work: Work
    before: dict[str, TableFiles]
    after: dict[str, TableFiles]

    def added(self, table: str) -> int:
        return len(self.after[table].files.keys() - self.before[table].files.keys())

    def removed(self, table: str) -> int:
        return len(self.before[table].files.keys() - self.after[table].files.keys())


def start_session(log: Path) -> None:
    """Start Spark with the settings of ``conf/base`` and an event log."""
    from personalization.config.layers import LayeredConfigLoader
    from personalization.settings import CONFIG_LOADER_ARGS
    from personalization.spark import build

    settings = LayeredConfigLoader("conf", **CONFIG_LOADER_ARGS)["spark"]
    own = {"spark.driver.memory": DRIVER_MEMORY, **EventLog.settings(log)}
    build.hand_over({**settings, **own})
    build.active_session()


def read_tables(root: Path) -> dict[str, TableFiles]:
    """Every table that data_processing writes."""
    logs = (log for layer in LAYERS for log in root.glob(f"{layer}/*/*/_delta_log"))
    return {log.parent.name: read_files(log.parent) for log in sorted(logs)}


def hold_back(raw: Path, aside: Path, days: int) -> list[str]:
    """Move the files of the last days away; the days in order."""
    files = [path for table in DATED for path in (raw / table).glob("*.csv")]
    last = sorted({day_of(path) for path in files})[-days:]
    for path in files:
        if day_of(path) in last:
            target = aside / path.parent.name / path.name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(path, target)
    return last


def day_of(path: Path) -> str:
    """The day whose rows a file holds; one that came twice has something after it in its name."""
    return path.name[:10]


def run_days(root: Path, aside: Path, days: list[str], log: EventLog) -> Iterator[DayRun]:
    """Bring back one day after the other and take each in."""
    before = read_tables(root)
    for day in days:
        for table in DATED:
            for path in (aside / table).glob(f"{day}*.csv"):
                shutil.move(path, root / "01_raw" / "generated" / table / path.name)
        log.read()
        seconds, _ = ingest(root)
        after = read_tables(root)
        yield DayRun(day, seconds, log.read(), before, after)
        before = after


def lines_of_sizes(tables: dict[str, TableFiles]) -> Iterator[Measured]:
    """Bytes of a row, rows of a file."""
    for name, one in tables.items():
        if one.rows:
            per_file = one.rows / len(one.files)
            peer = "rows in a file"
            yield Measured(f"growth_{name}_row", one.bytes / one.rows, "B", peer, per_file)


def lines_of_runs(full: Work, runs: list[DayRun]) -> Iterator[Measured]:
    """What one day's run costs, beside the load of all days before."""

    def of_day(part: str) -> float:
        return statistics.median(getattr(one.work, part) for one in runs)

    for part, unit in (("jobs", "jobs"), ("shuffles", "stages"), ("shuffled", "B")):
        yield Measured(f"growth_day_{part}", of_day(part), unit, "full load", getattr(full, part))
    first, last = runs[0].before, runs[-1].after
    for name in last:
        yearly = DAYS_A_YEAR / len(runs)
        files = (len(last[name].files) - len(first[name].files)) * yearly
        commits = (last[name].commits - first[name].commits) * yearly
        yield Measured(f"growth_{name}_files_a_year", files, "files", "commits", commits)
        removed = statistics.median(one.removed(name) for one in runs)
        added = statistics.median(one.added(name) for one in runs)
        yield Measured(f"growth_{name}_files_added_a_day", added, "files", "removed", removed)
    for name in (MART, "int_events", "int_orders", "int_search_logs"):
        read, there = runs[-1].work.files_read[name], len(runs[-1].after[name].files)
        per_scan = read / max(runs[-1].work.scans[name], 1)
        yield Measured(f"growth_{name}_files_read_a_scan", per_scan, "files", "there", there)
    kept = sum(one.log_bytes for one in last.values()) - sum(o.log_bytes for o in first.values())
    yield Measured("growth_log_bytes_a_day", kept / len(runs), "B", "", 0)


def lines_of_driver(root: Path) -> Iterator[Measured]:
    """What the driver keeps of the ledger, for each file that was ever taken in."""
    from personalization.pipelines.data_processing.ledger import read_ledger
    from personalization.spark.build import active_session

    table = active_session().read.format("delta")
    ledger = table.load(str(root / LAYERS[0] / "generated" / LEDGER))
    tracemalloc.start()
    entries = read_ledger(ledger)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    yield Measured("growth_ledger_entry", held / len(entries), "B", "files", len(entries))


def lay_out(rows: DataFrame, folder: Path, layout: str) -> TableFiles:
    """Write the mart in small pieces of a day each, as daily runs do, and compact it."""
    from delta.tables import DeltaTable

    session = rows.sparkSession
    table = DeltaTable.create(session).location(str(folder)).addColumns(rows.schema)
    if layout == "clustered":
        table = table.clusterBy(DAY)
    elif layout == "partitioned":
        table = table.partitionedBy(DAY)
    made = table.execute()
    dealt = rows.repartitionByRange(PIECES, DAY, "interaction_id")
    dealt.write.format("delta").mode("append").save(str(folder))
    made.optimize().executeCompaction()
    return read_files(folder)


def lines_of_layouts(root: Path, scratch: Path, day: str) -> Iterator[Measured]:
    """How many files hold a day that is somewhere within, and how large they are, by layout."""
    from personalization.spark.build import active_session

    session = active_session()
    rows = session.read.format("delta").load(str(root / LAYERS[1] / "generated" / MART))
    session.conf.set("spark.databricks.delta.optimize.maxFileSize", SCALED_FILE_BYTES)
    session.conf.set("spark.databricks.delta.optimize.minFileSize", SCALED_FILE_BYTES)
    for layout in ("plain", "clustered", "partitioned"):
        found = lay_out(rows, scratch / layout, layout)
        held = (
            found.holding(DAY, day, day)
            if layout != "partitioned"
            else sum(one["partitionValues"][DAY] == day for one in found.files.values())
        )
        there = len(found.files)
        yield Measured(f"growth_{layout}_files_of_a_day", held, "files", "there", there)


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory(prefix="growth-") as folder:
        scratch = Path(folder)
        (scratch / "log").mkdir()
        start_session(scratch / "log")
        log, root = EventLog(scratch / "log"), scratch / "root"
        generate(root, {"shop": {"size": os.environ.get("SHOP_SIZE", "default")}})
        days = hold_back(root / "01_raw" / "generated", scratch / "aside", HISTORY_DAYS)
        log.read()
        ingest(root)
        full, loaded = log.read(), read_tables(root)
        for line in lines_of_sizes(loaded):
            print_line(line)
        runs = list(run_days(root, scratch / "aside", days, log))
        for line in (*lines_of_runs(full, runs), *lines_of_driver(root)):
            print_line(line)
        for line in lines_of_layouts(root, scratch, days[0]):
            print_line(line)


if __name__ == "__main__":
    main()
