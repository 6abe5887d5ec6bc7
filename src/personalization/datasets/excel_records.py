"""Records of Excel workbooks (xlsx, xls, xlsb, ods), every cell as text.

Exports are found in which all of a row stands in the first cell, with separators, as if it were a
line of CSV; they are read as that.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

import fsspec

from personalization.contracts.file_format import FileFormat
from personalization.contracts.values import PADDING
from personalization.datasets.csv_records import TOO_MANY_FIELDS, parse_csv_line
from personalization.datasets.lines import Line
from personalization.datasets.received import Record


def cell_text(value: Any, decimal_mark: str = ".") -> str:
    """A cell as text: a whole number without fraction, a moment in ISO 8601.

    >>> cell_text(17850.0), cell_text(2.55), cell_text(datetime(2011, 12, 1, 8, 26))
    ('17850', '2.55', '2011-12-01 08:26:00')
    >>> cell_text(1.234, ","), cell_text("1.234", ",")
    ('1,234', '1.234')
    """
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, float):
        return str(value).replace(".", decimal_mark)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    return value.isoformat() if isinstance(value, date) else str(value)


def read_sheet(path: str, form: FileFormat) -> Iterator[tuple[int, list[str]]]:
    """Number (from 1) and cells of every row of a sheet that holds anything.

    Raises:
        ValueError: it is no workbook, or has no such sheet.
    """
    from python_calamine import CalamineError, CalamineWorkbook

    with fsspec.open(path, "rb") as stream:
        content = io.BytesIO(stream.read())
    try:
        book = CalamineWorkbook.from_filelike(content)
        names = book.sheet_names
        if form.sheet is not None and form.sheet not in names:
            raise ValueError(f"no sheet '{form.sheet}'; there are {', '.join(names)}")
        sheet = book.get_sheet_by_name(form.sheet or names[0])
    except CalamineError as error:
        raise ValueError(str(error)) from error
    first = sheet.start[0] if sheet.start else 0
    for number, row in enumerate(sheet.to_python(), start=first + 1):
        cells = [cell_text(value, form.decimal_mark) for value in row]
        if any(cells):
            yield number, cells


def is_joined(cells: Sequence[str], form: FileFormat) -> bool:
    """Whether all of a row stands in its first cell."""
    return form.separator in cells[0] and not any(cells[1:])


def join_cells(cells: Sequence[str]) -> str:
    """A row as a line of CSV, to be shown."""
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(cells)
    return line.getvalue()


def read_excel_header(path: str, form: FileFormat) -> tuple[str, ...] | None:
    """Column names, stripped; None for a sheet without any row.

    Without a header the names are the positions of the first row, ``"1"``, ``"2"``, ….
    """
    for _, cells in read_sheet(path, form):
        names = cells
        if is_joined(cells, form):
            names, _ = parse_csv_line(
                Line(1, cells[0], None), cells[0].count(form.separator) + 1, form
            )
        if not form.header:
            return tuple(str(position) for position in range(1, len(names) + 1))
        return tuple(name.strip(PADDING) for name in names)
    return None


def read_excel(
    path: str, form: FileFormat, header: Sequence[str], wanted: Sequence[str]
) -> Iterator[Record]:
    """Records of a sheet whose columns are ``header``, with the fields ``wanted``."""
    places = [header.index(name) for name in wanted]
    rows = read_sheet(path, form)
    if form.header:
        next(rows, None)
    for number, cells in rows:
        problem: str | None = None
        text, fields = join_cells(cells), list(cells)
        if is_joined(cells, form) and len(header) > 1:
            text = cells[0]
            fields, problem = parse_csv_line(Line(number, text, None), len(header), form)
        elif any(cells[len(header) :]):
            problem = TOO_MANY_FIELDS
        fields += [""] * (len(header) - len(fields))
        chosen = tuple(fields[place] for place in places) if problem is None else ()
        yield Record(number, text, chosen, problem)
