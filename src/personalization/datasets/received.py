"""One row as received, and the bytes of the file that it comes from."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, NamedTuple, cast

import fsspec


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


@contextmanager
def open_binary(path: str) -> Iterator[IO[bytes]]:
    """The bytes of a file, decompressed where its name ends in ``.gz``."""
    with fsspec.open(path, "rb") as stream:
        if path.endswith(".gz"):
            with gzip.GzipFile(fileobj=stream) as plain:
                yield cast("IO[bytes]", plain)
        else:
            yield stream
