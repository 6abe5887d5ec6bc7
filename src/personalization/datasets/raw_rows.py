"""The rows of a source's files as a Spark frame of text, every row with where it came from."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from personalization.contracts import columns as c
from personalization.contracts.errors import ConfigurationError
from personalization.contracts.sources import SourceDescription
from personalization.datasets.records import Record, read_records
from personalization.spark.build import active_session

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame, SparkSession

PROBLEM: Final = "problem"
BATCH_ROWS: Final = 20_000
BATCH_CHARACTERS: Final = 8_000_000  # bounds a worker's memory where rows are long


@dataclass(frozen=True)
class FileFacts:
    """What is known of one file before its rows are read.

    Attributes:
        name: path below the source's folder.
        path: where it is.
        bytes: its size.
        sha256: of its bytes, in hex.
        header: its columns as ``read_header`` gives them; None where the file is empty.
        unread: columns that the description does not mention, such as one that was added.
    """

    name: str
    path: str
    bytes: int
    sha256: str
    header: tuple[str, ...] | None
    unread: tuple[str, ...]


@dataclass(frozen=True)
class RawFiles:
    """The files of one source: their facts now, their rows when asked for.

    Attributes:
        description: what the YAML says of them.
        files: in the order of their names; empty where a shop has no such source.
    """

    description: SourceDescription
    files: tuple[FileFacts, ...]

    def rows(self) -> DataFrame:
        """Every row of every file, as text.

        Grain: one row per record as received, blank lines left out.
        Columns: ``source_file``, ``row_number`` (line from 1, the header counts), ``row_text``,
        ``problem`` (null where the row could be split into fields), then the table's columns as
        text, null where the source has none.
        """
        session = active_session()
        self._refuse_patterns_of_python_only(session)
        shares = share_out(self.files, 2 * session.sparkContext.defaultParallelism)
        if not shares:
            # An empty table that Spark knows to be empty: no Python worker, no shuffle after it.
            return session.range(1).filter("false").selectExpr(*self._empty_columns())
        places = session.range(0, len(shares), 1, len(shares))
        return places.mapInArrow(RowReader(self.description, shares), self._schema())

    def _refuse_patterns_of_python_only(self, session: SparkSession) -> None:
        """Let Java, which will use the description's regular expressions, read them once.

        Raises:
            ConfigurationError: it cannot; the message names key and expression.
        """
        from pyspark.errors import PySparkException
        from pyspark.sql import functions as F  # noqa: N812 - Spark's own custom

        for key, pattern in self.description.patterns.items():
            try:
                session.range(1).select(F.lit("").rlike(pattern)).collect()
            except PySparkException as error:
                raise ConfigurationError(
                    f"{key}: Java, which Spark runs on, cannot read the regular expression "
                    f"'{pattern}'. Nothing was published."
                ) from error

    def _columns(self) -> dict[str, str]:
        head = {c.SOURCE_FILE: "string", c.ROW_NUMBER: "long", c.ROW_TEXT: "string"}
        texts = dict.fromkeys(self.description.raw_table.types, "string")
        return {**head, PROBLEM: "string", **texts}

    def _schema(self) -> str:
        return ", ".join(f"{name} {kind}" for name, kind in self._columns().items())

    def _empty_columns(self) -> list[str]:
        return [f"CAST(NULL AS {kind}) AS {name}" for name, kind in self._columns().items()]


def share_out(files: Sequence[FileFacts], most: int) -> list[tuple[FileFacts, ...]]:
    """Files in at most ``most`` shares of about equal bytes; the biggest are given out first."""
    shares: list[list[FileFacts]] = [[] for _ in range(min(most, len(files)))]
    by_load = [(0, place) for place in range(len(shares))]
    for facts in sorted(files, key=by_bytes, reverse=True):
        load, place = heapq.heappop(by_load)
        shares[place].append(facts)
        heapq.heappush(by_load, (load + facts.bytes, place))
    return [tuple(share) for share in shares]


def by_bytes(facts: FileFacts) -> int:
    """Sort key: the size of a file."""
    return facts.bytes


@dataclass(frozen=True)
class RowReader:
    """Read the shares of files whose places come in Arrow batches; runs in Python workers."""

    description: SourceDescription
    shares: Sequence[Sequence[FileFacts]]

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
        waiting: list[Record] = []
        characters = 0
        for record in read_records(facts.path, form, facts.header, self.description.theirs):
            waiting.append(record)
            characters += len(record.text)
            if len(waiting) == BATCH_ROWS or characters > BATCH_CHARACTERS:
                yield self._batch(facts.name, waiting)
                waiting, characters = [], 0
        if waiting:
            yield self._batch(facts.name, waiting)

    def _batch(self, name: str, records: list[Record]) -> pa.RecordBatch:
        import pyarrow as pa

        mapped = list(self.description.mapped)
        nothing = (None,) * len(mapped)
        columns = zip(*(record.fields or nothing for record in records), strict=True)
        ours = dict(zip(mapped, columns, strict=True))
        fixed = self.description.fixed
        arrays = {
            c.SOURCE_FILE: pa.array([name] * len(records), pa.string()),
            c.ROW_NUMBER: pa.array([record.number for record in records], pa.int64()),
            c.ROW_TEXT: pa.array([record.text for record in records], pa.string()),
            PROBLEM: pa.array([record.problem for record in records], pa.string()),
        }
        for column in self.description.raw_table.types:
            values = ours.get(column, (fixed.get(column),) * len(records))
            arrays[column] = pa.array(values, pa.string())
        return pa.RecordBatch.from_pydict(arrays)
