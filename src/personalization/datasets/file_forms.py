"""What the first bytes of a file say about its form, where the description says otherwise."""

from __future__ import annotations

import codecs
import zlib
from contextlib import suppress
from typing import Final

import fsspec

from personalization.contracts.file_format import FileFormat
from personalization.datasets.received import is_gzip

NULS_OF_UTF_16: Final = 4  # of so many bytes of Latin letters more than one is NUL
LOOKED_AT_BYTES: Final = 65_536
GZIP: Final = b"\x1f\x8b"
PARQUET: Final = b"PAR1"
PARQUET_TEXT: Final = b"PAR1\x15"  # of a file, as against a column of that name
OLD_EXCEL: Final = b"\xd0\xcf\x11\xe0"
ZIP: Final = b"PK\x03\x04"
UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def mistaken_form(path: str, form: FileFormat) -> str | None:
    """In one sentence how the file differs from its description; None where nothing shows it."""
    with fsspec.open(path, "rb") as stream:
        head: bytes = stream.read(LOOKED_AT_BYTES)
    if form.kind == "parquet":
        mistaken = head and not head.startswith(PARQUET)
        return "it is no Parquet file; see format.kind." if mistaken else None
    if form.kind == "excel":
        books = (ZIP, OLD_EXCEL)
        return None if not head or head.startswith(books) else "it is no workbook of Excel."
    if is_gzip(path):
        if head and not head.startswith(GZIP):
            return "its name ends in .gz, it is no gzip: rename it, or ask for it again."
        packed, head = head, b""
        with suppress(zlib.error):  # damage is told by the rows
            head = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16).decompress(packed, LOOKED_AT_BYTES)
    return mistaken_text(head, form)


def mistaken_text(head: bytes, form: FileFormat) -> str | None:
    r"""The same of the first bytes of what should be plain text.

    >>> mistaken_text(b"PAR1\x15\x04", FileFormat())
    'it is a Parquet file: set format.kind to parquet.'
    """
    known = {
        GZIP: "it is compressed by gzip: its name must end in .gz.",
        ZIP: "it is a ZIP archive or an Excel workbook: unpack it, or set format.kind to excel.",
        PARQUET_TEXT: "it is a Parquet file: set format.kind to parquet.",
    }
    for mark, told in known.items():
        if head.startswith(mark):
            return told
    return mistaken_encoding(head, codecs.lookup(form.encoding).name)


def mistaken_encoding(head: bytes, encoding: str) -> str | None:
    """The same of text in another encoding, or with other ends of lines."""
    if head.startswith(codecs.BOM_UTF32_LE) and not encoding.startswith("utf-32"):
        return "it is written in UTF-32: set format.encoding to utf-32."
    if not encoding.startswith(("utf-16", "utf-32")):
        if head.startswith(UTF_16):
            return "it is written in UTF-16: set format.encoding to utf-16."
        if head.count(b"\0") * NULS_OF_UTF_16 > len(head):
            order = "be" if head.startswith(b"\0") else "le"
            return f"it seems to be written in UTF-16: set format.encoding to utf-16-{order}."
    if head.startswith(codecs.BOM_UTF8) and not encoding.startswith("utf-8"):
        return f"it is written in UTF-8: set format.encoding to utf-8, or save it in {encoding}."
    if head.count(b"\r") > 1 and b"\n" not in head[:-1]:
        return "its lines end in a carriage return alone: save it with line feeds (LF or CRLF)."
    return None
