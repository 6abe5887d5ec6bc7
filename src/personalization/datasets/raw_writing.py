"""Writing files of a source from pieces of their bytes, each file whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from fnmatch import fnmatch
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import fsspec

from personalization.spark.progress import Done, Teller, count_done

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark import Accumulator
    from pyspark.sql import DataFrame

# Grain: one row per piece; a partition holds whole files, their pieces one after the other.
PIECES: Final = "file string, content binary, rows long"
PIECE_BYTES: Final = 2**18  # larger ones are a burden to the garbage collector
WRITTEN: Final = "file string, bytes long, rows long, problem string"


def cut_pieces(file: str, content: bytes, rows: int) -> pa.RecordBatch:
    """What comes next in a file. Columns: ``PIECES``; all rows are told of with the first piece.

    Args:
        file: its name.
        content: of any length.
        rows: that it holds.
    """
    import pyarrow as pa

    starts, whole = range(0, len(content), PIECE_BYTES), memoryview(content)
    columns = {
        "file": pa.array([file] * len(starts), pa.string()),
        "content": pa.array([whole[at : at + PIECE_BYTES] for at in starts], pa.binary()),
        "rows": pa.array([0 if at else rows for at in starts], pa.int64()),
    }
    return pa.RecordBatch.from_pydict(columns)


class Written(NamedTuple):
    """One file that was written, or why it was not; then what was there before is untouched."""

    file: str
    bytes: int
    rows: int
    problem: str | None


@dataclass(frozen=True)
class PieceWriter:
    """Writes the files of a partition; runs in Python workers.

    Attributes:
        folder: where, with its protocol.
        pattern: what the name of a file must match, or nobody would find it again.
        done: counts the files that are there, and their rows.
    """

    folder: str
    pattern: str
    done: Accumulator[Done]

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Facts of each file, as ``WRITTEN``."""
        import pyarrow as pa

        # an unwritten file has a problem, a written one has none: both are of one type
        types = (pa.string(), pa.int64(), pa.int64(), pa.string())
        schema = pa.schema(list(zip(Written._fields, types, strict=True)))
        pieces = (row for batch in batches for row in batch.to_pylist())
        for file, of_file in groupby(pieces, key=name_of):
            one = self._write(file, of_file)
            self.done.add(Done(1, one.rows, file))
            yield pa.RecordBatch.from_pylist([one._asdict()], schema=schema)

    def _write(self, file: str, pieces: Iterable[dict[str, Any]]) -> Written:
        if "/" in file or not fnmatch(file, self.pattern):
            return Written(file, 0, 0, f"the entry reads {self.pattern} and would not find it")
        filesystem, folder = fsspec.core.url_to_fs(self.folder)
        part, rows, size = f"{folder}/.{file}.part", 0, 0
        try:
            filesystem.makedirs(folder, exist_ok=True)
            with filesystem.open(part, "wb") as stream:
                for piece in pieces:
                    stream.write(piece["content"])
                    rows, size = rows + piece["rows"], size + len(piece["content"])
            filesystem.mv(part, f"{folder}/{file}")
        except OSError as error:  # such as a full disk
            with suppress(OSError):
                filesystem.rm(part)
            return Written(file, 0, 0, str(error))
        return Written(file, size, rows, None)


def name_of(piece: dict[str, Any]) -> str:
    """The file that a piece belongs to."""
    return str(piece["file"])


def write_pieces(pieces: DataFrame, folder: str, pattern: str, what: str) -> list[Written]:
    """Write the files that ``pieces`` hold into ``folder``.

    Args:
        pieces: columns ``PIECES``.
        folder: where, with its protocol.
        pattern: what the names of the files must match.
        what: the files' name in the log.
    """
    done = count_done(pieces.sparkSession.sparkContext, Teller(what, "files"))
    # One row per file.
    found = pieces.mapInArrow(PieceWriter(folder, pattern, done), WRITTEN).collect()
    return [Written(*row) for row in found]
