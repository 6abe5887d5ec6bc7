"""What the project's Delta datasets share: where the table is, whether it is there, its lock."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from kedro.io import AbstractDataset
from kedro_datasets._typing import TablePreview
from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812 - Spark's own custom

from personalization.contracts.errors import ContractError, MissingInputError
from personalization.datasets.commit_log import require_whole_log
from personalization.datasets.locks import local_path
from personalization.spark.build import active_session

logger = logging.getLogger(__name__)

Saved = TypeVar("Saved")


@dataclass(frozen=True)
class Part:
    """Rows that are the whole of a part of a table.

    Attributes:
        rows: the rows as they shall be; None says that nothing is to be done.
        where: SQL condition on the table's columns that says which part it is; None: all of it.
    """

    rows: DataFrame | None
    where: str | None = None


@dataclass(frozen=True)
class CommitCounts:
    """What the newest commit of a table did, as Delta's history has it.

    Attributes:
        version: of the table, from 0.
        inserted: rows that were not there.
        updated: rows whose key was there with other content.
        deleted: rows that are there no more.
    """

    version: int
    inserted: int
    updated: int
    deleted: int = 0


class DeltaTableDataset(AbstractDataset[Saved, DataFrame | None], Generic[Saved]):
    """Base of the datasets that write a Delta table of the project each in its own way."""

    # Spark frames do not cross processes: use ThreadRunner for parallel nodes.
    _SINGLE_PROCESS = True

    _filepath: str
    _load_args: dict[str, Any]
    _lock_timeout_seconds: float
    _optional: bool = False

    @property
    def location(self) -> str:
        """Folder of the table."""
        return self._filepath

    def load(self) -> DataFrame | None:
        """The table, or the version that ``load_args`` ask for.

        None where there is no table yet and the entry says ``optional: true``.

        Raises:
            DamagedTableError: the newest commit of its log was cut or emptied.
            MissingInputError: there is no table.
        """
        if self._optional and not self._exists():
            return None
        return self._read(self._load_args)

    def last_commit(self) -> CommitCounts:
        """Row counts of the newest commit, read from Delta's history without touching the data."""
        from delta.tables import DeltaTable

        table = DeltaTable.forPath(active_session(), self._filepath)
        newest = table.history(1).select("version", "operationMetrics").first()
        metrics: Mapping[str, str] = newest["operationMetrics"] if newest else {}
        created = int(metrics.get("numOutputRows", 0))
        return CommitCounts(
            version=int(newest["version"]) if newest else 0,
            inserted=int(metrics.get("numTargetRowsInserted", created)),
            updated=int(metrics.get("numTargetRowsUpdated", 0)),
            deleted=int(metrics.get("numTargetRowsDeleted", 0)),
        )

    def preview(self, nrows: int = 5) -> TablePreview:
        """The first rows, for kedro-viz; an empty table where nothing was saved yet."""
        if not self._exists():
            return TablePreview({"index": [], "columns": [], "data": []})
        rows = self._current().limit(nrows)
        texts = rows.select(*(F.col(name).cast("string").alias(name) for name in rows.columns))
        data = [list(row) for row in texts.collect()]
        return TablePreview(
            {"index": list(range(len(data))), "columns": rows.columns, "data": data}
        )

    def _current(self) -> DataFrame:
        return self._read({})

    def _read(self, options: Mapping[str, Any]) -> DataFrame:
        if not self._exists():
            raise MissingInputError(
                f"{self._filepath}: no table is there. If it was: 'kedro repair' notes it, and the "
                "next run makes it again; name --env and --data-root as for the run."
            )
        require_whole_log(self._filepath)
        return active_session().read.format("delta").options(**options).load(self._filepath)

    def _exists(self) -> bool:
        folder = local_path(self._filepath)
        if folder is not None and not (folder / "_delta_log").is_dir():
            return False  # told without starting Spark
        from delta.tables import DeltaTable

        return bool(DeltaTable.isDeltaTable(active_session(), self._filepath))

    def _fit_columns(self, rows: DataFrame) -> None:
        """Add the columns that the table lacks; its older rows have null there.

        Raises:
            ContractError: a column of the table is missing, or has another type.
        """
        here = {field.name: field.dataType.simpleString() for field in rows.schema}
        there = {f.name: f.dataType.simpleString() for f in self._current().schema}
        differing = sorted(name for name, kind in there.items() if here.get(name) != kind)
        if differing:
            told = ", ".join(f"{n} ({there[n]} in the table, {here.get(n)} now)" for n in differing)
            raise ContractError(f"{self._filepath}: columns differ: {told}. Nothing was written.")
        added = [name for name in here if name not in there]
        if added:
            writer = rows.limit(0).write.format("delta").mode("append")
            writer.option("mergeSchema", "true").save(self._filepath)
            logger.info("%s: new columns: %s", self._filepath, ", ".join(added))


def delta_location(dataset: AbstractDataset[Any, Any]) -> str | None:
    """Folder of the Delta table behind a catalog entry; None where it is no Delta table."""
    if isinstance(dataset, DeltaTableDataset):
        return str(dataset.location)
    # kedro-datasets has no public name for either.
    is_delta = getattr(dataset, "_file_format", None) == "delta"
    return str(vars(dataset)["_filepath"]) if is_delta else None
