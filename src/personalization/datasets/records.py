"""Records of a file of any form: fields in the order asked for, or why there are none.

Pure Python over byte streams, so that the same code runs in a test and in a Spark worker.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from personalization.contracts.file_format import FileFormat
from personalization.datasets.csv_records import read_csv, read_csv_header
from personalization.datasets.excel_records import read_excel, read_excel_header
from personalization.datasets.file_forms import mistaken_form
from personalization.datasets.json_records import read_json_keys, read_json_lines
from personalization.datasets.parquet_records import read_parquet, read_parquet_header
from personalization.datasets.received import Record

__all__ = ["Record", "mistaken_form", "read_header", "read_records"]


def read_header(path: str, form: FileFormat, wanted: Sequence[str]) -> tuple[str, ...] | None:
    """Columns of a file; None for one without any line.

    CSV without a header: positions from ``"1"``. JSON lines, where a row names only the columns
    that it has: those out of ``wanted`` and others that the first rows have.

    Raises:
        ValueError: the file is damaged where its columns are listed.
    """
    if form.kind == "parquet":
        return read_parquet_header(path)
    if form.kind == "excel":
        return read_excel_header(path, form)
    if form.kind == "json_lines":
        return read_json_keys(path, form, wanted)
    return read_csv_header(path, form)


def read_records(
    path: str, form: FileFormat, header: Sequence[str], wanted: Sequence[str]
) -> Iterator[Record]:
    """Every record of a file; damage that ends the file early is a record of its own.

    Args:
        path: of the file, any that fsspec can open.
        form: of the file.
        header: its columns, as ``read_header`` gives them.
        wanted: names (JSON: dotted paths) of the fields to return, in order; None for those that
            the file has not.
    """
    if form.kind == "json_lines":
        yield from read_json_lines(path, form, wanted)
        return
    there = [name for name in wanted if name in header]
    if form.kind == "csv":
        records = read_csv(path, form, header, there)
    elif form.kind == "excel":
        records = read_excel(path, form, header, there)
    else:
        records = read_parquet(path, form, there)
    yield from records if len(there) == len(wanted) else spread(records, there, wanted)


def spread(
    records: Iterator[Record], there: Sequence[str], wanted: Sequence[str]
) -> Iterator[Record]:
    """Records with the fields ``wanted``, None for those that are not ``there``."""
    for record in records:
        if record.problem is None:
            found = dict(zip(there, record.fields, strict=True))
            yield record._replace(fields=tuple(found.get(name) for name in wanted))
        else:
            yield record
