"""Records of files with one JSON object per line; numbers keep every digit as text."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Any, Final

from personalization.contracts.file_format import FileFormat
from personalization.contracts.values import PADDING
from personalization.datasets.lines import (
    BAD_ENCODING,
    LAST_LINE_NOT_TERMINATED,
    NUL_BYTE,
    Line,
    read_lines,
)
from personalization.datasets.received import Record, open_binary

MALFORMED_JSON: Final = "malformed_json"
NOT_AN_OBJECT: Final = "not_an_object"
ABSENT: Final = object()
ROWS_LOOKED_AT: Final = 1000


def find_json(document: Any, path: str) -> Any:
    """The value at a dotted path, ``ABSENT`` where there is none; a key may hold dots itself.

    >>> find_json({"user": {"id": "17"}, "a.b": None}, "user.id")
    '17'
    """
    if isinstance(document, Mapping) and path in document:
        return document[path]
    value = document
    for key in path.split("."):
        value = value.get(key, ABSENT) if isinstance(value, Mapping) else ABSENT
    return value


def pick_json(document: Any, path: str) -> str | None:
    """Text of the value at a dotted path; None where there is none.

    >>> pick_json({"tags": ["a"]}, "tags")
    '["a"]'
    """
    value = find_json(document, path)
    if value is ABSENT or value is None:
        return None
    return value if isinstance(value, str) else json.dumps(value)


def blocked_path(document: Mapping[str, Any], wanted: Sequence[str]) -> str | None:
    """``not_an_object`` where a value stands in the way of a dotted path; None where none does.

    >>> blocked_path({"user": "17"}, ["user.id"])
    'not_an_object'
    """
    for path in wanted:
        if path in document:
            continue
        value: Any = document
        for key in path.split(".")[:-1]:
            value = value.get(key)
            if not value:
                break  # null, and what some programs write for an empty object: [], "", false
            if not isinstance(value, Mapping):
                return NOT_AN_OBJECT
    return None


def write_number(decimal_mark: str, text: str) -> str:
    """A number of JSON with another decimal mark.

    >>> write_number(",", "1.234")
    '1,234'
    """
    return text.replace(".", decimal_mark)


def parse_json_line(line: Line, form: FileFormat) -> tuple[dict[str, Any], str | None]:
    """The object of a line, or why there is none; numbers as text with the form's decimal mark.

    An object closes itself: one that is whole has not been cut, even without a line break.
    """
    if line.problem not in {None, LAST_LINE_NOT_TERMINATED}:
        return {}, line.problem
    fraction = str if form.decimal_mark == "." else partial(write_number, form.decimal_mark)
    try:
        document = json.loads(
            line.text.strip(PADDING), parse_int=str, parse_float=fraction, parse_constant=str
        )
    except (ValueError, RecursionError):
        return {}, line.problem or MALFORMED_JSON
    return (document, None) if isinstance(document, dict) else ({}, MALFORMED_JSON)


def escaped_problem(fields: Sequence[str | None]) -> str | None:
    """What no table can hold and JSON's escapes can still bring in: half a character, a NUL."""
    together = "".join(field for field in fields if field)
    if "\0" in together:
        return NUL_BYTE
    try:
        together.encode()
    except UnicodeEncodeError:
        return BAD_ENCODING
    return None


def json_lines(path: str, form: FileFormat) -> Iterator[Line]:
    """Lines that are not blank."""
    with open_binary(path) as stream:
        for line in read_lines(stream, form.encoding, form.row_characters):
            if line.problem is not None or line.text.strip(PADDING):
                yield line


def read_json_lines(path: str, form: FileFormat, wanted: Sequence[str]) -> Iterator[Record]:
    """Records of a file, with the values at the dotted paths ``wanted``."""
    for line in json_lines(path, form):
        document, problem = parse_json_line(line, form)
        chosen: tuple[str | None, ...] = ()
        problem = problem or blocked_path(document, wanted)
        if problem is None:
            chosen = tuple(pick_json(document, name) for name in wanted)
            if "\\u" in line.text:
                problem = escaped_problem(chosen)
        yield Record(line.number, line.text, () if problem else chosen, problem)


def read_json_keys(path: str, form: FileFormat, wanted: Sequence[str]) -> tuple[str, ...] | None:
    """Paths out of ``wanted``, and other keys of the top level, that the first rows have.

    None for a file without any line.

    Raises:
        ValueError: none of the first rows is an object, and not only because they were cut.
    """
    found: dict[str, None] = {}
    roots = {name.split(".")[0] for name in wanted} | set(wanted)
    problems: set[str | None] = set()
    starts_with_a_list = False
    for line in islice(json_lines(path, form), ROWS_LOOKED_AT):
        document, problem = parse_json_line(line, form)
        starts_with_a_list |= not problems and line.text.lstrip(PADDING).startswith("[")
        problems.add(problem)
        found.update((name, None) for name in wanted if find_json(document, name) is not ABSENT)
        found.update((key, None) for key in document if key not in roots)
    if None not in problems and (starts_with_a_list or MALFORMED_JSON in problems):
        raise ValueError("no line holds one whole object")
    return tuple(found) if problems else None
