"""Records of CSV files, whatever the separator: split into fields, or the reason why not."""

from __future__ import annotations

import csv
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import chain, islice
from typing import IO, Final

from personalization.contracts.file_format import FileFormat
from personalization.contracts.values import PADDING
from personalization.datasets.lines import (
    LAST_LINE_NOT_TERMINATED,
    ROW_TOO_LONG,
    TRUNCATED_FILE,
    Line,
    read_lines,
)
from personalization.datasets.received import Record, open_binary

MALFORMED_QUOTES: Final = "malformed_quotes"
TOO_FEW_FIELDS: Final = "too_few_fields"
TOO_MANY_FIELDS: Final = "too_many_fields"
UNBALANCED_QUOTE: Final = "unbalanced_quote"

CUT_SHORT: Final = frozenset({ROW_TOO_LONG, TRUNCATED_FILE})  # the text ends before the row does
ROWS_LOOKED_AT: Final = 200


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


def quote_problem(text: str, form: FileFormat) -> str | None:
    """Why the quotes of ``text`` make no fields: one is not closed, or something follows one."""
    try:
        split_fields(text, form)
    except csv.Error as error:
        return tell_quotes(error)
    return None


def tell_quotes(error: csv.Error) -> str:
    """Which reason for rejection an error of Python's reader is."""
    return UNBALANCED_QUOTE if "unexpected end of data" in str(error) else MALFORMED_QUOTES


def take_record(first: Line, following: Callable[[], Line | None], form: FileFormat) -> list[Line]:
    """``first`` and as many lines after it as its open quote asks for and ``form`` allows."""
    taken = [first]
    text = first.text
    while len(taken) < form.lines_per_record and quote_problem(text, form) == UNBALANCED_QUOTE:
        line = following()
        if line is None:
            break
        taken.append(line)
        text = f"{text}\n{line.text}"
        if len(text) > form.row_characters or line.problem in CUT_SHORT:
            break
    return taken


def join_lines(lines: Iterator[Line], form: FileFormat) -> Iterator[Line]:
    """Join the lines of records that span several, at most ``lines_per_record`` of them.

    Where they make no record together, only the first line is given; reading goes on with the
    next one, so that one stray quote costs one row.
    """
    waiting: deque[Line] = deque()

    def following() -> Line | None:
        return waiting.popleft() if waiting else next(lines, None)

    while (first := following()) is not None:
        taken = [first] if first.problem in CUT_SHORT else take_record(first, following, form)
        text = "\n".join(line.text for line in taken)
        problem = next((line.problem for line in taken if line.problem), None)
        whole = Line(first.number, text, problem)
        too_long = len(text) > form.row_characters
        if len(taken) > 1 and (too_long or problem in CUT_SHORT or quote_problem(text, form)):
            waiting.extendleft(reversed(taken[1:]))
            whole = first
        yield whole


def parse_csv_line(line: Line, width: int, form: FileFormat) -> tuple[list[str], str | None]:
    """Fields of a line, or why it has none; ``width`` is how many there must be."""
    if line.problem is not None:
        return [], line.problem
    try:
        fields = split_fields(line.text, form)
    except csv.Error as error:
        return [], tell_quotes(error)
    if len(fields) != width:
        return [], TOO_FEW_FIELDS if len(fields) < width else TOO_MANY_FIELDS
    return fields, None


def take_unterminated(line: Line) -> Line:
    """The line as a good one where only its line break is missing."""
    return line._replace(problem=None) if line.problem == LAST_LINE_NOT_TERMINATED else line


def csv_lines(stream: IO[bytes], form: FileFormat) -> Iterator[Line]:
    """Lines of a CSV file that are not blank, records that span lines joined."""
    csv.field_size_limit(max(csv.field_size_limit(), 2 * form.row_characters + 1))
    lines = read_lines(stream, form.encoding, form.row_characters)
    if form.final_newline == "optional":
        lines = map(take_unterminated, lines)
    if form.lines_per_record > 1:
        lines = join_lines(lines, form)
    return (line for line in lines if line.text or line.problem)


def usual_width(lines: Iterator[Line], form: FileFormat) -> int:
    """How many fields most of the first rows have, so that one broken row decides nothing."""
    widths: Counter[int] = Counter()
    for line in islice(lines, ROWS_LOOKED_AT):
        with suppress(csv.Error):
            widths[len(split_fields(line.text, form))] += line.problem is None
    return widths.most_common(1)[0][0] if widths else 0


def read_csv_header(path: str, form: FileFormat) -> tuple[str, ...] | None:
    """Column names, stripped; None for a file without any line.

    Without a header the names are the positions of the first rows, ``"1"``, ``"2"``, ….

    Raises:
        ValueError: the header line is damaged.
    """
    with open_binary(path) as stream:
        lines = csv_lines(stream, form)
        first = next(lines, None)
        if first is None:
            return None
        if not form.header:
            width = usual_width(chain([first], lines), form)
            return tuple(str(position) for position in range(1, width + 1))
    if first.problem not in {None, LAST_LINE_NOT_TERMINATED}:
        raise ValueError(f"line {first.number} is damaged ({first.problem})")
    try:
        fields = split_fields(first.text, form)
    except csv.Error:
        fields = [first.text]
    return tuple(name.strip(PADDING) for name in fields)


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
