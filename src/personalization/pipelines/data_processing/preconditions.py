"""What a run refuses or tells before it takes anything in."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping

from personalization.contracts.errors import DamagedTableError, SourceFileError, tell_names
from personalization.contracts.values import require
from personalization.datasets.erased_users import ErasedUsers
from personalization.datasets.raw_rows import RawFiles
from personalization.pipelines.data_processing.ledger import Entry
from personalization.pipelines.data_processing.planning import Ways

logger = logging.getLogger(__name__)


def refuse_unfinished_erasure(erased: ErasedUsers) -> None:
    """Stop where a person is erased from some tables and not from others yet.

    Raises:
        ConfigurationError: naming the command that goes on.
    """
    require(
        erased.is_finished,
        "An erasure was begun and is not finished, so that tables and ledger do not agree: run "
        "'kedro forget-user' for the same user again.",
    )


def refuse_missing_files(raw: Mapping[str, RawFiles], entries: Iterable[Entry]) -> None:
    """Stop where a source never had a file; where all were taken away since, say so.

    Raises:
        SourceFileError: naming the source and where its files are looked for.
    """
    known = {one.source for one in entries if one.version is not None or one.is_lost}
    for source, files in raw.items():
        if files.filepath is None or files.listed:
            continue
        missing = f"raw_{source}: no file matches {files.filepath}."
        if source not in known:
            raise SourceFileError(
                f"{missing} Put the shop's files there (a folder's files are folder/*), or write "
                "'filepath: null' where it has none. The generated shop's come from 'kedro run "
                "--pipeline=data_generation'."
            )
        logger.warning("%s What was taken in earlier stays", missing)


def gone(raw: Mapping[str, RawFiles], entries: Iterable[Entry]) -> list[Entry]:
    """Entries of the ledger whose file is not there any more."""
    there = {(source, one.name) for source, files in raw.items() for one in files.listed}
    return [one for one in entries if (one.source, one.name) not in there]


def refuse_lost_rows(withdrawn: Iterable[Entry]) -> None:
    """Stop where rows that were lost with a damaged table cannot be read again.

    Raises:
        DamagedTableError: naming files that are not there any more.
    """
    lost = [f"{one.source}/{one.name}" for one in withdrawn if one.is_lost]
    if lost:
        raise DamagedTableError(
            f"The rows of {len(lost)} files were lost with a damaged table, and the files are not "
            f"there any more: {tell_names(lost)}. "
            "Nothing was written. Put them back under the same names, or go on without their rows: "
            "'kedro repair --accept-loss'."
        )


def warn_of_old_ways(raw: Mapping[str, RawFiles], entries: Iterable[Entry], ways: Ways) -> None:
    """Tell of days to rebuild that have no rows, and of files that new rules do not reach."""
    published = [one for one in entries if one.version is not None]
    if ways.rebuilt.is_asked and not any(ways.rebuilt.concerns(one.days) for one in published):
        logger.warning("Nothing is rebuilt: no file that was taken in has rows on these days")
    old = [one for one in gone(raw, published) if one.read_by != ways.read_by[one.source]]
    for source in sorted({one.source for one in old}):
        names = [one.name for one in old if one.source == source]
        logger.warning(
            "%s: description or rules have changed; %d files are not there any more, so that their "
            "rows stay as they were read: %s",
            *(f"raw_{source}", len(names), tell_names(names)),
        )
