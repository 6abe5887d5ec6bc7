"""The log of a Delta table on a local disk: is it whole, and what of it must not be read?

Delta reads a newest commit that was emptied, or cut at the end of a line, without a word: the
table is then as it was before that commit, or between the two.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from personalization.contracts.errors import DamagedTableError
from personalization.datasets.locks import local_path

SET_ASIDE: Final = ".damaged"


def is_broken_commit(path: Path) -> bool:
    """Whether a commit of the log is not a whole JSON object on every line, or lacks lines."""
    try:
        told = [json.loads(line) for line in path.read_text().splitlines()]
    except (OSError, ValueError):
        return True
    if not told or not all(isinstance(one, dict) for one in told):
        return True
    after, before = noted_files(path), noted_files(previous(path))
    if after is None or before is None:
        return False
    return before + sum(("add" in one) - ("remove" in one) for one in told) != after


def previous(path: Path) -> Path:
    """The commit before a commit.

    >>> previous(Path("00000000000000000010.json")).name
    '00000000000000000009.json'
    """
    return path.with_name(f"{int(path.stem) - 1:020}{path.suffix}")


def noted_files(path: Path) -> int | None:
    """How many data files Delta has noted, beside a commit, that the table has then.

    0 before the first commit; None where nothing is noted, as after a RESTORE.
    """
    if path.name.startswith("-"):
        return 0
    try:
        return int(json.loads(path.with_suffix(".crc").read_text())["numFiles"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def find_broken_commit(folder: Path) -> Path | None:
    """The newest commit of a table, where it was cut or emptied and no checkpoint covers it."""
    log = folder / "_delta_log"
    newest = max(log.glob("*.json"), default=None)
    if newest is None or any(log.glob(f"{newest.stem}.checkpoint*")):
        return None
    return newest if is_broken_commit(newest) else None


def require_whole_log(location: str) -> None:
    """Stop where a table's newest commit was cut or emptied: rows of it would go back in silence.

    Raises:
        DamagedTableError: naming the table, and the command that repairs it.
    """
    folder = local_path(location)
    broken = folder and find_broken_commit(folder)
    if broken:
        raise DamagedTableError(
            f"{location}: the newest commit of its log ({broken.name}) was cut or emptied. Nothing "
            "was read. 'kedro repair' brings the table back to its last good version; name --env "
            "and --data-root as for the run."
        )


def is_broken_checkpoint(path: Path) -> bool:
    """Whether a checkpoint of the log is no whole Parquet file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        pq.read_table(path, page_checksum_verification=True)
    except (OSError, pa.ArrowException):
        return True
    return False


def broken_log_files(folder: Path) -> Iterator[Path]:
    """Files of a log that must not be read: a newest commit that was cut, damaged checkpoints."""
    log = folder / "_delta_log"
    newest = max(log.glob("*.json"), default=None)
    if newest is not None and is_broken_commit(newest):
        yield newest
    damaged = [path for path in log.glob("*.checkpoint*.parquet") if is_broken_checkpoint(path)]
    yield from damaged
    if damaged and (log / "_last_checkpoint").exists():
        yield log / "_last_checkpoint"


def set_aside(path: Path) -> str:
    """Rename a file of the log so that nothing reads it; its new name."""
    for checksum in (path.with_name(f".{path.name}.crc"), path.with_suffix(".crc")):
        checksum.unlink(missing_ok=True)
    target = path.with_name(f"{path.name}{SET_ASIDE}")
    path.rename(target)
    return target.name
