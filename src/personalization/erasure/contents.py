"""The contents of files as they can be read: Parquet, JSON, compressed, arrays, text, bytes."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from personalization.erasure.wanted import COUNTED, OF_PEOPLE, Hit, Wanted, name_within

GZIP: Final = b"\x1f\x8b"
ZIP: Final = b"PK\x03\x04"
NUMPY: Final = b"\x93NUMPY"
PARQUET: Final = b"PAR1"
BINARY: Final = b"\0"


def find_in(content: bytes, wanted: Wanted, name: str = "") -> Iterator[Hit]:
    """Places of the content of a file, or of what it holds, where the person stands.

    Args:
        content: all bytes.
        wanted: the identifier.
        name: of the array or member that the bytes are; empty for a file.
    """
    if content.startswith(PARQUET):
        from personalization.erasure.parquet_contents import find_in_parquet

        yield from find_in_parquet(content, wanted)
        # What no reader of Parquet shows: values that are no hits may stand in the bytes as well.
        if not any(True for _ in find_in_parquet(content, replace(wanted, in_bytes=True))):
            yield from find_in_binary(content, wanted)
    elif content.startswith(GZIP):
        yield from find_in(gzip.decompress(content), wanted, name)
    elif content.startswith(ZIP):
        yield from find_in_archive(content, wanted)
    elif content.startswith(NUMPY):
        yield from find_in_array(content, wanted, name)
    elif BINARY in content:
        yield from find_in_binary(content, wanted)
    else:
        yield from find_in_text(content, wanted)


def find_in_binary(content: bytes, wanted: Wanted) -> Iterator[Hit]:
    """Places of bytes that are no text."""
    if wanted.stands_out and wanted.is_in_bytes(content):
        yield Hit("its bytes")


def find_in_archive(content: bytes, wanted: Wanted) -> Iterator[Hit]:
    """Places of a ZIP archive, such as NumPy's ``.npz``: names and contents of its members."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for member in archive.infolist():
            if wanted.is_in_text(member.filename):
                yield Hit(f"the name of {member.filename}")
            name = member.filename.removesuffix(".npy")
            for hit in find_in(archive.read(member), wanted, name):
                yield hit._replace(place=f"{member.filename}: {hit.place}")


def find_in_array(content: bytes, wanted: Wanted, name: str) -> Iterator[Hit]:
    """Places of a NumPy array: values that are text, or numbers that name people."""
    import numpy as np

    array = np.load(io.BytesIO(content), allow_pickle=False)
    if array.dtype.kind in "US" or name in OF_PEOPLE:
        values = {str(value) for value in np.unique(array.astype(np.str_))}
        if any(wanted.is_value(name, value) for value in values):
            yield Hit("values", wanted.is_sure_in(name))


def find_in_text(content: bytes, wanted: Wanted) -> Iterator[Hit]:
    """Places of a text: keys and values of JSON, else lines."""
    text = content.decode("utf-8", "replace")
    if wanted.text not in text and json.dumps(wanted.text)[1:-1] not in text:
        return
    values = read_json(text)
    if values is not None:
        yield from find_in_json(values, wanted)
        return
    for number, line in enumerate(text.splitlines(), start=1):
        if wanted.is_in_text(line):
            yield Hit(f"line {number}", is_sure=not wanted.is_number)
    if "\n" in wanted.text and wanted.is_in_text(text):
        yield Hit("its text")


def read_json(text: str) -> list[Any] | None:
    """The JSON values of a text: one, or one on each line; None where it is no JSON."""
    try:
        return [json.loads(text)]
    except ValueError:
        pass
    try:
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    except ValueError:
        return None


def find_in_json(value: Any, wanted: Wanted, name: str = "") -> Iterator[Hit]:
    """Places of a JSON value: its keys, and its values by the key under which they stand."""
    if isinstance(value, dict):
        if any(wanted.is_in_text(key) for key in value):
            yield Hit(f"a key under '{name}'")
        for key in value.keys() - COUNTED:
            yield from find_in_json(value[key], wanted, name_within(name, key))
    elif isinstance(value, list):
        for inner in value:
            yield from find_in_json(inner, wanted, name)
    elif isinstance(value, str):
        yield from find_in_told(value, wanted, name)
    elif name in OF_PEOPLE and str(value) == wanted.text:
        yield Hit(f"'{name}'")


def find_in_told(text: str, wanted: Wanted, name: str) -> Iterator[Hit]:
    """Places of a text of JSON; one that is JSON itself, such as Delta's statistics, is read."""
    inside = read_json(text) if text.startswith(("{", "[")) else None
    if inside is not None:
        yield from find_in_json(inside, wanted, name)
    elif wanted.is_value(name, text):
        yield Hit(f"'{name}'", wanted.is_sure_in(name))
