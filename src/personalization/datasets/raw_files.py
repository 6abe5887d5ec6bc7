"""A shop's own files as a Kedro dataset: described in YAML, read without losing a row."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from fnmatch import fnmatch
from pathlib import PurePosixPath
from typing import Any, Final

import fsspec
import pandas as pd
from kedro.io import AbstractDataset
from kedro_datasets._typing import TablePreview

from personalization.contracts.errors import ConfigurationError, SourceFileError
from personalization.contracts.sources import build_description
from personalization.datasets.raw_rows import FileFacts, RawFiles
from personalization.datasets.records import read_header, read_records

logger = logging.getLogger(__name__)

PREVIEW_ROWS: Final = 5
READING_THREADS: Final = 8


class RawFilesDataset(AbstractDataset[Mapping[str, pd.DataFrame], RawFiles]):
    """Loads the files of one source as ``RawFiles``; saves generated ones.

    The whole description of a source stands in its catalog entry, see
    ``personalization.contracts.sources.SourceDescription`` and ``conf/README.md``.
    ``load`` looks at the files' headers and hashes; rows are read when they are asked for. A header
    that lacks a column stops the run here, before anything is written.

    ``save`` takes a mapping from file name to frame and writes each as CSV, whole or not at all;
    an empty mapping writes nothing, so that a shop's own files are never touched.

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
        self, *, filepath: str | None, metadata: dict[str, Any] | None = None, **entry: Any
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
        except ConfigurationError as error:
            raise ConfigurationError(f"{filepath or entry.get('table')}: {error}") from error
        self._filepath = filepath
        self._filesystem = fsspec.core.url_to_fs(filepath)[0] if filepath else None
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
                f"No file matches {self._filepath}. Put the shop's files there, or run "
                "'kedro run --pipeline=data_generation' for the generated shop."
            )
        with ThreadPoolExecutor(READING_THREADS) as threads:
            facts = tuple(threads.map(self._look_at, paths))
        return RawFiles(self._description, facts)

    def save(self, data: Mapping[str, pd.DataFrame]) -> None:
        """Write each frame as a CSV file of its name.

        Raises:
            SourceFileError: the entry has no files, or would not find a file of that name again.
        """
        for name, frame in data.items():
            if self._filepath is None or self._filesystem is None:
                raise SourceFileError(
                    f"{name}: this entry has 'filepath: null', nothing is written."
                )
            folder, pattern = str(self._filepath).rsplit("/", 1)
            if not fnmatch(name, pattern):
                raise SourceFileError(f"{name}: the entry reads {pattern} and would not find it.")
            self._filesystem.makedirs(folder, exist_ok=True)
            part = f"{folder}/.{name}.part"
            with self._filesystem.open(part, "w", encoding="utf-8", newline="") as stream:
                frame.to_csv(stream, index=False, lineterminator="\n")
            self._filesystem.mv(part, f"{folder}/{name}")

    def preview(self, nrows: int = PREVIEW_ROWS) -> TablePreview:
        """The first rows of the first file, for kedro-viz; needs no Spark."""
        paths = sorted(self._paths()) if self._filesystem is not None else []
        mapped = self._description.mapped
        rows: list[list[str | None]] = []
        for path in paths[:1]:
            header = read_header(path, self._description.format) or ()
            wanted = [str(theirs) for theirs in mapped.values()]
            for record in read_records(path, self._description.format, header, wanted):
                rows.append(list(record.fields))
                if len(rows) == nrows:
                    break
        return TablePreview(
            {"index": list(range(len(rows))), "columns": list(mapped), "data": rows}
        )

    def _paths(self) -> list[str]:
        found: list[str] = self._filesystem.glob(self._filepath) if self._filesystem else []
        return [path for path in found if not PurePosixPath(path).name.startswith(".")]

    def _folder(self) -> str:
        """The part of the glob before its first wildcard, up to a slash."""
        before = str(self._filepath).split("*")[0].split("?")[0].split("[")[0]
        return before.rsplit("/", 1)[0]

    def _look_at(self, path: str) -> FileFacts:
        form = self._description.format
        name = path.removeprefix(self._folder()).lstrip("/")
        assert self._filesystem is not None  # noqa: S101 - load has seen to it
        with self._filesystem.open(path, "rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        header = None if form.kind == "json_lines" else self._header(path, name)
        wanted = {str(theirs) for theirs in self._description.mapped.values()}
        added = tuple(column for column in header or () if column not in wanted)
        return FileFacts(name, path, int(self._filesystem.size(path)), digest, header, added)

    def _header(self, path: str, name: str) -> tuple[str, ...] | None:
        form = self._description.format
        try:
            header = read_header(path, form)
        except (OSError, ValueError) as error:
            raise SourceFileError(f"{name}: its columns cannot be read: {error}") from error
        if header is None:
            logger.warning("%s is empty: no header, no rows", name)
            return None
        wanted = [str(theirs) for theirs in self._description.mapped.values()]
        missing = [column for column in wanted if column not in header]
        repeated = sorted({column for column in wanted if header.count(column) > 1})
        if missing or repeated:
            told = f"no column {', '.join(missing)}" if missing else f"{repeated} more than once"
            raise SourceFileError(
                f"{name}: {told}. The file has {len(header)}: {' | '.join(header)[:300]}. Was a "
                f"column renamed, or is the separator not '{form.separator}'? Nothing was written."
            )
        return header

    def _exists(self) -> bool:
        return self._filesystem is None or bool(self._paths())

    def _describe(self) -> dict[str, Any]:
        return {"filepath": self._filepath, "table": self._description.table}
