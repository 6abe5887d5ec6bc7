"""Care of a Delta table: is it whole, and if not, which version is the last good one?"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from personalization.datasets.commit_log import broken_log_files, find_broken_commit, set_aside
from personalization.datasets.locks import local_path
from personalization.spark.build import active_session

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

logger = logging.getLogger(__name__)

CALLED: Final = re.compile(r"^An error occurred while calling \S+ : ")  # words of Py4J
PROBLEM_CHARACTERS: Final = 200


@dataclass(frozen=True)
class Finding:
    """What a look at a table has found.

    Attributes:
        location: of the table.
        problem: why it cannot be read; None where it is whole.
        restored: version that it was brought back to; None where nothing was to be done, or
            nothing could be.
        set_aside: files of its log that were put aside.
    """

    location: str
    problem: str | None = None
    restored: int | None = None
    set_aside: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether the table can be read now."""
        return self.problem is None or self.restored is not None


def read_whole(rows: DataFrame) -> None:
    """Read every value of a table; damage raises."""
    from pyspark.sql import functions as F  # noqa: N812 - Spark's own custom

    rows.select(F.xxhash64(*rows.columns).alias("h")).agg(F.bit_xor("h")).collect()


def find_problem(location: str, version: int | None = None) -> str | None:
    """Why a version of a table (None: the newest) cannot be read; None where it can."""
    options = {} if version is None else {"versionAsOf": str(version)}
    forget_cached_log()
    try:
        read_whole(active_session().read.format("delta").options(**options).load(location))
    except Exception as error:  # noqa: BLE001 - whatever Spark, Delta or Parquet make of damage
        told = CALLED.sub("", " ".join(str(error).split()))
        return re.split(r" (?:SQLSTATE|JVM stacktrace):?", told)[0][:PROBLEM_CHARACTERS]
    return None


def forget_cached_log() -> None:
    """Make Delta read the table's log from the disk again."""
    jvm: Any = active_session()._jvm  # noqa: SLF001 - Spark has no public way to it
    jvm.org.apache.spark.sql.delta.DeltaLog.clearCache()


def repair_table(location: str) -> Finding:
    """Bring a damaged table back to its last good version.

    A newest commit that was cut and damaged checkpoints are set aside first. A table that is whole
    stays as it is.
    """
    folder = local_path(location)
    broken = folder and find_broken_commit(folder)
    problem = f"its newest commit {broken.name} was cut" if broken else find_problem(location)
    if problem is None:
        return Finding(location)
    aside = tuple(set_aside(path) for path in list(broken_log_files(folder))) if folder else ()
    for version in range(newest_version(location), -1, -1):
        if find_problem(location, version) is None:
            restore(location, version)
            return Finding(location, problem, version, aside)
    return Finding(location, problem, None, aside)


def newest_version(location: str) -> int:
    """Version of the newest commit; -1 where the log cannot be read."""
    from delta.tables import DeltaTable

    forget_cached_log()
    try:
        newest = DeltaTable.forPath(active_session(), location).history(1).first()
    except Exception as error:  # noqa: BLE001 - whatever Spark and Delta make of a damaged log
        logger.warning("%s: its log cannot be read: %s", location, error)
        return -1
    return int(newest["version"]) if newest else -1


def restore(location: str, version: int) -> None:
    """Make a version the newest one; nothing where it is that already."""
    from delta.tables import DeltaTable

    if version != newest_version(location):
        DeltaTable.forPath(active_session(), location).restoreToVersion(version)
