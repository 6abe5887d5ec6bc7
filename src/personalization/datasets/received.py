"""One row as received, the bytes of the file that it comes from, and where files are."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, NamedTuple, cast

import fsspec

from personalization.contracts.errors import ConfigurationError


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


def is_gzip(path: str) -> bool:
    """Whether the name of a file says that it is compressed by gzip.

    >>> is_gzip("orders.csv.gz"), is_gzip("ORDERS.CSV.GZ"), is_gzip("orders.csv")
    (True, True, False)
    """
    return path.lower().endswith(".gz")


@contextmanager
def open_binary(path: str) -> Iterator[IO[bytes]]:
    """The bytes of a file, decompressed where its name ends in ``.gz``."""
    with fsspec.open(path, "rb") as stream:
        if is_gzip(path):
            with gzip.GzipFile(fileobj=stream) as plain:
                yield cast("IO[bytes]", plain)
        else:
            yield stream


def locate(filepath: str | None) -> tuple[Any, str]:
    """File system and pattern of a glob; None where there are no files."""
    if filepath is None:
        return None, ""
    try:
        filesystem, pattern = fsspec.core.url_to_fs(filepath)
    except (ImportError, ValueError) as error:  # an unknown protocol, or one without its package
        raise ConfigurationError(f"filepath: {error}.") from error
    return filesystem, pattern
