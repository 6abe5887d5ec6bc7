"""What the ledger must say after tables were brought back to an earlier version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from pyspark.sql import DataFrame

from personalization.contracts import columns as c
from personalization.pipelines.data_processing.ledger import Entry


def count_versions(typed: DataFrame) -> dict[int, int]:
    """Version of a file to its typed rows, good and rejected; one row per file leaves Spark."""
    rows = typed.groupBy(c.FILE_VERSION).count().collect()
    return {row[c.FILE_VERSION]: row["count"] for row in rows}


def entries_of_rows(typed: DataFrame) -> list[Entry]:
    """What typed rows tell of a ledger that is lost: every file of theirs has to be read again."""
    # One row per file.
    files = typed.groupBy(c.SOURCE, c.SOURCE_FILE).count().orderBy(c.SOURCE_FILE).collect()
    return [
        Entry(row[c.SOURCE], row[c.SOURCE_FILE], received=row["count"], unsettled=())
        for row in files
    ]


def note_repair(entries: Sequence[Entry], rows: Mapping[str, Mapping[int, int]]) -> list[Entry]:
    """The ledger by which the next run makes good what a repair has cost.

    Every day is derived anew. Files whose typed rows are not all there count as lost, so that they
    are read again.

    Args:
        entries: the ledger.
        rows: source to version to typed rows that are there.
    """
    noted = []
    for entry in entries:
        there = rows.get(entry.source, {}).get(entry.version or 0, 0)
        new = replace(entry, derived_by=None)
        if entry.version is not None and there != entry.received:
            new = replace(new, version=None, sha256=None, unsettled=tuple(sorted(entry.days)))
        noted.append(new)
    return noted
