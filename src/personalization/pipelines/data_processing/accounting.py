"""Every row accounted for: received = merged + already there + rejected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from pyspark.sql import DataFrame

from personalization.contracts import columns as c
from personalization.contracts.checks import BUSINESS_REASONS
from personalization.contracts.errors import AccountingError
from personalization.datasets.lines import TRUNCATED_FILE
from personalization.datasets.parquet_records import UNREADABLE_FILE
from personalization.datasets.raw_rows import FileFacts, RawFiles
from personalization.pipelines.data_processing.published import FOUND, MERGED, UNCHANGED

REASONS_SHOWN: Final = 5
CUT_FILES: Final = frozenset({TRUNCATED_FILE, UNREADABLE_FILE})


@dataclass(frozen=True)
class FileCounts:
    """What came out of one file.

    Attributes:
        source: the raw table it belongs to.
        facts: name, size and hash of the file.
        received: rows, good and rejected.
        rejected: reason to rows.
    """

    source: str
    facts: FileFacts
    received: int
    rejected: Mapping[str, int] = field(default_factory=dict)

    @property
    def accepted(self) -> int:
        """Rows that no rule rejects."""
        return self.received - sum(self.rejected.values())

    @property
    def faults(self) -> int:
        """Rows that are broken, as against good rows that are not wanted."""
        return sum(n for reason, n in self.rejected.items() if reason not in BUSINESS_REASONS)


def count_rows(sources: Mapping[str, RawFiles], typed: Mapping[str, DataFrame]) -> list[FileCounts]:
    """Rows received and rejected, per file; a file without rows counts too."""
    grouping = (c.SOURCE, c.SOURCE_FILE, c.REJECTED_BY)
    parts = [table.select(*grouping) for table in typed.values()]
    together = parts[0]
    for part in parts[1:]:
        together = together.unionByName(part)
    counted: dict[tuple[str, str], dict[str | None, int]] = {}
    # At most one row per file and reason.
    for source, name, reason, rows in together.groupBy(*grouping).count().collect():
        counted.setdefault((source, name), {})[reason] = rows
    return [
        file_counts(source, facts, counted.get((source, facts.name), {}))
        for source, raw in sources.items()
        for facts in raw.files
    ]


def file_counts(source: str, facts: FileFacts, rows: Mapping[str | None, int]) -> FileCounts:
    """Counts of one file from rows by reason; the reason None stands for good rows."""
    rejected = {reason: n for reason, n in sorted(rows.items(), key=str) if reason is not None}
    return FileCounts(source, facts, sum(rows.values()), rejected)


def add_reasons(files: list[FileCounts]) -> dict[str, int]:
    """Rejected rows by reason over several files, most first."""
    total: dict[str, int] = {}
    for one in files:
        for reason, rows in one.rejected.items():
            total[reason] = total.get(reason, 0) + rows
    return dict(sorted(total.items(), key=by_rows_then_name))


def by_rows_then_name(item: tuple[str, int]) -> tuple[int, str]:
    """Sort key: most rows first, then the name."""
    return -item[1], item[0]


def name_cut_files(counts: list[FileCounts]) -> list[str]:
    """Files that ended too early: rows are missing that nobody can count."""
    return [one.facts.name for one in counts if not CUT_FILES.isdisjoint(one.rejected)]


def tell_totals(totals: Mapping[str, Any]) -> str:
    """The account of a run in one line."""
    reasons = list(totals["rejected_by"].items())[:REASONS_SHOWN]
    told = ", ".join(f"{reason} {rows:,}" for reason, rows in reasons)
    return (
        f"{totals['received']:,} rows received = {totals['merged']:,} merged + "
        f"{totals['unchanged']:,} there already + {totals['rejected']:,} rejected"
        f"{f' ({told})' if told else ''}; see int_rejected_rows and report_ingestion"
    )


def account_for_file(one: FileCounts, published: Mapping[str, int]) -> dict[str, Any]:
    """The report's entry of one file.

    Raises:
        AccountingError: not all of its accepted rows are published, or others carry this run's
            stamp.
    """
    merged, unchanged, stale, stamped = (published.get(name, 0) for name in FOUND)
    where = f"{one.source}, file {one.facts.name}"
    if merged + unchanged != one.accepted:
        raise AccountingError(
            f"{where}: {one.received} rows received, {one.received - one.accepted} rejected, but "
            f"{merged + unchanged} published instead of {one.accepted}. Rows were lost; the "
            "primary tables cannot be trusted."
        )
    if stamped:
        raise AccountingError(
            f"{where}: {stamped} rows carry the batch id of this run, but the file does not hold "
            "them. Was the batch id used before, for another content?"
        )
    return {
        "file": one.facts.name,
        "bytes": one.facts.bytes,
        "sha256": one.facts.sha256,
        "unread_columns": list(one.facts.unread),
        "received": one.received,
        MERGED: merged,
        UNCHANGED: unchanged,
        "rejected": dict(one.rejected),
        # Merged by an earlier run from a file of this name, and in it no more.
        "no_longer_delivered": stale,
    }


def summarise(counts: list[FileCounts], entries: list[dict[str, Any]]) -> dict[str, Any]:
    """Totals over files, with the accounting identity."""
    totals = {
        key: sum(entry[key] for entry in entries)
        for key in ("received", "merged", "unchanged", "no_longer_delivered")
    }
    reasons = add_reasons(counts)
    rejected = sum(reasons.values())
    holds = totals["received"] == totals["merged"] + totals["unchanged"] + rejected
    return {
        **totals,
        "rejected": rejected,
        "rejected_by": reasons,
        "identity": "received = merged + unchanged + rejected",
        "identity_holds": holds,
    }
