"""Files of a table that are broken, and what should come of each."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, NamedTuple

from tests.faults.shops import MOMENTS, SECOND, make_file

if TYPE_CHECKING:
    from collections.abc import Callable

NAME = "b.csv"
PLACE = 3  # of the broken row, from 2 as in the file


class Broken(NamedTuple):
    """A broken file.

    Attributes:
        content: of the file.
        rejected: row number to reason; row 2 is the first after the header.
        name: of the file.
        cut: reason of the one row with which the file ends, wherever that is.
        without_rows: none of the rows is there.
    """

    content: bytes
    rejected: dict[int, str]
    name: str = NAME
    cut: str = ""
    without_rows: bool = False


def lines_of(table: str) -> list[bytes]:
    """Header and rows; row n is line n - 1."""
    return make_file(table, SECOND).encode().splitlines(keepends=True)


def with_row(table: str, change: Callable[[bytes], bytes], reason: str) -> Broken:
    """The file with one row changed and rejected for it."""
    lines = lines_of(table)
    lines[PLACE - 1] = change(lines[PLACE - 1])
    return Broken(b"".join(lines), {PLACE: reason})


def cut_last_line(table: str) -> Broken:
    content = b"".join(lines_of(table))
    return Broken(content[:-12], {len(SECOND) + 1: "last_line_not_terminated"})


def cut_last_number(table: str) -> Broken:
    """The last character and the line break are missing: the number may be another one."""
    content = b"".join(lines_of(table))
    return Broken(content[:-2], {len(SECOND) + 1: "last_line_not_terminated"})


def cut_archive(table: str) -> Broken:
    packed = gzip.compress(b"".join(lines_of(table)), compresslevel=0)
    return Broken(packed[: len(packed) * 2 // 3], {}, f"{NAME}.gz", cut="truncated_file")


def put_nul(table: str) -> Broken:
    return with_row(table, lambda line: line.replace(b",", b"\0,", 1), "nul_byte")


def put_bad_bytes(table: str) -> Broken:
    return with_row(table, lambda line: b"\xff\xfe" + line, "bad_encoding")


def put_byte_order_mark(table: str) -> Broken:
    return Broken("\ufeff".encode() + b"".join(lines_of(table)), {})


def put_megabyte(table: str) -> Broken:
    return with_row(table, lambda line: b"x" * 1_000_000 + line, "row_too_long")


def open_quote(table: str) -> Broken:
    return with_row(table, lambda line: b'"' + line, "unbalanced_quote")


def write_words_as_moment(table: str) -> Broken:
    column = lines_of(table)[0].decode().strip().split(",").index(MOMENTS[table])

    def change(line: bytes) -> bytes:
        fields = line.split(b",")
        fields[column] = b"yesterday"
        return b",".join(fields)

    return with_row(table, change, f"{MOMENTS[table]}_unreadable")


def add_field(table: str) -> Broken:
    return with_row(table, lambda line: b"surplus," + line, "too_many_fields")


def drop_field(table: str) -> Broken:
    return with_row(table, lambda line: line.split(b",", 1)[1], "too_few_fields")


def only_header(table: str) -> Broken:
    return Broken(lines_of(table)[0], {}, without_rows=True)


def nothing_at_all(table: str) -> Broken:
    return Broken(b"", {}, without_rows=True)


BREAKAGES: dict[str, Callable[[str], Broken]] = {
    one.__name__: one
    for one in (
        *(cut_last_line, cut_last_number, cut_archive, put_nul, put_bad_bytes),
        *(put_byte_order_mark, put_megabyte, open_quote, write_words_as_moment),
        *(add_field, drop_field, only_header, nothing_at_all),
    )
}


def separate_otherwise(table: str) -> tuple[bytes, str, str]:
    return b"".join(lines_of(table)).replace(b",", b";"), NAME, "is the separator not ','"


def pretend_archive(table: str) -> tuple[bytes, str, str]:
    return b"".join(lines_of(table)), f"{NAME}.gz", "its name ends in .gz, it is no gzip"


REFUSED = {one.__name__: one for one in (separate_otherwise, pretend_archive)}
