"""Upkeep of a Delta table: small files put together, files that no kept version needs removed."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from personalization.contracts import columns as c
from personalization.datasets.locks import hold
from personalization.spark.build import active_session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyspark.sql import Row

SAFE_DAYS: Final = 7  # what Delta's own check asks for
MOST_SMALL_FILES: Final = 8  # beside those that are large enough; more are put together
FILE_BYTES: Final = 64 * 2**20  # about a million interactions
LARGEST_FILE: Final = "spark.databricks.delta.optimize.maxFileSize"


@dataclass(frozen=True)
class Upkeep:
    """What was done to a table.

    Attributes:
        location: of the table.
        files_before: data files of its newest version.
        files_after: the same, afterwards.
        freed_bytes: by which the table's folder is smaller.
    """

    location: str
    files_before: int
    files_after: int
    freed_bytes: int


def keep_up(location: str, keep_days: int, lock_timeout_seconds: float = 600) -> Upkeep:
    """Put the small files of a table together, then remove what only old versions need.

    Readers and writers may go on: each sees whole versions, of which those of the last
    ``keep_days`` days stay.

    Args:
        location: of the table.
        keep_days: at least ``SAFE_DAYS``.
        lock_timeout_seconds: how long to wait for a writer on a local disk.

    Raises:
        LockedError: another process held the table for too long.
        ValueError: fewer days than are safe.
    """
    if keep_days < SAFE_DAYS:
        raise ValueError(f"{keep_days} days are fewer than the {SAFE_DAYS} that are safe.")
    from delta.tables import DeltaTable

    with hold(location, lock_timeout_seconds):
        before, size = look_at(location)["numFiles"], measure_folder(location)
        compact(location)
        DeltaTable.forPath(active_session(), location).vacuum(keep_days * 24)
        after = look_at(location)["numFiles"]
        return Upkeep(location, before, after, size - measure_folder(location))


def look_at(location: str) -> Row:
    """What Delta tells of the newest version, as ``numFiles`` and ``sizeInBytes``."""
    from delta.tables import DeltaTable

    return DeltaTable.forPath(active_session(), location).detail().collect()[0]


def measure_folder(location: str) -> int:
    """Bytes of all files below a folder, on whatever file system it is."""
    spark = active_session()
    jvm: Any = spark._jvm  # noqa: SLF001 - Spark has no public way to its file systems
    path = jvm.org.apache.hadoop.fs.Path(location)
    configuration = spark._jsc.hadoopConfiguration()  # noqa: SLF001
    return int(path.getFileSystem(configuration).getContentSummary(path).getLength())


def compact(location: str) -> None:
    """Put small files together where there are many; rows of neighbouring days stay neighbours.

    A reader of some days, and a run that writes a day anew, go on skipping the files of others.
    Whoever follows the table's changes sees none. A table that is clustered or partitioned is
    compacted where something new has come; any other one that has days, as a whole.
    """
    from delta.tables import DeltaTable

    told = look_at(location)
    if told["numFiles"] <= MOST_SMALL_FILES + told["sizeInBytes"] // FILE_BYTES:
        return
    table = DeltaTable.forPath(active_session(), location)
    with file_size(FILE_BYTES):
        is_laid_out = told["clusteringColumns"] or told["partitionColumns"]
        if is_laid_out or c.INTERACTION_DATE not in table.toDF().columns:
            table.optimize().executeCompaction()
        else:
            table.optimize().executeZOrderBy(c.INTERACTION_DATE)


@contextmanager
def file_size(size: int) -> Iterator[None]:
    """Let OPTIMIZE write files of about so many bytes while the block runs."""
    settings = active_session().conf
    before = settings.get(LARGEST_FILE, None)
    settings.set(LARGEST_FILE, str(size))
    try:
        yield
    finally:
        if before is None:
            settings.unset(LARGEST_FILE)
        else:
            settings.set(LARGEST_FILE, before)
