"""UCI Online Retail's 305 daily files in one go, one by one, in random order and twice: one table.

The files are taken from a folder beside the project and are skipped with a message where they are
missing. What one more day costs is the median of the last ten days that came one by one.
"""

from __future__ import annotations

import json
import logging
import random
import shutil
import statistics
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tests.benchmarks.mart import start_session
from tests.benchmarks.report import Measured, print_line
from tests.ingestion import PUBLISHED, hash_rows

if TYPE_CHECKING:
    from collections import Counter

ARCHIVE = Path(__file__).parents[3] / "shared" / "data" / "online_retail" / "by_day.tar.gz"
SHOP = "online_retail"
SEED = 20111209
RANDOM_GROUPS = 30
MOST_DAY_SECONDS = 15.0
LAST_DAYS = 10


class Taken(NamedTuple):
    """What one way of delivering has left.

    Attributes:
        hashes: row hashes of each published table.
        rejected: reason to rows, of all runs.
        seconds: of each run.
    """

    hashes: dict[str, Counter[int]]
    rejected: dict[str, int]
    seconds: list[float]


def ingest(data_root: Path) -> tuple[float, dict[str, int]]:
    """Run data_processing on what is there; seconds, and rejected rows by reason."""
    from kedro.framework.session import KedroSession

    options = {"data_root": str(data_root)}
    with KedroSession.create(Path.cwd(), env=SHOP, runtime_params=options) as session:
        began = time.perf_counter()
        session.run(pipeline_names=["data_processing"])
        seconds = time.perf_counter() - began
    report = json.loads((data_root / "08_reporting" / SHOP / "ingestion.json").read_text())
    return seconds, report["totals"]["rejected_by"]


def take(files: list[Path], groups: Iterator[list[Path]]) -> Taken:
    """Deliver groups of files one after the other, each followed by a run."""
    from personalization.spark.build import active_session

    with tempfile.TemporaryDirectory(prefix="deliveries-") as folder:
        root = Path(folder)
        inbox = root / "01_raw" / SHOP
        inbox.mkdir(parents=True)
        seconds: list[float] = []
        rejected: dict[str, int] = {}
        for number, group in enumerate(groups, 1):
            for path in group:
                shutil.copy(path, inbox / path.name)
            took, found = ingest(root)
            seconds.append(took)
            for reason, rows in found.items():
                rejected[reason] = rejected.get(reason, 0) + rows
            sys.stderr.write(f"  run {number}, {len(group)} files: {took:.1f} s\n")
        if len(list(inbox.iterdir())) != len(files):
            raise RuntimeError("not every file was delivered")
        tables = root / "03_primary" / SHOP
        read = active_session().read.format("delta")
        hashes = {name: hash_rows(read.load(str(tables / name))) for name in PUBLISHED}
    return Taken(hashes, rejected, seconds)


def in_one_go(files: list[Path]) -> Iterator[list[Path]]:
    """All at once."""
    yield files


def one_by_one(files: list[Path]) -> Iterator[list[Path]]:
    """A file a day."""
    return ([path] for path in files)


def in_random_order(files: list[Path]) -> Iterator[list[Path]]:
    """Groups of random size, in random order."""
    chance = random.Random(SEED)
    shuffled = chance.sample(files, len(files))
    cuts = sorted(chance.sample(range(1, len(files)), RANDOM_GROUPS - 1))
    for start, end in zip([0, *cuts], [*cuts, len(files)], strict=True):
        yield shuffled[start:end]


def twice(files: list[Path]) -> Iterator[list[Path]]:
    """All at once, and all again, written anew."""
    yield files
    yield files


WAYS = {"one_by_one": one_by_one, "random_order": in_random_order, "twice": twice}


def differences(one: Taken, other: Taken) -> int:
    """Rows that one of two ways has and the other has not, over all tables."""
    return sum(
        ((one.hashes[name] - found) + (found - one.hashes[name])).total()
        for name, found in other.hashes.items()
    )


def main() -> bool:
    """Print the figures; False where two ways differ or a day takes too long."""
    if not ARCHIVE.exists():
        sys.stderr.write(f"deliveries: skipped, {ARCHIVE.name} of Online Retail is not there\n")
        return True
    start_session()
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory(prefix="online-retail-") as folder:
        with tarfile.open(ARCHIVE) as archive:
            archive.extractall(folder, filter="data")
        files = sorted(Path(folder).rglob("*.csv"))
        whole = take(files, in_one_go(files))
        rows = sum(count.total() for count in whole.hashes.values())
        print_line(Measured("online_retail_in_one_go", whole.seconds[0], "s", "files", len(files)))
        met = True
        for name, way in WAYS.items():
            found = take(files, way(files))
            differing = differences(whole, found)
            met &= differing == 0 and found.rejected == whole.rejected
            print_line(Measured(f"online_retail_{name}", differing, "rows differ", "rows", rows))
            if way is one_by_one:
                day = statistics.median(found.seconds[-LAST_DAYS:])
                met &= day <= MOST_DAY_SECONDS
                limit = Measured("online_retail_one_day", day, "s", "limit", MOST_DAY_SECONDS)
                print_line(limit)
    return met
