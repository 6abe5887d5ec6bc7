"""Giving up a Delta table's past: what it held once is in no file any more.

Delta keeps old rows in data files that no version names, and smallest and largest values in its
log. The newest version stays as it is; older ones can be read no more.
"""

from __future__ import annotations

import logging
from pathlib import PurePosixPath
from typing import Any, Final
from urllib.parse import unquote

import fsspec

from personalization.datasets.locks import hold
from personalization.datasets.table_care import forget_cached_log
from personalization.spark.build import active_session

logger = logging.getLogger(__name__)

LOG: Final = "_delta_log"
LAST_CHECKPOINT: Final = "_last_checkpoint"
SINCE: Final = "personalization.history_begins"
LOCK_TIMEOUT_SECONDS: Final = 600


def give_up_past(location: str, moment: str) -> int:
    """Leave the newest version of a table alone on the disk.

    May be killed at any moment and be begun again: the newest version can be read all the time.

    Args:
        location: of the table: a path, or a URL that Spark and fsspec can write.
        moment: noted as a property of the table: from then on it has a history.

    Returns:
        The first version that can still be read.
    """
    with hold(location, LOCK_TIMEOUT_SECONDS):
        if has_deletion_vectors(location):  # deleted rows are only marked as deleted
            active_session().sql(f"REORG TABLE {as_table(location)} APPLY (PURGE)")
        # A commit that says nothing of any row: the one before may hold values of those deleted.
        active_session().sql(
            f"ALTER TABLE {as_table(location)} SET TBLPROPERTIES ({SINCE!r} = {moment!r})"
        )
        version = write_checkpoint(location)
        delete_old_log(location, version)
        delete_old_data(location)
        forget_cached_log()
    logger.info("%s: nothing before version %d is left", location, version)
    return version


def as_table(location: str) -> str:
    """The table as SQL names it by its folder.

    >>> as_table("/data/a`b")
    'delta.`/data/a``b`'
    """
    return f"delta.`{location.replace('`', '``')}`"


def open_log(location: str) -> Any:
    """Delta's log of a table, read from the disk again; Spark has no public way to it."""
    forget_cached_log()
    session: Any = active_session()
    delta_log = session._jvm.org.apache.spark.sql.delta.DeltaLog  # noqa: SLF001
    return delta_log.forTable(session._jsparkSession, location)  # noqa: SLF001


def has_deletion_vectors(location: str) -> bool:
    """Whether deleted rows may still stand in the data files of the newest version."""
    metadata = open_log(location).unsafeVolatileSnapshot().metadata()
    told = metadata.configuration().get("delta.enableDeletionVectors")
    return bool(told.isDefined() and told.get() == "true")


def write_checkpoint(location: str) -> int:
    """Write the whole state of the newest version beside the commits that led to it; its number."""
    log = open_log(location)
    log.checkpoint()
    return int(log.unsafeVolatileSnapshot().version())


def delete_old_log(location: str, version: int) -> None:
    """Delete what a log holds of the versions before, commits that were set aside among them."""
    system, root = fsspec.core.url_to_fs(location)
    kept = f"{version:020}."
    for path in system.find(f"{root}/{LOG}"):
        name = PurePosixPath(path).name.removeprefix(".")
        damaged = name.endswith(".damaged")
        if damaged or not name.startswith((kept, LAST_CHECKPOINT)):
            system.rm_file(path)


def delete_old_data(location: str) -> None:
    """Delete every data file that the newest version does not name."""
    forget_cached_log()
    rows = active_session().read.format("delta").load(location)
    kept = {PurePosixPath(unquote(path)).name for path in rows.inputFiles()}
    system, root = fsspec.core.url_to_fs(location)
    for path in system.find(root):
        inside = PurePosixPath(path).relative_to(root)
        name = inside.name
        data = name.removeprefix(".").removesuffix(".crc") if name.startswith(".") else name
        if inside.parts[0] != LOG and data not in kept:
            system.rm_file(path)
