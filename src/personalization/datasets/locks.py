"""Locks between processes, for what a local disk does not protect.

Delta's log store for a local disk locks inside one JVM only: two processes that commit at the
same moment can both report success and one commit is gone. On object storage Delta brings its
own protection, and no lock is taken here.

A lock is an operating-system lock on a file: it ends with the process that holds it, however
that ends, so a killed run never blocks the next one.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from personalization.contracts.errors import LockedError

logger = logging.getLogger(__name__)

SOON_SECONDS: Final = 2.0


def local_path(location: str) -> Path | None:
    """The path on this machine's disk that ``location`` names; None for object storage.

    >>> local_path("file:///data/t").as_posix(), local_path("file:/data/t").as_posix()
    ('/data/t', '/data/t')
    >>> local_path("s3a://bucket/t") is None
    True
    """
    scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]+):/+", location)  # one letter is a drive
    if scheme is None:
        return Path(location)
    return Path("/" + location[scheme.end() :]) if scheme[1].lower() == "file" else None


def lock_path(location: Path) -> Path:
    """The lock file of a table: hidden, beside it, so that no reader takes it for data.

    >>> lock_path(Path("data/03_primary/prm_items")).as_posix()
    'data/03_primary/.prm_items.lock'
    """
    return location.parent / f".{location.name}.lock"


def acquire(lock: FileLock, path: Path, timeout_seconds: float) -> None:
    """Take a lock; whoever has to wait is told.

    Raises:
        Timeout: another process held it for too long.
    """
    try:
        lock.acquire(timeout=min(SOON_SECONDS, timeout_seconds))
    except Timeout:
        if timeout_seconds <= SOON_SECONDS:
            raise
        logger.info(
            "Another process is writing %s: waiting for it, %g s at most", path, timeout_seconds
        )
        lock.acquire(timeout=timeout_seconds - SOON_SECONDS)


@contextmanager
def hold(location: str, timeout_seconds: float) -> Iterator[None]:
    """Hold the lock of ``location`` while the block runs.

    Waits up to ``timeout_seconds`` for another process.

    Raises:
        LockedError: another process held it for longer than that.
    """
    path = local_path(location)
    if path is None:
        yield
        return
    lock = lock_path(path)
    lock.parent.mkdir(parents=True, exist_ok=True)
    held = FileLock(lock)
    try:
        acquire(held, path, timeout_seconds)
    except Timeout as error:
        raise LockedError(
            f"Another process has been writing {path} for more than {timeout_seconds:g} s "
            f"(lock {lock}). Wait for it to end, or end it, and run again."
        ) from error
    try:
        yield
    finally:
        held.release()
