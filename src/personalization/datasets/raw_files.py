"""A shop's own files as a Kedro dataset: described in YAML, read without losing a row."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from glob import has_magic
from itertools import islice
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final

import fsspec
from kedro.io import AbstractDataset
from kedro_datasets._typing import TablePreview

from personalization.contracts.entries import fits
from personalization.contracts.errors import ConfigurationError, SourceFileError
from personalization.contracts.schemas import RAW_TABLES
from personalization.contracts.sources import build_description
from personalization.contracts.values import require
from personalization.datasets.raw_rows import FileFacts, RawFiles
from personalization.datasets.raw_writing import write_pieces
from personalization.datasets.received import locate
from personalization.datasets.records import mistaken_form, read_header, read_records

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

logger = logging.getLogger(__name__)

PREVIEW_ROWS: Final = 5
READING_THREADS: Final = 8


class RawFilesDataset(AbstractDataset["DataFrame", RawFiles]):
    """Loads the files of one source as ``RawFiles``; saves generated ones.

    The whole description of a source stands in its catalog entry, see
    ``personalization.contracts.sources.SourceDescription`` and ``conf/README.md``.
    ``load`` looks at the files' headers and hashes; rows are read when they are asked for. A header
    that lacks a column stops the run here, before anything is written.

    ``save`` takes a Spark frame of pieces of files and writes each file whole or not at all; a
    frame without rows touches nothing, so that a shop's own files are safe.

    Examples:
        Using the YAML API:

        ```yaml
        raw_orders:
          type: personalization.datasets.raw_files.RawFilesDataset
          filepath: data/01_raw/my_shop/orders-*.csv.gz
          table: orders
          format: {separator: ";", encoding: cp1252}
          columns: {order_id: Order, item_id: SKU, quantity: Qty, price: Unit, order_ts: Date}
          timestamps: {format: dd.MM.yyyy HH:mm, time_zone: Europe/Berlin}

        raw_events:
          type: personalization.datasets.raw_files.RawFilesDataset
          filepath: null # this shop has no such files
          table: events
        ```
    """

    _SINGLE_PROCESS = True

    def __init__(
        self, *, filepath: str | None = "", metadata: dict[str, Any] | None = None, **entry: Any
    ) -> None:
        """Creates a new instance of ``RawFilesDataset``.

        Args:
            filepath: glob of the files; null where the shop has none.
            metadata: ignored by Kedro; for plugins.
            entry: the keys of ``SourceDescription``.

        Raises:
            ConfigurationError: a key is unknown or a value cannot be used.
        """
        try:
            self._description = build_description(entry)
            require(
                filepath != "" and fits(filepath, str | None),
                f"filepath: '{filepath}' is no glob of files; null says that there are none.",
            )
            # Where the files are: without protocol and absolute, as the file system names them.
            self._filesystem, self._pattern = locate(filepath)
        except ConfigurationError as error:
            table = entry.get("table")
            entry_name = f"raw_{table}" if table in tuple(RAW_TABLES) else "raw files"
            raise ConfigurationError(f"{entry_name} ({filepath}): {error}") from error
        self._filepath = filepath
        self._entry = f"raw_{self._description.table}"
        self.metadata = metadata

    def load(self) -> RawFiles:
        """Facts of the files, headers checked.

        Raises:
            SourceFileError: no file matches, or a header lacks a column.
        """
        if self._filesystem is None:
            return RawFiles(self._description, ())
        paths = sorted(self._paths())
        if not paths:
            raise SourceFileError(
                f"{self._entry}: no file matches {self._filepath}. Put the shop's files there (a "
                "folder's files are folder/*), or write 'filepath: null' where it has none. The "
                "generated shop's come from 'kedro run --pipeline=data_generation'."
            )
        with ThreadPoolExecutor(READING_THREADS) as threads:
            facts = tuple(threads.map(self._look_at, paths))
        return RawFiles(self._description, facts)

    def save(self, data: DataFrame) -> None:
        """Write files from pieces of their bytes; files that are not among them are removed.

        Args:
            data: columns ``raw_writing.PIECES``; without any row nothing is touched.

        Raises:
            SourceFileError: the entry has no files, or would not find a file of that name again;
                a file could not be written. Each file that is there is whole.
        """
        folder, pattern = self._writable(data)
        written = write_pieces(data, self._url(folder), pattern, self._entry) if folder else []
        for one in written:
            if one.problem is not None:
                raise SourceFileError(f"{self._entry}, file {one.file}: {one.problem}.")
        stale = set(self._paths()) - {f"{folder}/{one.file}" for one in written}
        for path in stale if written else ():
            self._filesystem.rm(path)

    def preview(self, nrows: int = PREVIEW_ROWS) -> TablePreview:
        """The first rows of the first files, for kedro-viz; needs no Spark."""
        rows = list(islice(self._good_rows(), nrows))
        columns = list(self._description.mapped)
        return TablePreview({"index": list(range(len(rows))), "columns": columns, "data": rows})

    def _good_rows(self) -> Iterator[list[str | None]]:
        """Fields of the rows that could be split, file by file."""
        form, theirs = self._description.format, self._description.theirs
        for path in sorted(self._paths()):
            header = self._header(self._url(path), self._name(path))
            records = read_records(self._url(path), form, header, theirs) if header else iter(())
            yield from (list(record.fields) for record in records if record.problem is None)

    def _writable(self, data: DataFrame) -> tuple[str, str]:
        """The folder that files are written to, and what their names match; none for no data."""
        folder, _, pattern = str(self._pattern).rpartition("/")
        problem = "it has 'filepath: null', nothing is written" if not folder else ""
        if has_magic(folder):
            problem = f"{folder} names no single folder to write to"
        if not problem:
            return folder, pattern
        if data.isEmpty():
            return "", ""
        raise SourceFileError(f"{self._entry}: {problem}.")

    def _paths(self) -> list[str]:
        if self._filesystem is None:
            return []
        found: dict[str, Any] = self._filesystem.glob(self._pattern, detail=True)
        files = [path for path, facts in found.items() if facts["type"] != "directory"]
        return [path for path in files if not PurePosixPath(path).name.startswith(".")]

    def _url(self, path: str) -> str:
        """The path with its protocol, as a worker on any machine can open it."""
        return str(self._filesystem.unstrip_protocol(path)) if self._filesystem else path

    def _name(self, path: str) -> str:
        """The path below the part of the glob before its first wildcard."""
        before = re.split(r"[*?\[]", self._pattern, maxsplit=1)[0]
        return path.removeprefix(before.rpartition("/")[0]).lstrip("/")

    def _look_at(self, path: str) -> FileFacts:
        name, url = self._name(path), self._url(path)
        shown = name.encode("utf-8", "replace").decode()
        if shown != name:
            raise self._refusal(shown, "its name is no text in UTF-8: rename it.")
        try:
            with fsspec.open(url, "rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
                size = stream.tell()
        except OSError as error:
            raise self._refusal(name, f"it cannot be opened: {error}.") from error
        header = self._header(url, name)
        unread = tuple(one for one in header or () if one not in self._description.theirs)
        return FileFacts(name, url, size, digest, header, unread)

    def _header(self, url: str, name: str) -> tuple[str, ...] | None:
        """Columns of a file, those that are read among them; None where it is empty."""
        form, theirs = self._description.format, self._description.theirs
        mistaken = mistaken_form(url, form)
        if mistaken:
            raise self._refusal(name, mistaken)
        try:
            header = read_header(url, form, theirs)
        except (OSError, ValueError) as error:
            encoding = "" if form.kind == "parquet" else f"{form.encoding} "
            told = f"its columns cannot be read as {encoding}{form.kind}: {error}."
            raise self._refusal(name, f"{told} Is the format right?") from error
        if header is None:
            logger.warning("%s: %s is empty: no header, no rows", self._entry, name)
            return None
        missing = [column for column in theirs if column not in header]
        if form.kind == "json_lines":
            missing = self._told_by_rows(name, header, missing)
        repeated = [column for column in dict.fromkeys(theirs) if header.count(column) > 1]
        if missing or repeated:
            told = f"it has the column {', '.join(repeated)} more than once."
            if missing:
                doubt = f" or is the separator not '{form.separator}'" if form.kind == "csv" else ""
                told = f"no column {', '.join(missing)}. Was a column renamed{doubt}?"
            has = f"The file has {len(header)}: {' | '.join(header)[:300]}."
            raise self._refusal(name, f"{told} {has}")
        return header

    def _refusal(self, name: str, why: str) -> SourceFileError:
        """The error that stops a run before it has written anything."""
        return SourceFileError(f"{self._entry}, file {name}: {why} Nothing was published.")

    def _told_by_rows(self, name: str, header: tuple[str, ...], absent: list[str]) -> list[str]:
        """Of the columns that no row of a JSON file has, those without which none can be used.

        JSON may leave out what is empty; that is worth a warning and no reason to stop.
        """
        needed = {
            str(self._description.mapped.get(c)) for c in self._description.raw_table.required
        }
        if absent and header:
            told = ", ".join(absent)
            logger.warning("%s, file %s: its first rows have no %s", self._entry, name, told)
        return [column for column in absent if header and column in needed]

    def _exists(self) -> bool:
        return self._filesystem is None or bool(self._paths())

    def _describe(self) -> dict[str, Any]:
        return {"filepath": self._filepath, "table": self._description.table}
