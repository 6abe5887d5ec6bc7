"""A Kedro dataset whose ``save`` is a Delta Lake MERGE."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import Any, Final

from kedro.io import AbstractDataset
from kedro_datasets._typing import TablePreview
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F  # noqa: N812 - Spark's own custom

from personalization.contracts.errors import ContractError
from personalization.datasets.locks import hold, local_path
from personalization.spark.build import active_session
from personalization.spark.frames import conflict_errors, null_safe_equal, persisted

logger = logging.getLogger(__name__)

EXAMPLES_SHOWN: Final = 5
ATTEMPTS: Final = 3
THERE: Final = "_there"  # marks rows of the table in a join


@dataclass(frozen=True)
class CommitCounts:
    """What the newest commit of a table did, as Delta's history has it.

    Attributes:
        version: of the table, from 0.
        inserted: rows that were not there.
        updated: rows whose key was there with other content.
    """

    version: int
    inserted: int
    updated: int


class DeltaMergeDataset(AbstractDataset[DataFrame, DataFrame]):
    """``DeltaMergeDataset`` loads a Delta table and saves into it by MERGE on given keys.

    The first ``save`` creates the table. Later ones update the rows whose keys are there with
    other content and insert the rest; rows that are there unchanged are kept out of the MERGE, so
    that saving the same frame twice commits nothing the second time.

    - Keys are compared null-safe: a null key matches a null key.
    - A frame in which two rows share a key is refused by name; nothing is written.
    - A frame whose columns or types differ from the table's is refused, naming them.
    - Columns named in ``stamps`` (when, by which run) do not count as content.
    - On a local disk a lock of its own keeps two processes apart, because Delta's log store for
      local files protects one JVM only. On object storage conflicts that Delta reports are retried.

    Examples:
        Using the YAML API:

        ```yaml
        prm_items:
          type: personalization.datasets.delta_merge.DeltaMergeDataset
          filepath: data/03_primary/prm_items
          keys: [item_id]
          stamps: [batch_id, ingested_at]

        prm_items_before:
          type: personalization.datasets.delta_merge.DeltaMergeDataset
          filepath: data/03_primary/prm_items
          keys: [item_id]
          load_args: {versionAsOf: 3}
        ```
    """

    # Spark frames do not cross processes: use ThreadRunner for parallel nodes.
    _SINGLE_PROCESS = True

    def __init__(  # noqa: PLR0913 - a catalog entry's keys
        self,
        *,
        filepath: str,
        keys: list[str],
        stamps: list[str] | None = None,
        load_args: dict[str, Any] | None = None,
        save_args: dict[str, Any] | None = None,
        lock_timeout_seconds: float = 600,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        """Creates a new instance of ``DeltaMergeDataset``.

        Args:
            filepath: folder of the table: a path, or a URL that Spark can write.
            keys: columns that identify a row.
            stamps: columns that are written but do not make a row differ.
            load_args: options of Spark's Delta reader, for example ``versionAsOf``.
            save_args: options of the write that creates the table; ``partitionBy`` is a list.
            lock_timeout_seconds: how long to wait for another process on a local disk.
            metadata: ignored by Kedro; for plugins.

        Raises:
            ContractError: no key is given.
        """
        given: dict[str, object] = {"keys": keys, "stamps": stamps}
        for name, value in given.items():
            if isinstance(value, str):
                raise ContractError(f"{filepath}: '{name}' is a list: [{value}].")
        if not keys:
            raise ContractError(
                f"{filepath}: 'keys' names no column, so that nothing can be merged."
            )
        self._filepath = filepath
        self._keys = list(keys)
        self._stamps = list(stamps or [])
        self._load_args = dict(load_args or {})
        self._save_args = dict(save_args or {})
        self._lock_timeout_seconds = lock_timeout_seconds
        self.metadata = metadata

    def load(self) -> DataFrame:
        """The table, or the version that ``load_args`` ask for."""
        reader = active_session().read.format("delta")
        return reader.options(**self._load_args).load(self._filepath)

    def save(self, data: DataFrame) -> None:
        """Create the table from ``data`` or merge ``data`` into it.

        Raises:
            ContractError: two rows share a key, or the columns are not those of the table.
            LockedError: another process held the table for too long.
        """
        with hold(self._filepath, self._lock_timeout_seconds), persisted(data) as rows:
            self._refuse_missing_columns(rows)
            self._refuse_duplicate_keys(rows)
            for attempt in range(1, ATTEMPTS + 1):
                try:
                    self._write(rows)
                except conflict_errors():
                    if attempt == ATTEMPTS:
                        raise
                    logger.warning(
                        "%s: another writer came first, attempt %d", self._filepath, attempt
                    )
                else:
                    return

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
        )

    def preview(self, nrows: int = 5) -> TablePreview:
        """The first rows, for kedro-viz; an empty table where nothing was saved yet."""
        if not self._exists():
            return TablePreview({"index": [], "columns": [], "data": []})
        rows = self.load().limit(nrows)
        texts = rows.select(*(F.col(name).cast("string").alias(name) for name in rows.columns))
        data = [list(row) for row in texts.collect()]
        return TablePreview(
            {"index": list(range(len(data))), "columns": rows.columns, "data": data}
        )

    def _exists(self) -> bool:
        folder = local_path(self._filepath)
        if folder is not None and not (folder / "_delta_log").is_dir():
            return False  # told without starting Spark
        from delta.tables import DeltaTable

        return bool(DeltaTable.isDeltaTable(active_session(), self._filepath))

    def _describe(self) -> dict[str, Any]:
        return {"filepath": self._filepath, "keys": self._keys, "load_args": self._load_args}

    def _create(self, rows: DataFrame) -> None:
        options = {k: v for k, v in self._save_args.items() if k != "partitionBy"}
        writer = rows.write.format("delta").mode("errorifexists").options(**options)
        writer.partitionBy(*self._save_args.get("partitionBy", [])).save(self._filepath)

    def _write(self, rows: DataFrame) -> None:
        if self._exists():
            self._refuse_other_columns(rows)
            with persisted(self._changed(rows)) as changed:
                if changed.isEmpty():
                    logger.info("%s: nothing new, no commit", self._filepath)
                    return
                self._merge(changed)
        else:
            self._create(rows)
        logger.info("%s: %s", self._filepath, self.last_commit())

    def _refuse_missing_columns(self, rows: DataFrame) -> None:
        named = {"key": self._keys, "stamp": self._stamps}
        for role, names in named.items():
            missing = [name for name in names if name not in rows.columns]
            if missing:
                raise ContractError(
                    f"{self._filepath}: the frame has no {role} column {', '.join(missing)}. "
                    "Nothing was written."
                )

    def _refuse_duplicate_keys(self, rows: DataFrame) -> None:
        repeated = rows.groupBy(*self._keys).count().filter(F.col("count") > 1)
        examples = [row.asDict() for row in repeated.limit(EXAMPLES_SHOWN).collect()]
        if examples:
            raise ContractError(
                f"{self._filepath}: rows share the key ({', '.join(self._keys)}), so that a MERGE "
                f"could not tell which one holds. Examples: {examples}. Nothing was written."
            )

    def _refuse_other_columns(self, rows: DataFrame) -> None:
        here = {field.name: field.dataType.simpleString() for field in rows.schema}
        there = {f.name: f.dataType.simpleString() for f in self._current().schema}
        if here != there:
            differing = sorted(n for n in here.keys() | there.keys() if here.get(n) != there.get(n))
            told = ", ".join(
                f"{n} ({there.get(n)} in the table, {here.get(n)} now)" for n in differing
            )
            raise ContractError(f"{self._filepath}: columns differ: {told}. Nothing was written.")

    def _current(self) -> DataFrame:
        return active_session().read.format("delta").load(self._filepath)

    def _changed(self, rows: DataFrame) -> DataFrame:
        """Rows that are not in the table, or are there with other content."""
        content = [n for n in rows.columns if n not in {*self._keys, *self._stamps}]
        there = self._current().withColumn(THERE, F.lit(True))  # noqa: FBT003 - a literal column
        # Joined by the key alone: content in the condition would be shuffled and sorted by as well.
        joined = rows.alias("new").join(there.alias("old"), self._same(self._keys), how="left")
        unchanged = self._same(content) & F.coalesce(F.col(THERE), F.lit(False))  # noqa: FBT003
        return joined.filter(~unchanged).select("new.*")

    def _same(self, names: list[str]) -> Column:
        """True where the columns of both sides are equal."""
        return reduce(and_, (null_safe_equal(n, "new", "old") for n in names), F.lit(True))  # noqa: FBT003

    def _merge(self, changed: DataFrame) -> None:
        from delta.tables import DeltaTable

        table = DeltaTable.forPath(active_session(), self._filepath).alias("old")
        merge = table.merge(changed.alias("new"), self._same(self._keys))
        merge.whenMatchedUpdateAll().whenNotMatchedInsertAll().execute()
