"""Records of Parquet files, every value as text."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import fsspec

from personalization.contracts.file_format import FileFormat
from personalization.datasets.lines import BAD_ENCODING, REPLACEMENT, UNDECODABLE
from personalization.datasets.received import Record

if TYPE_CHECKING:
    import pyarrow as pa

MANTISSA_BITS: Final = {16: 11, 32: 24, 64: 53}  # whole numbers up to 2 to these are exact
UNREADABLE_FILE: Final = "unreadable_file"


@contextmanager
def open_parquet(path: str) -> Iterator[Any]:
    """An open Parquet file.

    Raises:
        ValueError: it is none, or its end, where the columns are listed, is missing.
    """
    import pyarrow.parquet as pq

    with fsspec.open(path, "rb") as stream:
        yield pq.ParquetFile(stream)


def read_parquet_header(path: str) -> tuple[str, ...] | None:
    """Column names of a Parquet file; None for one without any byte."""
    with fsspec.open(path, "rb") as stream:
        if not stream.read(1):
            return None
    with open_parquet(path) as opened:
        return tuple(opened.schema_arrow.names)


def float_texts(column: pa.Array) -> pa.Array:
    """Floating-point numbers as text; a whole one that is exact has all its digits, no exponent.

    Programs make floats of whole numbers in a column where one is missing.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    column = pc.if_else(pc.is_nan(column), None, column)
    exact_below = float(2 ** MANTISSA_BITS[column.type.bit_width])
    whole = pc.and_(pc.less(pc.abs(column), exact_below), pc.equal(pc.floor(column), column))
    digits = pc.if_else(whole, column, None).cast(pa.int64()).cast(pa.string())
    return pc.coalesce(digits, column.cast(pa.string()))


def column_texts(column: pa.Array, decimal_mark: str) -> list[str | None]:
    """Every value as text; NaN, which stands for nothing, is None; nested values are JSON."""
    import pyarrow as pa
    import pyarrow.compute as pc

    is_float = pa.types.is_floating(column.type)
    if is_float or pa.types.is_decimal(column.type):
        column = float_texts(column) if is_float else column.cast(pa.string())
        column = pc.replace_substring(column, ".", decimal_mark)
    try:
        texts: list[str | None] = column.cast(pa.string()).to_pylist()
    except pa.ArrowNotImplementedError:
        return [None if v is None else json.dumps(v, default=str) for v in column.to_pylist()]
    except (pa.ArrowInvalid, UnicodeDecodeError):
        raw = column.cast(pa.binary()).to_pylist()
        return [None if v is None else v.decode("utf-8", "mark_undecodable") for v in raw]
    return texts


def batch_records(
    batch: pa.RecordBatch, wanted: Sequence[str], first: int, decimal_mark: str
) -> Iterator[Record]:
    """Records of one batch, numbered from ``first``."""
    columns = [column_texts(batch.column(name), decimal_mark) for name in wanted]
    for number, fields in enumerate(zip(*columns, strict=True), start=first):
        text = json.dumps(dict(zip(wanted, fields, strict=True)), ensure_ascii=False)
        if UNDECODABLE in text:
            yield Record(number, text.replace(UNDECODABLE, REPLACEMENT), (), BAD_ENCODING)
        else:
            yield Record(number, text, fields, None)


def read_parquet(path: str, form: FileFormat, wanted: Sequence[str]) -> Iterator[Record]:
    """Records of a Parquet file; rows are numbered from 1.

    Where damage ends the file early each row that is lost is a record of its own.
    """
    import pyarrow as pa

    number = 0
    with open_parquet(path) as opened:
        try:
            for batch in opened.iter_batches(columns=list(wanted)):
                for record in batch_records(batch, wanted, number + 1, form.decimal_mark):
                    number = record.number
                    yield record
        except (OSError, pa.ArrowException) as error:
            for lost in range(number + 1, opened.metadata.num_rows + 1):
                yield Record(lost, str(error)[:200], (), UNREADABLE_FILE)
