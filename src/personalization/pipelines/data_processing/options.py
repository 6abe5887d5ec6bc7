"""Parameters of what data_processing takes in and accepts, checked before anything runs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Final

from personalization.contracts.checks import BUSINESS_REASONS
from personalization.contracts.entries import build_nested
from personalization.contracts.errors import ConfigurationError
from personalization.contracts.row_rules import RowRule, build_rules
from personalization.contracts.schemas import RAW_TABLES
from personalization.contracts.values import require, require_number

PARAMETERS: Final = {"start": "from", "end": "to"}  # of a run, for the days to rebuild


@dataclass(frozen=True)
class Limits:
    """How much may be rejected before a run stops without publishing.

    Attributes:
        fault_share: of a source's rows that are broken (malformed, unreadable, out of range).
        rejected_share: of a source's rows rejected for a reason that is not to be expected
            (``limits.EXPECTED``: told twice, superseded, of another kind, erased).
        file_fault_share: of one file's rows that are broken: a column was retyped.
        file_rows: files with fewer rows are judged with their source only.
        conflicts: rows of a source whose key came with other content as well, where a file of the
            run has a part in it.
    """

    fault_share: float = 0.05
    rejected_share: float = 0.5
    file_fault_share: float = 0.5
    file_rows: int = 10
    conflicts: int = 0

    def __post_init__(self) -> None:
        for name in ("fault_share", "rejected_share", "file_fault_share"):
            share = getattr(self, name)
            require_number(share, f"data_processing.limits.{name}")
            require(0 <= share <= 1, f"data_processing.limits.{name}: {share} is not in 0 … 1.")
        require_number(self.file_rows, "data_processing.limits.file_rows", int)
        require(self.file_rows > 0, "data_processing.limits.file_rows must be positive.")
        require_number(self.conflicts, "data_processing.limits.conflicts", int)
        require(self.conflicts >= 0, "data_processing.limits.conflicts is negative.")


@dataclass(frozen=True)
class Batch:
    """The stamps of one run.

    Attributes:
        batch_id: what this run merged carries it.
        ingested_at: moment of the run, UTC, ``yyyy-MM-dd HH:mm:ss``.
    """

    batch_id: str
    ingested_at: str

    def __post_init__(self) -> None:
        require(self.batch_id, "data_processing.batch.batch_id is empty.")
        try:
            datetime.fromisoformat(self.ingested_at)
        except ValueError as error:
            raise ConfigurationError(
                f"data_processing.batch.ingested_at: '{self.ingested_at}' is no moment."
            ) from error

    @property
    def moment(self) -> datetime:
        """``ingested_at`` as a moment in UTC."""
        return datetime.fromisoformat(self.ingested_at).replace(tzinfo=UTC)


@dataclass(frozen=True)
class Rules:
    """Row rules of each table: reason to the keys of ``contracts.row_rules.RowRule``."""

    users: Mapping[str, Any] = field(default_factory=dict)
    products: Mapping[str, Any] = field(default_factory=dict)
    events: Mapping[str, Any] = field(default_factory=dict)
    orders: Mapping[str, Any] = field(default_factory=dict)
    search_logs: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for table in RAW_TABLES:
            self.of(table)

    def of(self, table: str) -> dict[str, RowRule]:
        """Rules of one table, by reason."""
        given = getattr(self, table)
        key = f"data_processing.rules.{table}"
        return build_rules(table, {} if given is None else given, key)

    @property
    def business(self) -> dict[str, frozenset[str]]:
        """Table to the reasons that say what a row is, not that it is broken."""
        return {
            table: frozenset(BUSINESS_REASONS)
            | {reason for reason, rule in self.of(table).items() if not rule.fault}
            for table in RAW_TABLES
        }


@dataclass(frozen=True)
class Rebuilt:
    """Days whose files are read again, whatever the ledger says of them; null: none.

    Attributes:
        start: first day (``yyyy-mm-dd``); null: from the first of all.
        end: last day, inclusive; null: to the last of all.
    """

    start: str | None = None
    end: str | None = None

    def __post_init__(self) -> None:
        first, last = self._day("start", date.min), self._day("end", date.max)
        require(
            first <= last,
            f"data_processing.intake.rebuilt (--params=from=…,to=…): {first} is after {last}.",
        )

    @property
    def is_asked(self) -> bool:
        """Whether any day is to be rebuilt."""
        return self.start is not None or self.end is not None

    def concerns(self, days: Collection[date]) -> bool:
        """Whether one of ``days`` is to be rebuilt.

        >>> Rebuilt("2011-12-01", "2011-12-02").concerns([date(2011, 12, 2)])
        True
        >>> Rebuilt("2011-12-01").concerns([date(2011, 11, 30)]), Rebuilt().concerns([date.max])
        (False, False)
        """
        if not self.is_asked:
            return False
        first, last = self._day("start", date.min), self._day("end", date.max)
        return any(first <= day <= last for day in days)

    def _day(self, key: str, default: date) -> date:
        text = getattr(self, key)
        try:
            return default if text is None else datetime.strptime(str(text), "%Y-%m-%d").date()  # noqa: DTZ007 - a day
        except ValueError as error:
            raise ConfigurationError(
                f"data_processing.intake.rebuilt.{key} (--params={PARAMETERS[key]}=…): '{text}' is "
                "no day (yyyy-mm-dd)."
            ) from error


@dataclass(frozen=True)
class DryRun:
    """A look at a shop's files with its description, without writing anything.

    Attributes:
        enabled: ``--params=dry_run=true``.
        files: of each source at most, from the first to the last in even steps.
        rows: of each file at most, from its beginning.
    """

    enabled: bool = False
    files: int = 5
    rows: int = 2000

    def __post_init__(self) -> None:
        told = f"data_processing.intake.dry_run.enabled: {self.enabled!r} is not true or false."
        require(isinstance(self.enabled, bool), told)
        for name in ("files", "rows"):
            limit = getattr(self, name)
            require_number(limit, f"data_processing.intake.dry_run.{name}", int)
            require(limit > 0, f"data_processing.intake.dry_run.{name} must be positive.")

    @property
    def first_rows(self) -> int | None:
        """Rows of each file that are read; None: all."""
        return self.rows if self.enabled else None


@dataclass(frozen=True)
class Intake:
    """What a run takes in.

    Attributes:
        rebuilt: days whose files are read again.
        dry_run: a look at the files instead.
    """

    rebuilt: Rebuilt = Rebuilt()
    dry_run: DryRun = DryRun()

    def __post_init__(self) -> None:
        build_nested(self, "data_processing.intake")
