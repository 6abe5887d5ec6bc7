"""Records of a file: fields in the order asked for, or the reason why there are none.

Pure Python over byte streams, so that the same code runs in a test and in a Spark worker.
"""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Iterator, Sequence
from typing import IO, Any, Final, NamedTuple, cast

import fsspec

from personalization.contracts.file_format import FileFormat
from personalization.datasets.lines import Line, read_lines

MALFORMED_JSON: Final = "malformed_json"
MALFORMED_QUOTES: Final = "malformed_quotes"
TOO_FEW_FIELDS: Final = "too_few_fields"
TOO_MANY_FIELDS: Final = "too_many_fields"
UNBALANCED_QUOTE: Final = "unbalanced_quote"
UNREADABLE_FILE: Final = "unreadable_file"


class Record(NamedTuple):
    """One row as received.

    Attributes:
        number: line (from 1, the header counts) or row of the file where it begins.
        text: the row as it stands in the file.
        fields: texts in the order of the columns asked for, None where a field is absent; empty
            where there is a problem.
        problem: why the row cannot be used, None if it can.
    """

    number: int
    text: str
    fields: tuple[str | None, ...]
    problem: str | None


def open_binary(path: str) -> IO[bytes]:
    """The bytes of a file, decompressed where its name ends in ``.gz``."""
    stream: IO[bytes] = fsspec.open(path, "rb").open()
    if path.endswith(".gz"):
        return cast("IO[bytes]", gzip.GzipFile(fileobj=stream))
    return stream


def split_fields(text: str, form: FileFormat) -> list[str]:
    """Fields of one CSV record.

    >>> split_fields('1,"a, b",2', FileFormat())
    ['1', 'a, b', '2']

    Raises:
        csv.Error: a quote is not closed, or something follows a closing quote.
    """
    if form.quote not in text:
        return text.split(form.separator)
    rows = csv.reader(
        [text], delimiter=form.separator, quotechar=form.quote, doublequote=True, strict=True
    )
    return next(rows)


def is_open(text: str, form: FileFormat) -> bool:
    """Whether ``text`` ends inside a quoted field."""
    try:
        split_fields(text, form)
    except csv.Error as error:
        return "unexpected end of data" in str(error)
    return False


def join_lines(lines: Iterator[Line], form: FileFormat) -> Iterator[Line]:
    """Join the lines of records that span several, at most ``lines_per_record`` of them.

    Where no closing quote is found within them, only the first line is marked; reading goes on
    with the next one, so that one stray quote costs one row.
    """
    waiting: list[Line] = []
    while True:
        first = waiting.pop(0) if waiting else next(lines, None)
        if first is None:
            return
        whole = first
        joined: list[Line] = []
        while whole.problem is None and is_open(whole.text, form):
            if len(joined) + 1 == form.lines_per_record:
                break
            following = waiting.pop(0) if waiting else next(lines, None)
            if following is None:
                break
            joined.append(following)
            text = f"{whole.text}\n{following.text}"
            whole = Line(first.number, text, following.problem)
        if joined and (whole.problem is not None or is_open(whole.text, form)):
            waiting[:0] = joined
            whole = first
        yield whole


def parse_csv_line(line: Line, width: int, form: FileFormat) -> tuple[list[str], str | None]:
    """Fields of a line, or why it has none; ``width`` is how many there must be."""
    if line.problem is not None:
        return [], line.problem
    try:
        fields = split_fields(line.text, form)
    except csv.Error as error:
        unclosed = "unexpected end of data" in str(error)
        return [], UNBALANCED_QUOTE if unclosed else MALFORMED_QUOTES
    if len(fields) != width:
        return [], TOO_FEW_FIELDS if len(fields) < width else TOO_MANY_FIELDS
    return fields, None


def csv_lines(stream: IO[bytes], form: FileFormat) -> Iterator[Line]:
    """Lines of a CSV file that are not blank, records that span lines joined."""
    csv.field_size_limit(max(csv.field_size_limit(), form.row_characters * form.lines_per_record))
    lines = read_lines(stream, form.encoding, form.row_characters)
    filled = (line for line in lines if line.text or line.problem)
    return join_lines(filled, form) if form.lines_per_record > 1 else filled


