"""The rows of a source's files as a Spark frame of text, every row with where it came from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pandas as pd

from personalization.contracts import columns as c
from personalization.contracts.sources import SourceDescription
from personalization.datasets.records import Record, read_records
from personalization.spark.build import active_session

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame

PROBLEM: Final = "problem"
BATCH_ROWS: Final = 20_000


@dataclass(frozen=True)
class FileFacts:
    """What is known of one file before its rows are read.

    Attributes:
        name: path below the source's folder.
        path: where it is.
        bytes: its size.
        sha256: of its bytes, in hex.
        header: its columns; None where the file is empty.
        added: columns that the description does not mention.
    """

    name: str
    path: str
    bytes: int
    sha256: str
    header: tuple[str, ...] | None
    added: tuple[str, ...]


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
        listed = pd.DataFrame({"place": range(len(self.files))}, dtype="int64")
        session = active_session()
        parts = max(1, min(len(self.files), 2 * session.sparkContext.defaultParallelism))
        places = session.createDataFrame(listed, "place long").repartition(parts, "place")
        return places.mapInArrow(RowReader(self.description, self.files), self._schema())

    def _schema(self) -> str:
        texts = [f"{name} string" for name in self.description.raw_table.types]
        head = f"{c.SOURCE_FILE} string, {c.ROW_NUMBER} long, {c.ROW_TEXT} string"
        return f"{head}, {PROBLEM} string, {', '.join(texts)}"


@dataclass(frozen=True)
class RowReader:
    """Read the files whose places come in Arrow batches; runs in Spark's Python workers."""

    description: SourceDescription
    files: tuple[FileFacts, ...]

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Arrow batches of rows for the files whose places are in ``batches``."""
        for batch in batches:
            for place in batch.column(0).to_pylist():
                yield from self._read(self.files[place])

    def _read(self, facts: FileFacts) -> Iterator[pa.RecordBatch]:
        if facts.header is None and self.description.format.kind == "csv":
            return
        wanted = [str(theirs) for theirs in self.description.mapped.values()]
        form = self.description.format
        waiting: list[Record] = []
        for record in read_records(facts.path, form, facts.header or (), wanted):
            waiting.append(record)
            if len(waiting) == BATCH_ROWS:
                yield self._batch(facts.name, waiting)
                waiting = []
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
