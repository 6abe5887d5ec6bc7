"""What is known of a shop's file before its rows are read: by its name, then by its bytes."""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import fsspec

from personalization.contracts.errors import SourceFileError
from personalization.contracts.sources import SourceDescription
from personalization.datasets.records import mistaken_form, read_header

logger = logging.getLogger(__name__)

VERSION_DIGITS: Final = 15  # hexadecimal ones of a hash, so that it is a positive bigint
# What a file system tells of a file and what does not change with its content.
OF_THE_PLACE: Final = ("name", "type", "islink", "mode", "uid", "gid", "nlink")


@dataclass(frozen=True)
class ListedFile:
    """A file as a listing of its folder shows it.

    Attributes:
        name: path below the source's folder.
        path: where it is, with its protocol.
        bytes: its size.
        fingerprint: hash of what the file system tells (size, times, etag); a file that was
            written again has another.
    """

    name: str
    path: str
    bytes: int
    fingerprint: str


@dataclass(frozen=True)
class FileFacts:
    """What is known of one file before its rows are read.

    Attributes:
        name: path below the source's folder.
        path: where it is.
        bytes: its size.
        sha256: of its bytes, in hex.
        header: its columns as ``read_header`` gives them; None where the file is empty.
        unread: columns that the description does not mention, such as one that was added.
        fingerprint: as of ``ListedFile``.
        delivered_at: moment of its delivery (UTC), where the description tells it from the name.
        version: number of its content under its name and description; rows carry it.
    """

    name: str
    path: str
    bytes: int
    sha256: str
    header: tuple[str, ...] | None
    unread: tuple[str, ...]
    fingerprint: str = ""
    delivered_at: datetime | None = None
    version: int = 0


def take_fingerprint(told: Mapping[str, Any]) -> str:
    """Hash of what a file system tells of a file.

    >>> told = {"name": "a", "size": 3, "mtime": 7.5}
    >>> take_fingerprint(told) == take_fingerprint({**told, "name": "b"})
    True
    >>> take_fingerprint(told) == take_fingerprint({**told, "mtime": 8})
    False
    """
    of_content = sorted((key, str(value)) for key, value in told.items() if key not in OF_THE_PLACE)
    return hashlib.sha256(repr(of_content).encode()).hexdigest()[:VERSION_DIGITS]


def number_version(*parts: str) -> int:
    """A positive bigint that differs where any part differs."""
    digits = hashlib.sha256(repr(parts).encode("utf-8", "surrogateescape")).hexdigest()
    return int(digits[:VERSION_DIGITS], 16)


def refuse_file(description: SourceDescription, name: str, why: str) -> SourceFileError:
    """The error that stops a run before it has written anything."""
    return SourceFileError(f"raw_{description.table}, file {name}: {why} Nothing was published.")


def look_at(listed: ListedFile, description: SourceDescription) -> FileFacts:
    """Hash and header of a file.

    Raises:
        SourceFileError: it cannot be opened or read, or lacks a column.
    """
    shown = listed.name.encode("utf-8", "replace").decode()
    if shown != listed.name:
        raise refuse_file(description, shown, "its name is no text in UTF-8: rename it.")
    try:
        with fsspec.open(listed.path, "rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
            size = stream.seek(0, os.SEEK_END)  # not every stream has been moved
    except OSError as error:
        raise refuse_file(description, listed.name, f"it cannot be opened: {error}.") from error
    header = read_columns(listed, description)
    return FileFacts(
        name=listed.name,
        path=listed.path,
        bytes=size,
        sha256=digest,
        header=header,
        unread=tuple(one for one in header or () if one not in description.theirs),
        fingerprint=listed.fingerprint,
        delivered_at=delivered_at(listed, description),
    )


def delivered_at(listed: ListedFile, description: SourceDescription) -> datetime | None:
    """Moment of delivery that the file's name tells, where the description says how.

    Raises:
        SourceFileError: the name does not tell it.
    """
    if description.delivered is None:
        return None
    moment = description.delivered.moment_of(listed.name)
    if moment is None:
        told = f"its name does not tell when it was delivered ({description.delivered.matches})."
        raise refuse_file(description, listed.name, told)
    return moment


def read_columns(listed: ListedFile, description: SourceDescription) -> tuple[str, ...] | None:
    """Columns of a file, those that are read among them; None where it is empty."""
    form, theirs, name = description.format, description.theirs, listed.name
    mistaken = mistaken_form(listed.path, form)
    if mistaken:
        raise refuse_file(description, name, mistaken)
    try:
        header = read_header(listed.path, form, theirs)
    except (OSError, ValueError) as error:
        encoding = "" if form.kind == "parquet" else f"{form.encoding} "
        told = f"its columns cannot be read as {encoding}{form.kind}: {error}."
        raise refuse_file(description, name, f"{told} Is the format right?") from error
    if header is None:
        logger.warning("raw_%s: %s is empty: no header, no rows", description.table, name)
        return None
    missing = [one for one in theirs if one not in header and one not in description.may_lack]
    if form.kind == "json_lines":
        missing = told_by_rows(listed, description, header, missing)
    repeated = [column for column in dict.fromkeys(theirs) if header.count(column) > 1]
    if missing or repeated:
        told = f"it has the column {', '.join(repeated)} more than once."
        if missing:
            doubt = f" or is the separator not '{form.separator}'" if form.kind == "csv" else ""
            told = f"no column {', '.join(missing)}. Was a column renamed{doubt}?"
        has = f"The file has {len(header)}: {' | '.join(header)[:300]}."
        raise refuse_file(description, name, f"{told} {has}")
    return header


def told_by_rows(
    listed: ListedFile,
    description: SourceDescription,
    header: tuple[str, ...],
    absent: list[str],
) -> list[str]:
    """Of the columns that no row of a JSON file has, those without which none can be used.

    JSON may leave out what is empty; that is worth a warning and no reason to stop.
    """
    required = description.raw_table.required
    needed = {one for name in required for one in description.mapped.get(name, ())}
    if description.rows is not None:  # the first rows may all be about another table
        needed = {description.rows.column}
    if absent and header:
        told = ", ".join(absent)
        entry = f"raw_{description.table}"
        logger.warning("%s, file %s: its first rows have no %s", entry, listed.name, told)
    return [column for column in absent if header and column in needed]
