"""Every row accounted for: received = merged + already there + rejected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final, NamedTuple

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F  # noqa: N812 - Spark's own custom

from personalization.contracts import columns as c
from personalization.contracts.checks import CONFLICT, DELIVERED_AGAIN
from personalization.datasets.file_facts import FileFacts
from personalization.datasets.lines import TRUNCATED_FILE
from personalization.datasets.parquet_records import UNREADABLE_FILE
from personalization.pipelines.data_processing.planning import Plan
from personalization.spark.conditions import is_in, literal
from personalization.spark.frames import unite

REASONS_SHOWN: Final = 5
CUT_FILES: Final = frozenset({TRUNCATED_FILE, UNREADABLE_FILE})


class Counted(NamedTuple):
    """Rows of one file that are alike."""

    reason: str | None
    day: date | None
    warned: Sequence[str] | None
    rows: int
    currencies: Sequence[str] = ()
    first_row: int = 0


@dataclass(frozen=True)
class FileCounts:
    """What came out of one file that a run has read.

    Attributes:
        source: the raw table it belongs to.
        facts: name, size and hash of the file.
        received: rows, good and rejected.
        rejected: reason to rows, for what the row itself shows.
        repeated: reason to rows, of the good ones, that are rejected because another one is there.
        good: day to rows that nothing in themselves rejects; the day None where a row has none.
        warned: rule to rows that break it and are kept.
        first_warned: rule to the number of the first of these rows.
        currencies: of the good rows.
        again: of the good rows, those that another file brought as well.
    """

    source: str
    facts: FileFacts
    received: int
    rejected: Mapping[str, int] = field(default_factory=dict)
    good: Mapping[date | None, int] = field(default_factory=dict)
    repeated: Mapping[str, int] = field(default_factory=dict)
    warned: Mapping[str, int] = field(default_factory=dict)
    first_warned: Mapping[str, int] = field(default_factory=dict)
    currencies: frozenset[str] = frozenset()
    again: int = 0

    @property
    def reasons(self) -> dict[str, int]:
        """Reason to rejected rows, whatever shows it."""
        return {**self.rejected, **self.repeated}

    def faults(self, business: Mapping[str, frozenset[str]]) -> int:
        """Rows that are broken, as against those rejected for a reason out of ``business``.

        Args:
            business: source to reasons that are no faults.
        """
        known = business[self.source]
        return sum(n for reason, n in self.reasons.items() if reason not in known)


def count_typed(plan: Plan, typed: Mapping[str, DataFrame]) -> list[FileCounts]:
    """Rows of the files taken, as typed; a file without rows counts too."""
    grouping = (c.SOURCE, c.SOURCE_FILE, c.REJECTED_BY, c.INTERACTION_DATE, c.WARNED_BY)
    no_currency = F.lit(None).cast("string").alias(c.CURRENCY)
    parts = []
    for source, table in typed.items():
        versions = [facts.version for facts in plan.files_of(source)]
        names = [facts.name for facts in plan.files_of(source)]
        taken = f"{is_in(c.SOURCE_FILE, names)} AND {is_in(c.FILE_VERSION, versions)}"
        if versions:
            currency = c.CURRENCY if c.CURRENCY in table.columns else no_currency
            parts.append(table.filter(taken).select(*grouping, currency, c.ROW_NUMBER))
    counted: dict[tuple[str, str], list[Counted]] = {}
    # At most one row per file, reason, day and set of warnings.
    sums = (F.count("*"), F.collect_set(c.CURRENCY), F.min(c.ROW_NUMBER))
    for source, name, *found in (
        unite(parts).groupBy(*grouping).agg(*sums).collect() if parts else ()
    ):
        counted.setdefault((source, name), []).append(Counted(*found))
    return [
        file_counts(one.source, one.facts, counted.get((one.source, one.facts.name), ()))
        for one in plan.taken
    ]


def file_counts(source: str, facts: FileFacts, groups: Iterable[Counted]) -> FileCounts:
    """Counts of one file from its rows in groups."""
    return FileCounts(source=source, facts=facts, **add_groups(groups))


def add_groups(groups: Iterable[Counted]) -> dict[str, Any]:
    """What groups of rows add up to, as ``FileCounts`` has it; the reason None: good rows."""
    rejected: Counter[str] = Counter()
    good: Counter[date | None] = Counter()
    warned: Counter[str] = Counter()
    first_warned: dict[str, int] = {}
    currencies: set[str] = set()
    for group in groups:
        if group.reason is None:
            good[group.day] += group.rows
            currencies.update(group.currencies)
            for rule in group.warned or ():
                warned[rule] += group.rows
                first_warned[rule] = min(group.first_row, first_warned.get(rule, group.first_row))
        else:
            rejected[group.reason] += group.rows
    received = good.total() + rejected.total()
    return {
        "received": received,
        "rejected": dict(sorted(rejected.items())),
        "good": dict(good),
        "warned": dict(warned),
        "first_warned": first_warned,
        "currencies": frozenset(currencies),
    }


def days_of(counts: Iterable[FileCounts]) -> dict[str, frozenset[date]]:
    """Source to the days of the good rows of the files that were read."""
    days: dict[str, frozenset[date]] = {}
    for one in counts:
        found = frozenset(day for day in one.good if day is not None)
        days[one.source] = days.get(one.source, frozenset()) | found
    return days


class Repeats(NamedTuple):
    """Rows of one file that repeat another one, for one reason.

    Attributes:
        source: the raw table that the file belongs to.
        name: of the file.
        version: of the file.
        reason: why they are rejected.
        by_taken: whether the row that holds in their place is of a file that this run has read.
        rows: how many.
    """

    source: str
    name: str
    version: int
    reason: str
    by_taken: bool
    rows: int


def held_by_taken(plan: Plan) -> Column:
    """Whether the row that holds in the place of a repeated one is of a file that a run takes."""
    taken = [
        f"(`{c.SOURCE}` = {literal(source)} AND {is_in(c.HELD_BY, versions)})"
        for source in dict.fromkeys(one.source for one in plan.taken)
        if (versions := [facts.version for facts in plan.files_of(source)])
    ]
    return F.coalesce(F.expr(" OR ".join(taken) or "false"), F.lit(False))  # noqa: FBT003


def count_repeats(repeats: DataFrame, plan: Plan) -> list[Repeats]:
    """How many rows of each file repeat another one, by reason."""
    of_file = map(F.col, (c.SOURCE, c.SOURCE_FILE, c.FILE_VERSION, c.REJECTED_BY))
    # At most two rows per file and reason.
    counted = repeats.groupBy(*of_file, held_by_taken(plan).alias("by_taken")).count()
    return [Repeats(*row) for row in counted.collect()]


def add_repeats(counts: list[FileCounts], found: list[Repeats]) -> list[FileCounts]:
    """The counts with the rows that repeat another one."""
    by_file: dict[tuple[str, str, int], Counter[str]] = {}
    for f in found:
        by_file.setdefault((f.source, f.name, f.version), Counter())[f.reason] += f.rows
    told = []
    for one in counts:
        of_file = by_file.get((one.source, one.facts.name, one.facts.version), Counter())
        again = of_file.pop(DELIVERED_AGAIN, 0)
        told.append(replace(one, repeated=dict(of_file), again=again))
    return told


def find_conflicts(found: list[Repeats], taken: list[FileCounts]) -> dict[str, dict[str, int]]:
    """Source to the files with rows whose key came with other content as well, and how many.

    Conflicts among files that earlier runs took were allowed then, and are not told again.

    Args:
        found: repeats of the days derived.
        taken: the files that this run has read.
    """
    versions = {(one.source, one.facts.version) for one in taken}
    conflicts: dict[str, Counter[str]] = {}
    for one in found:
        has_part = one.by_taken or (one.source, one.version) in versions
        if one.reason == CONFLICT and has_part:
            conflicts.setdefault(one.source, Counter())[one.name] += one.rows
    return {source: dict(files) for source, files in conflicts.items()}


def add_reasons(files: Iterable[FileCounts]) -> dict[str, int]:
    """Rejected rows by reason over several files, most first."""
    total: dict[str, int] = {}
    for one in files:
        for reason, rows in one.reasons.items():
            total[reason] = total.get(reason, 0) + rows
    return dict(sorted(total.items(), key=by_rows_then_name))


def by_rows_then_name(item: tuple[str, int]) -> tuple[int, str]:
    """Sort key: most rows first, then the name."""
    return -item[1], item[0]


def name_cut_files(counts: Iterable[FileCounts]) -> list[str]:
    """Files that ended too early: rows are missing that nobody can count."""
    return [one.facts.name for one in counts if not CUT_FILES.isdisjoint(one.rejected)]
