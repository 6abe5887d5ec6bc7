"""Generation of a shop in a warm session beside a plain NumPy script that writes as many rows.

Sizes are ``medium`` with more or fewer people, so that products and days stay as they are. What is
timed is the whole ``kedro run --pipeline=data_generation``, truth tables included, in a session
that has generated ``medium`` once.
"""

from __future__ import annotations

import logging
import math
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from tests.benchmarks import plain_rows
from tests.benchmarks.processes import Memory, measure_memory, processor_seconds
from tests.benchmarks.report import Measured, print_line

SHARES = {1: 0.2, 5: 1.0, 20: 4.0}  # million events, about, to medium's people
PEER = "plain NumPy script"
MEDIUM = 5  # million events
MOST_TIMES_PLAIN = 8
LEAST_EVENTS_PER_SECOND = 60_000
MOST_GROWTH = 1.05
MEMORY_TOLERANCE = 0.2


class Generated(NamedTuple):
    """What came of one generation.

    Attributes:
        seconds: the run took.
        work: seconds of the processor that it took, on all cores.
        rows: rows of each raw table.
        events: rows of the events' table that are no impressions.
        bytes: of all files.
        memory: of the driver after it.
    """

    seconds: float
    work: float
    rows: dict[str, int]
    events: int
    bytes: int
    memory: Memory


def enlarge(share: float) -> dict[str, Any]:
    """Parameters of ``medium`` with ``share`` times its people."""
    text = Path("conf/base/parameters/data_generation.yml").read_text()
    size = yaml.safe_load(text)["data_generation"]["shop"]["sizes"]["medium"]
    people = {name: round(share * size[name]) for name in ("n_users", "n_strangers")}
    return {"shop": {"size": "measured", "sizes": {"measured": {**size, **people}}}}


def generate(data_root: Path, options: dict[str, Any]) -> float:
    """Run the pipeline in this process; the seconds that it took."""
    from kedro.framework.session import KedroSession
    from kedro.framework.startup import bootstrap_project

    bootstrap_project(Path.cwd())
    logging.disable(logging.WARNING)  # the lines on the screen are for programs
    parameters = {"data_root": str(data_root), "data_generation": options}
    with KedroSession.create(Path.cwd(), runtime_params=parameters) as session:
        began = time.perf_counter()
        session.run(pipeline_names=["data_generation"])
        return time.perf_counter() - began


def count_rows(folder: Path) -> tuple[dict[str, int], int, int]:
    """Rows of each table, events that are no impressions, and bytes of all files."""
    rows: dict[str, int] = {}
    impressions = size = 0
    for path in folder.rglob("*.csv"):
        content = path.read_bytes()
        table = path.stem if path.parent == folder else path.parent.name
        rows[table] = rows.get(table, 0) + content.count(b"\n") - 1
        impressions += content.count(b",impression,") if table == "events" else 0
        size += len(content)
    return rows, rows["events"] - impressions, size


def measure(share: float) -> Generated:
    with tempfile.TemporaryDirectory() as folder:
        before = processor_seconds()
        seconds = generate(Path(folder), enlarge(share))
        work = processor_seconds() - before
        rows, events, size = count_rows(Path(folder) / "01_raw" / "generated")
    return Generated(seconds, work, rows, events, size, measure_memory())


def is_met(one: Measured) -> bool:
    """Whether a figure lies within its limit; true where it has none."""
    ratio = one.value / one.peer_value
    if one.name == f"generation_{MEDIUM}_million_seconds":
        return ratio <= MOST_TIMES_PLAIN
    if one.name == f"generation_{MEDIUM}_million_events":
        return one.value >= LEAST_EVENTS_PER_SECOND
    if one.name == "generation_growth_exponent":
        return one.value <= MOST_GROWTH
    return "driver" not in one.name or abs(ratio - 1) <= MEMORY_TOLERANCE


def compare(millions: int, ours: Generated) -> list[Measured]:
    """Speed and time of one size beside the plain script's."""
    with tempfile.TemporaryDirectory() as folder:
        began, before = time.perf_counter(), time.process_time()
        plain_rows.write_shop(Path(folder), ours.rows)
        seconds, work = time.perf_counter() - began, time.process_time() - before
        rows, _, size = count_rows(Path(folder))
    if rows != ours.rows or abs(size / ours.bytes - 1) > plain_rows.SIZE_TOLERANCE:
        sys.exit(f"Not the same work: {rows} in {size} bytes; {ours.rows} in {ours.bytes} bytes.")
    name, n_rows = f"generation_{millions}_million", sum(rows.values())
    events, per_second = ours.events / seconds, ours.events / ours.seconds
    return [
        Measured(f"{name}_seconds", ours.seconds, "s", PEER, seconds),
        Measured(f"{name}_processor_seconds", ours.work, "s", PEER, work),
        Measured(f"{name}_events", per_second, "events/s", PEER, events),
        Measured(f"{name}_rows", n_rows / ours.seconds, "rows/s", PEER, n_rows / seconds),
    ]


def compare_growth(found: dict[int, Generated]) -> list[Measured]:
    """How time and memory grow with the number of events."""
    lines = []
    small, middle, large = (found[millions] for millions in sorted(found))
    events = math.log(large.events / middle.events)
    for name, part in (("growth_exponent", "seconds"), ("growth_exponent_of_work", "work")):
        growth = math.log(getattr(large, part) / getattr(middle, part)) / events
        lines.append(Measured(f"generation_{name}", growth, "", "linear", 1.0))
    first = f"{min(found)} million events"
    for one, millions in ((middle, sorted(found)[1]), (large, max(found))):
        for part, value in one.memory._asdict().items():
            name = f"generation_{millions}_million_driver_{part}"
            lines.append(Measured(name, value, "MB", first, getattr(small.memory, part)))
    return lines


def tell(lines: list[Measured]) -> bool:
    """Print the figures; whether all are met."""
    for one in lines:
        print_line(one)
        if not is_met(one):
            sys.stderr.write(f"{one.name} misses its limit\n")
    return all(is_met(one) for one in lines)


def main() -> bool:
    """Print the figures of all sizes; whether all are met."""
    with tempfile.TemporaryDirectory() as folder:
        generate(Path(folder), enlarge(SHARES[MEDIUM]))  # the JVM compiles what it runs often
    found, met = {}, True
    for millions, share in SHARES.items():
        found[millions] = measure(share)
        met &= tell(compare(millions, found[millions]))
    return met & tell(compare_growth(found))


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