def read_header(path: str, form: FileFormat) -> tuple[str, ...] | None:
    """Column names of a CSV or Parquet file, stripped; None for a file without any line.

    Without a header the names are the positions of the first row, ``"1"``, ``"2"``, ….
    """
    if form.kind == "parquet":
        return tuple(parquet_file(path).schema_arrow.names)
    with open_binary(path) as stream:
        first = next(csv_lines(stream, form), None)
    if first is None:
        return None
    try:
        fields = split_fields(first.text, form)
    except csv.Error:
        fields = [first.text]
    if form.header:
        return tuple(name.strip() for name in fields)
    return tuple(str(position) for position in range(1, len(fields) + 1))


def read_csv(
    path: str, form: FileFormat, header: Sequence[str], wanted: Sequence[str]
) -> Iterator[Record]:
    """Records of a CSV file whose columns are ``header``, with the fields ``wanted``."""
    places = [header.index(name) for name in wanted]
    with open_binary(path) as stream:
        lines = csv_lines(stream, form)
        if form.header:
            next(lines, None)
        for line in lines:
            fields, problem = parse_csv_line(line, len(header), form)
            chosen = tuple(fields[place] for place in places) if problem is None else ()
            yield Record(line.number, line.text, chosen, problem)


def pick_json(document: Any, path: str) -> str | None:
    """Text of the value at a dotted path; None where there is none.

    >>> pick_json({"user": {"id": "17"}, "tags": ["a"]}, "user.id")
    '17'
    """
    value = document
    for key in path.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value)


def read_json_lines(path: str, form: FileFormat, wanted: Sequence[str]) -> Iterator[Record]:
    """Records of a file with one JSON object per line; numbers keep every digit as text."""
    with open_binary(path) as stream:
        for line in read_lines(stream, form.encoding, form.row_characters):
            if not line.text.strip() and line.problem is None:
                continue
            if line.problem is not None:
                yield Record(line.number, line.text, (), line.problem)
                continue
            try:
                document = json.loads(line.text, parse_int=str, parse_float=str, parse_constant=str)
            except (ValueError, RecursionError):
                document = None
            if not isinstance(document, dict):
                yield Record(line.number, line.text, (), MALFORMED_JSON)
                continue
            chosen = tuple(pick_json(document, name) for name in wanted)
            yield Record(line.number, line.text, chosen, None)


def parquet_file(path: str) -> Any:
    """An open Parquet file."""
    import pyarrow.parquet as pq

    return pq.ParquetFile(fsspec.open(path, "rb").open())


def read_parquet(path: str, wanted: Sequence[str]) -> Iterator[Record]:
    """Records of a Parquet file, every value as text; rows are numbered from 1."""
    import pyarrow as pa

    number = 0
    try:
        for batch in parquet_file(path).iter_batches(columns=list(wanted)):
            columns = [batch.column(name).cast(pa.string()).to_pylist() for name in wanted]
            for fields in zip(*columns, strict=True):
                number += 1
                text = json.dumps(dict(zip(wanted, fields, strict=True)))
                yield Record(number, text, fields, None)
    except (OSError, pa.ArrowInvalid) as error:
        yield Record(number + 1, str(error)[:200], (), UNREADABLE_FILE)


def read_records(
    path: str, form: FileFormat, header: Sequence[str], wanted: Sequence[str]
) -> Iterator[Record]:
    """Every record of a file; damage that ends the file early is a record of its own.

    Args:
        path: of the file, any that fsspec can open.
        form: of the file.
        header: its columns, as ``read_header`` gives them.
        wanted: names out of ``header`` (JSON: dotted paths) to return, in order.
    """
    if form.kind == "csv":
        yield from read_csv(path, form, header, wanted)
    elif form.kind == "json_lines":
        yield from read_json_lines(path, form, wanted)
    else:
        yield from read_parquet(path, wanted)
