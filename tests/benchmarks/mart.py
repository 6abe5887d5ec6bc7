"""Raw CSV files to the mart in a warm session, beside DuckDB on the same files; and one day more.

Sizes are those of the generation's benchmark. What is timed is ``kedro run
--pipeline=data_processing`` with a driver of 4 GB: on empty tables for all days but the last, then
for the last day by itself. DuckDB gets all days at once; what is compared is seconds for a row.
"""

from __future__ import annotations

import logging
import math
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

from tests.benchmarks import mart_in_duckdb
from tests.benchmarks.generation import SHARES
from tests.benchmarks.processes import resident_megabytes
from tests.benchmarks.report import Measured, print_line

PEER = "DuckDB, two threads"
DRIVER_MEMORY = "4g"
MOST_TIMES_DUCKDB = 10
MOST_GROWTH = 1.05
MOST_OF_FULL = 0.1
MEMORY_TOLERANCE = 0.2
SAMPLE_SECONDS = 0.5
DATED = ("events", "orders", "search_logs")


class Ingested(NamedTuple):
    """What came of one size.

    Attributes:
        rows: received with all days but the last.
        seconds: the run for them took.
        peak: megabytes of all processes at once, at most, in that run.
        day_rows: received with the last day.
        day_seconds: the run for it took.
        peer_seconds: DuckDB took for all days.
    """

    rows: int
    seconds: float
    peak: float
    day_rows: int
    day_seconds: float
    peer_seconds: float

    @property
    def per_second(self) -> float:
        """Rows that the load takes in."""
        return self.rows / self.seconds

    @property
    def peer_per_second(self) -> float:
        """Rows that DuckDB takes in."""
        return (self.rows + self.day_rows) / self.peer_seconds


class Peak(threading.Thread):
    """Watches the memory of this process and all below it until it is stopped."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.megabytes = 0.0
        self._ended = threading.Event()

    def run(self) -> None:
        while not self._ended.wait(SAMPLE_SECONDS):
            self.megabytes = max(self.megabytes, resident_megabytes())

    def end(self) -> float:
        self._ended.set()
        self.join()
        return self.megabytes


def ingest(data_root: Path) -> tuple[float, dict[str, Any]]:
    """Run data_processing in this process; seconds and the report."""
    import json

    from kedro.framework.session import KedroSession
    from kedro.framework.startup import bootstrap_project

    bootstrap_project(Path.cwd())
    logging.disable(logging.WARNING)  # the lines on the screen are for programs
    with KedroSession.create(Path.cwd(), runtime_params={"data_root": str(data_root)}) as session:
        began = time.perf_counter()
        session.run(pipeline_names=["data_processing"])
        seconds = time.perf_counter() - began
    report = data_root / "08_reporting" / "generated" / "ingestion.json"
    return seconds, json.loads(report.read_text())


def own_files(data_root: Path) -> list[str]:
    """Data files of the mart as it is now."""
    from personalization.spark.build import active_session

    mart = data_root / "03_primary" / "generated" / "prm_user_item_interactions"
    table = active_session().read.format("delta").load(str(mart))
    return [path.removeprefix("file://") for path in table.inputFiles()]


def generate(data_root: Path, share: float) -> None:
    """Generate a shop in a process of its own, which takes its memory with it when it ends."""
    command = [sys.executable, "-m", "tests.benchmarks.one_shop", str(data_root), str(share)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def hold_back_last_day(raw: Path, aside: Path) -> None:
    """Move the last day's files of every table that has one a day."""
    for table in DATED:
        last = max((raw / table).glob("*.csv"))
        (aside / table).mkdir(parents=True)
        shutil.move(last, aside / table / last.name)


def measure(share: float, scratch: Path) -> Ingested:
    """Load all but the last day of one size, then that day; DuckDB loads both at once."""
    root = scratch / "root"
    generate(root, share)
    raw = root / "01_raw" / "generated"
    hold_back_last_day(raw, scratch / "aside")
    peak = Peak()
    peak.start()
    seconds, report = ingest(root)
    megabytes = peak.end()
    for table in DATED:
        for path in (scratch / "aside" / table).iterdir():
            shutil.move(path, raw / table / path.name)
    day_seconds, day = ingest(root)
    peer_seconds = ask_peer(raw, own_files(root), scratch / "duckdb")
    rows, day_rows = (one["totals"]["received"] for one in (report, day))
    return Ingested(rows, seconds, megabytes, day_rows, day_seconds, peer_seconds)


def ask_peer(raw: Path, ours: list[str], scratch: Path) -> float:
    """Seconds that DuckDB takes, in a process of its own, which takes its memory with it.

    Raises:
        RuntimeError: its interactions are not ours.
    """
    with ProcessPoolExecutor(1, get_context("spawn")) as own:
        seconds = own.submit(mart_in_duckdb.build_mart, raw, scratch).result()
        differing = own.submit(mart_in_duckdb.count_differences, ours, scratch).result()
    if differing:
        raise RuntimeError(f"{differing} interactions are not those of DuckDB")
    return seconds


def start_session() -> None:
    """Start Spark with the driver's memory that the figures are for."""
    from personalization.config.layers import LayeredConfigLoader
    from personalization.settings import CONFIG_LOADER_ARGS
    from personalization.spark import build

    settings = LayeredConfigLoader("conf", **CONFIG_LOADER_ARGS)["spark"]
    build.hand_over({**settings, "spark.driver.memory": DRIVER_MEMORY})
    build.active_session()


def lines_of(size: int, found: Ingested) -> list[Measured]:
    """The figures of one size."""
    name = f"mart_{size}_million"
    return [
        Measured(f"{name}_seconds", found.seconds, "s", PEER, found.peer_seconds),
        Measured(f"{name}_rows", found.per_second, "rows/s", PEER, found.peer_per_second),
        Measured(f"{name}_one_day", found.day_seconds, "s", "full load", found.seconds),
        Measured(f"{name}_peak", found.peak, "MB", "", 0),
    ]


def growth(small: Ingested, large: Ingested) -> float:
    """Exponent of time over rows between two sizes."""
    return math.log(large.seconds / small.seconds) / math.log(large.rows / small.rows)


def main() -> bool:
    """Print the figures; False where a limit is missed."""
    start_session()
    found: dict[int, Ingested] = {}
    for size, share in {0: SHARES[1], **SHARES}.items():  # the first warms the session
        with tempfile.TemporaryDirectory(prefix="mart-") as folder:
            found[size] = measure(share, Path(folder))
        for line in lines_of(size, found[size]) if size else ():
            print_line(line)
    exponent = growth(found[5], found[20])
    print_line(Measured("mart_growth_exponent", exponent, "", "linear", 1.0))
    memory = found[20].peak / found[5].peak
    print_line(Measured("mart_20_million_peak", found[20].peak, "MB", "5 million", found[5].peak))
    missed = {
        "times DuckDB": found[20].peer_per_second / found[20].per_second > MOST_TIMES_DUCKDB,
        "growth": exponent > MOST_GROWTH,
        "one day": found[20].day_seconds / found[20].seconds > MOST_OF_FULL,
        "memory": abs(memory - 1) > MEMORY_TOLERANCE,
    }
    for name in (name for name, is_missed in missed.items() if is_missed):
        sys.stderr.write(f"mart: the limit of '{name}' is missed\n")
    return not any(missed.values())
