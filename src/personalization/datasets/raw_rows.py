"""The rows of a source's files as a Spark frame of text, every row with where it came from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Final

from personalization.contracts import columns as c
from personalization.contracts.checks import OF_ANOTHER_TABLE
from personalization.contracts.sources import SourceDescription
from personalization.datasets.file_facts import FileFacts, ListedFile, look_at
from personalization.datasets.pseudonyms import Pseudonyms
from personalization.datasets.records import Record, read_records
from personalization.spark.build import active_session
from personalization.spark.patterns import require_java_patterns

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame

PROBLEM: Final = "problem"
SHARES_PER_CORE: Final = 4
BATCH_ROWS: Final = 20_000
READING_THREADS: Final = 8
BATCH_CHARACTERS: Final = 8_000_000  # bounds a worker's memory where rows are long


@dataclass(frozen=True)
class RawFiles:
    """The files of one source: what is listed now, the rest when asked for.

    Attributes:
        description: what the YAML says of them.
        listed: all files, in the order of their names.
        filepath: where they are looked for; None where a shop has no such source.
        taken: those whose rows are meant; None: all.
        first_rows: of each file that are read; None: all.
        key: of the pseudonyms; None leaves out what is personal.
    """

    description: SourceDescription
    listed: tuple[ListedFile, ...] = ()
    filepath: str | None = None
    taken: tuple[FileFacts, ...] | None = None
    first_rows: int | None = None
    key: str | None = field(default=None, repr=False)

    @cached_property
    def files(self) -> tuple[FileFacts, ...]:
        """The files whose rows are meant; each is looked at now if it was not before.

        Raises:
            SourceFileError: one cannot be opened or read, or lacks a column.
        """
        return self.look_at(self.listed) if self.taken is None else self.taken

    @property
    def pseudonyms(self) -> Pseudonyms:
        """What takes the place of personal data."""
        return Pseudonyms(self.description, self.key)

    def look_at(self, listed: Sequence[ListedFile]) -> tuple[FileFacts, ...]:
        """Hashes and headers of some of the files.

        Raises:
            SourceFileError: one cannot be opened or read, or lacks a column.
        """
        description = (self.description for _ in listed)
        with ThreadPoolExecutor(READING_THREADS) as threads:
            return tuple(threads.map(look_at, listed, description))

    def take(self, files: Sequence[FileFacts], first_rows: int | None = None) -> RawFiles:
        """The same source, with the rows of ``files``, or only the first of each."""
        return replace(self, taken=tuple(files), first_rows=first_rows)

    def sample(self, most: int) -> RawFiles:
        """The same source as if it had at most so many files, the first and the last among them."""
        steps = min(most, len(self.listed))
        last = len(self.listed) - 1
        places = {round(step * last / max(steps - 1, 1)) for step in range(steps)}
        return replace(self, listed=tuple(self.listed[place] for place in sorted(places)))

    def rows(self) -> DataFrame:
        """Every row of ``files``, as text.

        Grain: one row per record as received, blank lines left out.
        Columns: ``source_file``, ``file_version``, ``delivered_at`` (null where it is not told),
        ``row_number`` (line from 1, the header counts), ``row_text``, ``problem`` (null where the
        row could be split into fields), then the table's columns as text, null where the source
        has none. What is personal is a pseudonym.
        """
        session = active_session()
        require_java_patterns(self.description.patterns)
        shares = share_out(self.files, SHARES_PER_CORE * session.sparkContext.defaultParallelism)
        if not shares:
            # An empty table that Spark knows to be empty: no Python worker, no shuffle after it.
            return session.range(1).filter("false").selectExpr(*self._empty_columns())
        places = session.range(0, len(shares), 1, len(shares))
        return places.mapInArrow(
            RowReader(self.pseudonyms, shares, self.first_rows), self._schema()
        )

    def _columns(self) -> dict[str, str]:
        head = {
            c.SOURCE_FILE: "string",
            c.FILE_VERSION: "long",
            c.DELIVERED_AT: "timestamp",
            c.ROW_NUMBER: "long",
            c.ROW_TEXT: "string",
        }
        texts = dict.fromkeys(self.description.raw_table.types, "string")
        return {**head, PROBLEM: "string", **texts}

    def _schema(self) -> str:
        return ", ".join(f"{name} {kind}" for name, kind in self._columns().items())

    def _empty_columns(self) -> list[str]:
        return [f"CAST(NULL AS {kind}) AS {name}" for name, kind in self._columns().items()]


def share_out(files: Sequence[FileFacts], most: int) -> list[tuple[FileFacts, ...]]:
    """Files in at most ``most`` shares of neighbours by name, of about equal bytes.

    Neighbours, because shops name files by day: what is written of a share spans few days.
    """
    total = sum(one.bytes for one in files)
    shares: list[list[FileFacts]] = []
    before, last = 0, 0
    for facts in files:
        # The share in which the middle of the file lies, were all bytes laid end to end.
        place = int(most * (before + facts.bytes / 2) / total) if total else 0
        place = min(place, most - 1)
        if not shares or place > last:
            shares.append([])
        last = place
        shares[-1].append(facts)
        before += facts.bytes
    return [tuple(share) for share in shares]


def join_parts(columns: Sequence[Sequence[str | None]]) -> Sequence[str | None]:
    """The texts of one of our columns from those of theirs; None where a part is missing.

    >>> join_parts([("2008", "2009"), ("4", None)])
    ['2008 4', None]
    """
    if len(columns) == 1:
        return columns[0]
    rows = zip(*columns, strict=True)
    return [" ".join(part for part in row if part) if all(row) else None for row in rows]


@dataclass(frozen=True)
class RowReader:
    """Read the shares of files whose places come in Arrow batches; runs in Python workers."""

    pseudonyms: Pseudonyms
    shares: Sequence[Sequence[FileFacts]]
    first_rows: int | None = None

    @property
    def description(self) -> SourceDescription:
        """Of the source."""
        return self.pseudonyms.description

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Arrow batches of rows for the shares whose places are in ``batches``."""
        for batch in batches:
            for place in batch.column(0).to_pylist():
                for facts in self.shares[place]:
                    yield from self._read(facts)

    def _read(self, facts: FileFacts) -> Iterator[pa.RecordBatch]:
        if facts.header is None:
            return
        form = self.description.format
        as_they_are = self.description.rows is None and not self.description.holds_personal_data
        waiting: list[Record] = []
        characters = 0
        records = read_records(facts.path, form, facts.header, self.description.theirs)
        for record in islice(records, self.first_rows):
            shown = record if as_they_are else self.pseudonyms.hide(self._judge(record))
            waiting.append(shown)
            characters += len(record.text)
            if len(waiting) == BATCH_ROWS or characters > BATCH_CHARACTERS:
                yield self._batch(facts, waiting)
                waiting, characters = [], 0
        if waiting:
            yield self._batch(facts, waiting)

    def _judge(self, record: Record) -> Record:
        """The record, set aside where it is about another table."""
        rows = self.description.rows
        if rows is None or record.problem is not None:
            return record
        told = record.fields[self.description.theirs.index(rows.column)]
        return record if rows.take(told) else record._replace(problem=OF_ANOTHER_TABLE)

    def _batch(self, facts: FileFacts, records: list[Record]) -> pa.RecordBatch:
        import pyarrow as pa

        nothing = (None,) * len(self.description.theirs)
        given = (record.fields if record.problem is None else nothing for record in records)
        theirs = list(zip(*given, strict=True))
        fixed = self.description.fixed
        arrays = {
            c.SOURCE_FILE: pa.array([facts.name] * len(records), pa.string()),
            c.FILE_VERSION: pa.array([facts.version] * len(records), pa.int64()),
            c.DELIVERED_AT: pa.array(
                [facts.delivered_at] * len(records), pa.timestamp("us", "UTC")
            ),
            c.ROW_NUMBER: pa.array([record.number for record in records], pa.int64()),
            c.ROW_TEXT: pa.array([record.text for record in records], pa.string()),
            PROBLEM: pa.array([record.problem for record in records], pa.string()),
        }
        for column in self.description.raw_table.types:
            places = self.description.places.get(column)
            if places is None:
                arrays[column] = pa.array([fixed.get(column)] * len(records), pa.string())
            else:
                arrays[column] = pa.array(join_parts([theirs[p] for p in places]), pa.string())
        return pa.RecordBatch.from_pydict(arrays)
