"""F12: somebody reads all the time while tables are written over and cleared of old files."""

from __future__ import annotations

import os
import shutil
import time
from functools import partial
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING, Self

from personalization.datasets.delta_table import Part
from tests.faults.bench import copy_shop
from tests.faults.contents import LABELS
from tests.faults.injection import Fault, Injection, Verdict

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from tests.faults.bench import Bench
    from tests.ingestion import Shop

VERSIONS = 4
PAUSE_SECONDS = 0.1  # between two looks, for the writer's sake
SLICES = 8  # files of a version, so that half of one could be seen
KEPT_HOURS = 168  # Delta's own default


class Onlooker:
    """Reads a table in a thread while the ``with`` block runs.

    Attributes:
        seen: rows to the batches in them, of each look; a whole version has one batch.
        failures: whatever came of reading but rows.
    """

    def __init__(self, session: SparkSession, place: str) -> None:
        self.seen: list[tuple[int, frozenset[str]]] = []
        self.failures: list[str] = []
        self._session = session
        self._place = place
        self._stop = Event()
        self._thread = Thread(target=self._look_on, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _look_on(self) -> None:
        while not self._stop.is_set():
            try:
                table = self._session.read.format("delta").load(self._place)
                found = table.groupBy("batch_id").count().collect()
            except Exception as error:  # noqa: BLE001 - any failure is a finding
                self.failures.append(f"{type(error).__name__}: {str(error)[:200]}")
            else:
                batches = frozenset(row["batch_id"] for row in found)
                self.seen.append((sum(row["count"] for row in found), batches))
            self._stop.wait(PAUSE_SECONDS)


def write_over(shop: Shop, table: str, number: int) -> None:
    """Save every row with another batch and another content, in several files."""
    from pyspark.sql import functions as F  # noqa: N812 - Spark's own custom

    rows = shop.load(table).localCheckpoint()
    new = rows.withColumns({"batch_id": F.lit(f"v{number}"), "source_file": F.lit(f"{number}.csv")})
    shop.catalog().save(table, Part(new.repartition(SLICES), "true"))


def leave_old_file(place: Path) -> Path:
    """A data file that no version names, as a run that was killed days ago leaves it."""
    left = place / "part-left-behind.snappy.parquet"
    shutil.copyfile(next(place.glob("*.parquet")), left)
    long_ago = time.time() - 2 * KEPT_HOURS * 3600
    os.utime(left, (long_ago, long_ago))
    return left


def clear(session: SparkSession, place: str) -> bool:
    """VACUUM as Delta advises it; whether it has cleared what it should."""
    left = leave_old_file(Path(place))
    session.sql(f"VACUUM delta.`{place}` RETAIN {KEPT_HOURS} HOURS").collect()
    return not left.exists()


def look_on(table: str, clears: bool, bench: Bench, folder: Path) -> Verdict:
    """Every look finds one whole version; none is refused because files were cleared away."""
    shop = copy_shop(bench.first, folder)
    place = shop.catalog().get(table).location
    rows = shop.load(table).count()
    with Onlooker(bench.session, place) as onlooker:
        for number in range(VERSIONS):
            write_over(shop, table, number)
            cleared = clear(bench.session, place) if clears else True
            looks = len(onlooker.seen) + len(onlooker.failures)
            while len(onlooker.seen) + len(onlooker.failures) < looks + 2:
                time.sleep(0.01)
    halves = [seen for seen in onlooker.seen if seen[0] != rows or len(seen[1]) != 1]
    lost = sum(max(0, rows - count) for count, _ in halves)
    more = sum(max(0, count - rows) for count, _ in halves)
    versions = {batch for _, batches in onlooker.seen for batch in batches}
    told = [
        "" if cleared else "VACUUM has cleared nothing",
        f"half a version was seen: {halves[:2]}" if halves else "",
        f"reading failed: {onlooker.failures[0]}" if onlooker.failures else "",
        "" if len(versions) > VERSIONS // 2 else f"only {sorted(versions)} were seen",
    ]
    message = "; ".join(filter(None, told))
    good = f"{len(onlooker.seen)} looks at {len(versions)} versions"
    return Verdict(lost, more, not message, message or good)


FAULT = Fault(
    "F12",
    "reader during overwrite and VACUUM",
    tuple(
        Injection(f"{table}/{name}", partial(look_on, table, clears))
        for name, clears in (("overwrite", False), ("overwrite_and_vacuum", True))
        for table in LABELS
    ),
)
