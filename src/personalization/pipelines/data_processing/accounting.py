"""Every row accounted for: received = merged + already there + rejected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812 - Spark's own custom

from personalization.contracts import columns as c
from personalization.contracts.checks import BUSINESS_REASONS, DUPLICATE, KIND_NOT_USED
from personalization.contracts.errors import AccountingError, RejectedShareError
from personalization.datasets.lines import TRUNCATED_FILE
from personalization.datasets.parquet_records import UNREADABLE_FILE
from personalization.datasets.raw_rows import FileFacts, RawFiles
from personalization.pipelines.data_processing.options import Batch, Limits

REASONS_SHOWN: Final = 5
# Rejections that no limit counts: delivered twice, or of a kind that the description sets aside.
EXPECTED: Final = (DUPLICATE, KIND_NOT_USED)
CUT_FILES: Final = frozenset({TRUNCATED_FILE, UNREADABLE_FILE})
MERGED: Final = "merged"
PRESENT: Final = "present"


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


def share(part: int, whole: int) -> float:
    """``part`` of ``whole``; 0 of nothing."""
    return part / whole if whole else 0.0


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


def refuse(what: str, rows: int, files: list[FileCounts], limit: str) -> RejectedShareError:
    """The error for a limit that is passed: what, how much, why, where, and what to do."""
    received = sum(one.received for one in files)
    reasons = list(add_reasons(files).items())[:REASONS_SHOWN]
    told = ", ".join(f"{reason} {n}" for reason, n in reasons)
    return RejectedShareError(
        f"{what}: {rows} of {received} rows cannot be used ({told}); the limit is {limit}. "
        "Nothing was published. Rejected rows stand in 'int_rejected_rows' with file, row and "
        "reason. Mend the files or their description, or raise the limit in data_processing.yml."
    )


def check_limits(counts: list[FileCounts], limits: Limits) -> None:
    """Stop the run where more is rejected than the shop allows.

    Raises:
        RejectedShareError: naming source or file, reasons and limit.
    """
    for one in counts:
        if one.received >= limits.file_rows and (
            share(one.faults, one.received) > limits.file_fault_share
        ):
            limit = f"file_fault_share {limits.file_fault_share:g}"
            raise refuse(f"{one.source}, file {one.facts.name}", one.faults, [one], limit)
    for source in dict.fromkeys(one.source for one in counts):
        files = [one for one in counts if one.source == source]
        received = sum(one.received for one in files)
        faults = sum(one.faults for one in files)
        if share(faults, received) > limits.fault_share:
            raise refuse(source, faults, files, f"fault_share {limits.fault_share:g}")
        rejected = sum(n for r, n in add_reasons(files).items() if r not in EXPECTED)
        if share(rejected, received) > limits.rejected_share:
            raise refuse(source, rejected, files, f"rejected_share {limits.rejected_share:g}")


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


def count_published(
    tables: Mapping[str, DataFrame], homes: Mapping[str, tuple[str, ...]], batch: Batch
) -> dict[tuple[str, str], dict[str, int]]:
    """Rows of each file in its home tables: in all (present), and merged by this run.

    Args:
        tables: primary tables by name.
        homes: primary table to the sources whose rows live there.
        batch: this run.
    """
    this_run = (F.col(c.BATCH_ID) == batch.batch_id).cast("long")
    parts = [
        tables[name]
        .filter(F.col(c.SOURCE).isin(*sources))
        .select(c.SOURCE, c.SOURCE_FILE, this_run.alias(MERGED))
        for name, sources in homes.items()
    ]
    together = parts[0]
    for part in parts[1:]:
        together = together.unionByName(part)
    grouped = together.groupBy(c.SOURCE, c.SOURCE_FILE)
    # One row per file.
    rows = grouped.agg(F.count(F.lit(1)).alias(PRESENT), F.sum(MERGED).alias(MERGED)).collect()
    return {
        (row[c.SOURCE], row[c.SOURCE_FILE]): {PRESENT: row[PRESENT], MERGED: row[MERGED]}
        for row in rows
    }


def account_for_file(one: FileCounts, published: Mapping[str, int]) -> dict[str, Any]:
    """The report's entry of one file.

    Raises:
        AccountingError: fewer of its rows are published than were accepted, or more by this run.
    """
    present, merged = published.get(PRESENT, 0), published.get(MERGED, 0)
    where = f"{one.source}, file {one.facts.name}"
    if present < one.accepted:
        raise AccountingError(
            f"{where}: {one.received} rows received, {one.received - one.accepted} rejected, but "
            f"{present} published instead of {one.accepted}. Rows were lost; the primary tables "
            "cannot be trusted."
        )
    if merged > one.accepted:
        raise AccountingError(
            f"{where}: {merged} rows carry the batch id of this run, but it has only "
            f"{one.accepted} to publish. Was the batch id used before, for another content?"
        )
    return {
        "file": one.facts.name,
        "bytes": one.facts.bytes,
        "sha256": one.facts.sha256,
        "added_columns": list(one.facts.added),
        "received": one.received,
        "merged": merged,
        "unchanged": one.accepted - merged,
        "rejected": dict(one.rejected),
        # Merged by an earlier run from a file of this name, and in it no more.
        "no_longer_delivered": present - one.accepted,
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
