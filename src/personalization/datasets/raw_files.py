"""A shop's own files as a Kedro dataset: described in YAML, read without losing a row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from glob import has_magic
from itertools import islice
from operator import attrgetter
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from kedro.io import AbstractDataset
from kedro_datasets._typing import TablePreview

from personalization.contracts.entries import fits
from personalization.contracts.errors import ConfigurationError, SourceFileError
from personalization.contracts.schemas import RAW_TABLES
from personalization.contracts.source_entries import build_description
from personalization.contracts.sources import SourceDescription
from personalization.contracts.values import require
from personalization.datasets.file_facts import ListedFile, read_columns, take_fingerprint
from personalization.datasets.pseudonyms import Pseudonyms
from personalization.datasets.raw_rows import RawFiles
from personalization.datasets.raw_writing import write_pieces
from personalization.datasets.received import locate
from personalization.datasets.records import read_records

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

PREVIEW_ROWS: Final = 5


def follow(told: Mapping[str, Any]) -> dict[str, Any]:
    """What a file system tells of a file; of a link, also when its target was written."""
    if not told.get("islink"):
        return dict(told)
    try:
        target = Path(told["name"]).stat()
    except OSError:  # nothing is there; opening it says so
        return dict(told)
    return {**told, "target": (target.st_mtime_ns, target.st_size, target.st_ino)}


class RawFilesDataset(AbstractDataset["DataFrame", RawFiles]):
    """Loads the files of one source as ``RawFiles``; saves generated ones.

    The whole description of a source stands in its catalog entry, see
    ``personalization.contracts.sources.SourceDescription`` and ``conf/README.md``.
    ``load`` lists the files; headers, hashes and rows are read when they are asked for.

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
        self,
        *,
        filepath: str | None = "",
        credentials: Mapping[str, Any] | None = None,
        metadata: dict[str, Any] | None = None,
        **entry: Any,
    ) -> None:
        """Creates a new instance of ``RawFilesDataset``.

        Args:
            filepath: glob of the files; null where the shop has none.
            credentials: ``key`` of the pseudonyms that take the place of personal data; without it
                they are left out.
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
        self._key = str(credentials["key"]) if credentials and credentials.get("key") else None
        self._entry = f"raw_{self._description.table}"
        self.metadata = metadata

    @property
    def description(self) -> SourceDescription:
        """What the entry says of the files."""
        return self._description

    def load(self) -> RawFiles:
        """The files as their folder lists them; there may be none."""
        if self._filesystem is None:
            return RawFiles(self._description, key=self._key)
        return RawFiles(self._description, self._listed(), self._filepath, key=self._key)

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
        stale = self._found().keys() - {f"{folder}/{one.file}" for one in written}
        for path in stale if written else ():
            self._filesystem.rm(path)

    def preview(self, nrows: int = PREVIEW_ROWS) -> TablePreview:
        """The first rows of the first files, for kedro-viz; needs no Spark."""
        rows = list(islice(self._good_rows(), nrows))
        columns = list(self._description.theirs)
        return TablePreview({"index": list(range(len(rows))), "columns": columns, "data": rows})

    def _good_rows(self) -> Iterator[list[str | None]]:
        """Fields of the rows that could be split, file by file."""
        form, theirs = self._description.format, self._description.theirs
        pseudonyms = Pseudonyms(self._description, self._key)
        for listed in self._listed():
            header = read_columns(listed, self._description)
            records = read_records(listed.path, form, header, theirs) if header else iter(())
            good = (pseudonyms.hide(record) for record in records if record.problem is None)
            yield from (list(record.fields) for record in good)

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

    def _found(self) -> dict[str, Any]:
        """Path of each file to what the file system tells of it."""
        if self._filesystem is None:
            return {}
        found: dict[str, Any] = self._filesystem.glob(self._pattern, detail=True)
        return {
            path: told
            for path, told in found.items()
            if told["type"] != "directory" and not PurePosixPath(path).name.startswith(".")
        }

    def _listed(self) -> tuple[ListedFile, ...]:
        """The files in the order of their names."""
        found = (
            ListedFile(
                self._name(p), self._url(p), int(told["size"] or 0), take_fingerprint(follow(told))
            )
            for p, told in self._found().items()
        )
        return tuple(sorted(found, key=attrgetter("name")))

    def _url(self, path: str) -> str:
        """The path with its protocol, as a worker on any machine can open it."""
        return str(self._filesystem.unstrip_protocol(path)) if self._filesystem else path

    def _name(self, path: str) -> str:
        """The path below the part of the glob before its first wildcard."""
        before = re.split(r"[*?\[]", self._pattern, maxsplit=1)[0]
        return path.removeprefix(before.rpartition("/")[0]).lstrip("/")

    def _exists(self) -> bool:
        return self._filesystem is None or bool(self._found())

    def _describe(self) -> dict[str, Any]:
        return {"filepath": self._filepath, "table": self._description.table}
