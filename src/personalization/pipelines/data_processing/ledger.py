"""The ledger of ingested files: which version of each file is published, and what it brought."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from pyspark.sql import DataFrame

from personalization.contracts import columns as c
from personalization.spark.build import active_session

LEDGER: Final = "report_ingested_files"  # as a run leaves it
SCHEMA: Final = (
    "source string, source_file string, bytes long, sha256 string, fingerprint string, "
    "file_version long, delivered_at timestamp, received long, "
    "rejected array<struct<reason: string, rows: long>>, "
    "good array<struct<day: date, rows: long>>, currencies array<string>, "
    "unsettled array<date>, read_by string, derived_by string, "
    "batch_id string, ingested_at timestamp"
)


@dataclass(frozen=True)
class Entry:
    """One line of the ledger: a file of a source.

    Attributes:
        source: the raw table it belongs to.
        name: of the file.
        bytes: size of the published version.
        sha256: of the published version; None where none was published yet.
        fingerprint: what the file system told of it.
        version: number of the published version; None where none was published yet.
        delivered_at: moment of its delivery, where its name tells it.
        received: rows of the published version, good and rejected.
        rejected: reason to rows, for what the row itself shows.
        good: day to rows that nothing in the row itself rejects; the day None for rows of
            users and products without a moment.
        currencies: of the good rows.
        unsettled: None, or the days on which a run that has not ended may have left rows of
            another version: they are derived anew by the next one.
        read_by: hash of the description and the rules by which its rows were read.
        derived_by: hash of the options by which its days were derived.
        batch_id: of the run that published it.
        ingested_at: moment of that run.
    """

    source: str
    name: str
    bytes: int = 0
    sha256: str | None = None
    fingerprint: str | None = None
    version: int | None = None
    delivered_at: datetime | None = None
    received: int = 0
    rejected: Mapping[str, int] = field(default_factory=dict)
    good: Mapping[date | None, int] = field(default_factory=dict)
    currencies: tuple[str, ...] = ()
    unsettled: tuple[date, ...] | None = None
    read_by: str | None = None
    derived_by: str | None = None
    batch_id: str | None = None
    ingested_at: datetime | None = None

    @property
    def is_settled(self) -> bool:
        """Whether the published tables hold this version and nothing else of the file."""
        return self.unsettled is None

    @property
    def is_lost(self) -> bool:
        """Whether it was published once and its rows were lost with a damaged table."""
        return self.version is None and self.received > 0

    @property
    def days(self) -> frozenset[date]:
        """Days on which the published tables may hold rows of the file."""
        known = (day for day in self.good if day is not None)
        return frozenset(known) | frozenset(self.unsettled or ())


def read_entry(row: Mapping[str, Any]) -> Entry:
    """The entry that a row of the ledger holds."""
    return Entry(
        source=row[c.SOURCE],
        name=row[c.SOURCE_FILE],
        bytes=row["bytes"],
        sha256=row["sha256"],
        fingerprint=row["fingerprint"],
        version=row[c.FILE_VERSION],
        delivered_at=row[c.DELIVERED_AT],
        received=row["received"],
        rejected={one["reason"]: one["rows"] for one in row["rejected"]},
        good={one["day"]: one["rows"] for one in row["good"]},
        currencies=tuple(row["currencies"]),
        unsettled=None if row["unsettled"] is None else tuple(row["unsettled"]),
        read_by=row["read_by"],
        derived_by=row["derived_by"],
        batch_id=row[c.BATCH_ID],
        ingested_at=row[c.INGESTED_AT],
    )


def write_entry(entry: Entry) -> tuple[Any, ...]:
    """The row of the ledger that holds an entry; lists are in a fixed order."""
    return (
        entry.source,
        entry.name,
        entry.bytes,
        entry.sha256,
        entry.fingerprint,
        entry.version,
        entry.delivered_at,
        entry.received,
        sorted(entry.rejected.items()),
        sorted(entry.good.items(), key=str),
        sorted(entry.currencies),
        None if entry.unsettled is None else sorted(entry.unsettled),
        entry.read_by,
        entry.derived_by,
        entry.batch_id,
        entry.ingested_at,
    )


def read_ledger(table: DataFrame | None) -> list[Entry]:
    """All entries; one row per file that was ever ingested."""
    # By Arrow, which keeps the time zone of moments; Spark's rows have those of this machine.
    return [] if table is None else [read_entry(row) for row in table.toArrow().to_pylist()]


def ledger_rows(entries: Iterable[Entry]) -> DataFrame:
    """Entries as a frame.

    Grain: one row per source and file.
    """
    return active_session().createDataFrame([write_entry(one) for one in entries], SCHEMA)
