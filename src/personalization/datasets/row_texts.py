"""The text of single rows of a shop's files, read again where it was not kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pyspark.sql import functions as F  # noqa: N812 - Spark's own custom

from personalization.contracts import columns as c
from personalization.datasets.file_facts import FileFacts
from personalization.datasets.pseudonyms import Pseudonyms
from personalization.datasets.raw_rows import RawFiles
from personalization.datasets.records import read_records

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame

NUMBERS: Final = "numbers"
SCHEMA: Final = f"{c.SOURCE_FILE} string, {c.ROW_NUMBER} long, {c.ROW_TEXT} string"


@dataclass(frozen=True)
class TextReader:
    """Read the rows whose numbers come beside their file; runs in Python workers."""

    pseudonyms: Pseudonyms
    files: Mapping[str, FileFacts]

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Texts for Arrow batches of ``source_file`` and ``numbers``."""
        import pyarrow as pa

        for batch in batches:
            for asked in batch.to_pylist():
                found = list(self._texts(asked[c.SOURCE_FILE], frozenset(asked[NUMBERS])))
                numbers, texts = zip(*found, strict=True) if found else ((), ())
                yield pa.RecordBatch.from_pydict(
                    {
                        c.SOURCE_FILE: pa.array([asked[c.SOURCE_FILE]] * len(found), pa.string()),
                        c.ROW_NUMBER: pa.array(numbers, pa.int64()),
                        c.ROW_TEXT: pa.array(texts, pa.string()),
                    }
                )

    def _texts(self, name: str, numbers: frozenset[int]) -> Iterator[tuple[int, str]]:
        facts, description = self.files[name], self.pseudonyms.description
        last = max(numbers)
        for record in read_records(
            facts.path, description.format, facts.header or (), description.theirs
        ):
            if record.number in numbers:
                yield record.number, self.pseudonyms.hide(record).text
            if record.number >= last:
                return


def read_texts(raw: RawFiles, rows: DataFrame) -> DataFrame:
    """The text of ``rows`` as it stands in the files of ``raw``.

    Grain: one row per row asked for.
    Requires: ``source_file``, ``row_number``; rows of files that are not among ``raw.files`` are
    left out.
    Columns: ``source_file, row_number, row_text``.
    """
    files = {one.name: one for one in raw.files}
    asked = rows.filter(F.col(c.SOURCE_FILE).isin(*files))
    by_file = asked.groupBy(c.SOURCE_FILE).agg(F.collect_list(c.ROW_NUMBER).alias(NUMBERS))
    return by_file.mapInArrow(TextReader(raw.pseudonyms, files), SCHEMA)
