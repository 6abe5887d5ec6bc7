"""Lines of a text file of which nothing may be lost: numbered, bounded, damage named.

A reader that stops at the first bad byte loses the rest of the file; one that repairs in silence
loses the truth. This one gives every line, with its number and, where something is wrong with
it, the reason.
"""

from __future__ import annotations

import codecs
import gzip
import zlib
from collections.abc import Iterator
from typing import IO, Final, NamedTuple, cast

CHUNK_BYTES: Final = 1 << 20
UNDECODABLE: Final = "\udcff"  # a lone surrogate
REPLACEMENT: Final = "\ufffd"

BAD_ENCODING: Final = "bad_encoding"
LAST_LINE_NOT_TERMINATED: Final = "last_line_not_terminated"
NUL_BYTE: Final = "nul_byte"
ROW_TOO_LONG: Final = "row_too_long"
TRUNCATED_FILE: Final = "truncated_file"


class Line(NamedTuple):
    """One line: its number from 1, its text without terminator, and what is wrong with it."""

    number: int
    text: str
    problem: str | None


def mark_undecodable(error: UnicodeError) -> tuple[str, int]:
    """Decoding error handler: one mark, which no valid text holds, for the bytes in question."""
    return UNDECODABLE, cast("UnicodeDecodeError", error).end


codecs.register_error("mark_undecodable", mark_undecodable)


def decoder_for(encoding: str) -> codecs.IncrementalDecoder:
    """A decoder that marks undecodable bytes instead of failing, and drops a byte order mark.

    Raises:
        LookupError: no such encoding.
    """
    name = codecs.lookup(encoding).name
    return codecs.getincrementaldecoder("utf-8-sig" if name == "utf-8" else name)(
        "mark_undecodable"
    )


def read_chunks(stream: IO[bytes]) -> Iterator[bytes | None]:
    """Chunks of ``stream``; a last ``None`` says that it ended too early or is damaged."""
    # One raw read at a time: what was decompressed before the damage is not thrown away.
    read = getattr(stream, "read1", stream.read)
    while True:
        try:
            chunk = cast("bytes", read(CHUNK_BYTES))
        except (EOFError, zlib.error, gzip.BadGzipFile):
            yield None
            return
        if not chunk:
            return
        yield chunk


def inspect_text(number: int, text: str, limit: int) -> Line:
    """A complete line with the problem that its text shows, if any.

    >>> inspect_text(3, "a,b", limit=10)
    Line(number=3, text='a,b', problem=None)
    >>> inspect_text(3, "a" * 11, limit=10).problem
    'row_too_long'
    """
    text = text.removesuffix("\r")
    if len(text) > limit:
        return Line(number, text[:limit].replace(UNDECODABLE, REPLACEMENT), ROW_TOO_LONG)
    if "\0" in text:
        shown = text.replace("\0", "\\0").replace(UNDECODABLE, REPLACEMENT)
        return Line(number, shown, NUL_BYTE)
    if UNDECODABLE in text:
        return Line(number, text.replace(UNDECODABLE, REPLACEMENT), BAD_ENCODING)
    return Line(number, text, None)


def read_lines(stream: IO[bytes], encoding: str, limit: int) -> Iterator[Line]:
    """Every line of ``stream``, at most ``limit`` characters of each.

    The last line is marked ``last_line_not_terminated`` where the file does not end in a line
    break: it may have been cut, even in the middle of a number. Where a compressed file ends too
    early the last line, or an empty one in its place, is marked ``truncated_file``.
    """
    decoder = decoder_for(encoding)
    pending, number, damaged = "", 0, False
    for chunk in read_chunks(stream):
        if chunk is None:
            damaged = True
            break
        *complete, pending = (pending + decoder.decode(chunk)).split("\n")
        for text in complete:
            number += 1
            yield inspect_text(number, text, limit)
        pending = pending[: limit + 2]  # a line break of two characters may follow
    pending += decoder.decode(b"", final=True)
    if pending or damaged:
        line = inspect_text(number + 1, pending, limit)
        cut = TRUNCATED_FILE if damaged else LAST_LINE_NOT_TERMINATED
        yield line._replace(problem=line.problem or cut)
