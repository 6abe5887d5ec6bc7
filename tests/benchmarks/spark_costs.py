"""What Spark and Delta cost before any work is done: start, first write, MERGE, read.

Each side is a fresh process: the settings of ``conf/base/spark.yml`` against Spark's defaults with
nothing but Delta switched on. Sides alternate, the median of the runs is reported.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks.report import Measured, print_line

RUNS = 3
STEPS = ("start", "first_write", "merge", "second_merge", "read", "all")
DELTA_ONLY = (
    "spark.sql.extensions",
    "spark.sql.catalog.spark_catalog",
    "spark.ui.showConsoleProgress",
)


def settings_of(side: str) -> dict[str, object]:
    from personalization.config.layers import LayeredConfigLoader
    from personalization.settings import CONFIG_LOADER_ARGS

    tuned = LayeredConfigLoader("conf", **CONFIG_LOADER_ARGS)["spark"]
    if side == "tuned":
        return tuned
    return {key: value for key, value in tuned.items() if key in DELTA_ONLY}


def run_side(side: str) -> None:
    """Time the steps in this process and print them as one JSON object."""
    from personalization.spark import build

    build.hand_over(settings_of(side))
    build.require_spark()
    began = time.perf_counter()
    session = build.active_session()
    session.range(1).count()
    marks = {"start": time.perf_counter() - began}
    with tempfile.TemporaryDirectory() as folder:
        table = f"{folder}/table"
        rows = session.range(1000).selectExpr("id", "id * 2 AS value")
        for step, act in (
            ("first_write", lambda: rows.write.format("delta").save(table)),
            ("merge", lambda: merge(session, table, rows)),
            ("second_merge", lambda: merge(session, table, rows)),
            ("read", lambda: session.read.format("delta").load(table).count()),
        ):
            before = time.perf_counter()
            act()
            marks[step] = time.perf_counter() - before
        marks["all"] = time.perf_counter() - began
    session.stop()
    sys.stdout.write(json.dumps(marks))


def merge(session: object, table: str, rows: object) -> None:
    from delta.tables import DeltaTable

    target = DeltaTable.forPath(session, table).alias("old")
    condition = "old.id = new.id"
    merging = target.merge(rows.alias("new"), condition)
    merging.whenMatchedUpdateAll().whenNotMatchedInsertAll().execute()


def main() -> None:
    times: dict[str, list[dict[str, float]]] = {"tuned": [], "defaults": []}
    for _ in range(RUNS):
        for side, runs in times.items():
            command = [sys.executable, "-m", "tests.benchmarks.spark_costs", side]
            ran = subprocess.run(command, capture_output=True, text=True, check=True)
            runs.append(json.loads(ran.stdout.splitlines()[-1]))
    for step in STEPS:
        medians = {s: statistics.median(one[step] for one in runs) for s, runs in times.items()}
        print_line(
            Measured(f"spark_{step}", medians["tuned"], "s", "defaults", medians["defaults"])
        )


if __name__ == "__main__":
    if len(sys.argv) > 1:
        run_side(sys.argv[1])
    else:
        Path("conf").resolve(strict=True)
        main()
