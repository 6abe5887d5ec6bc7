"""A Kedro dataset whose ``save`` is a Delta Lake MERGE."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial, reduce
from operator import and_
from typing import Any, Final

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F  # noqa: N812 - Spark's own custom

from personalization.contracts.errors import ContractError
from personalization.datasets.delta_table import DeltaTableDataset, Part
from personalization.datasets.locks import hold
from personalization.spark.build import active_session
from personalization.spark.frames import conflict_errors, null_safe_equal, persisted

logger = logging.getLogger(__name__)

EXAMPLES_SHOWN: Final = 5
ATTEMPTS: Final = 3
THERE: Final = "_there"  # marks rows of the table in a join
TOLD: Final = "_told"  # marks rows of the frame in a join
CHANGED: Final = "_changed"  # marks rows that are new or have other content
KNOWN: Final = "_known"  # marks rows whose key is in the table
GONE: Final = "_gone"  # marks rows of the table that the frame lacks


class DeltaMergeDataset(DeltaTableDataset[DataFrame | Part]):
    """``DeltaMergeDataset`` loads a Delta table and saves into it by MERGE on given keys.

    The first ``save`` creates the table. Later ones update the rows whose keys are there with
    other content and insert the rest; rows that are there unchanged are kept out of the MERGE, so
    that saving the same frame twice commits nothing the second time. A ``Part`` is the whole of a
    part of the table, or of all of it: it is written anew where it differs, without the rows that
    it lacks.

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

    def save(self, data: DataFrame | Part) -> None:
        """Create the table from ``data`` or merge ``data`` into it.

        Raises:
            ContractError: two rows share a key, or the columns are not those of the table.
            LockedError: another process held the table for too long.
        """
        if isinstance(data, DataFrame):
            self._write(data, self._merge)
        elif data.rows is not None:
            self._write(data.rows, partial(self._replace, where=data.where))

    def _write(self, rows: DataFrame, update: Callable[[DataFrame], None]) -> None:
        """Create the table, or update it, again where another writer came first."""
        with hold(self._filepath, self._lock_timeout_seconds):
            self._refuse_missing_columns(rows)
            if not self._exists():
                self._refuse_duplicate_keys(rows)
                self._create(rows)
                return
            self._fit_columns(rows)
            for attempt in range(1, ATTEMPTS + 1):
                try:
                    update(rows)
                except conflict_errors():
                    if attempt == ATTEMPTS:
                        raise
                    logger.warning(
                        "%s: another writer came first, attempt %d", self._filepath, attempt
                    )
                else:
                    return

    def _describe(self) -> dict[str, Any]:
        return {"filepath": self._filepath, "keys": self._keys, "load_args": self._load_args}

    def _create(self, rows: DataFrame) -> None:
        options = {k: v for k, v in self._save_args.items() if k != "partitionBy"}
        writer = rows.write.format("delta").mode("errorifexists").options(**options)
        writer.partitionBy(*self._save_args.get("partitionBy", [])).save(self._filepath)
        logger.info("%s: created", self._filepath)

    def _merge(self, rows: DataFrame) -> None:
        """MERGE what differs."""
        from delta.tables import DeltaTable

        self._refuse_duplicate_keys(rows)
        changed = self._compare(rows, self._current()).filter(F.col(CHANGED))
        with persisted(changed) as differing:
            if differing.isEmpty():
                logger.info("%s: nothing new, no commit", self._filepath)
                return
            table = DeltaTable.forPath(active_session(), self._filepath).alias("old")
            merge = table.merge(differing.alias("new"), self._same(self._keys))
            content: dict[str, str | Column] = {n: F.col(f"new.`{n}`") for n in rows.columns}
            merge.whenMatchedUpdate(set=content).whenNotMatchedInsert(values=content).execute()
        logger.info("%s: %s", self._filepath, self.last_commit())

    def _replace(self, rows: DataFrame, where: str | None) -> None:
        """Write a part of the table anew where it differs; rows that do not keep their stamps.

        One commit, and less work than a MERGE, which would look for the part's rows twice.
        """
        part = "true" if where is None else where
        compared = self._compare(rows, self._current().filter(part))
        with persisted(compared) as kept:
            outside = F.expr(f"NOT ({part})") & ~F.col(GONE)
            marks = (*(F.col(mark) for mark in (CHANGED, KNOWN, GONE)), outside)
            sums = (F.sum(mark.cast("long")) for mark in marks)
            changed, known, gone, strange = kept.agg(*sums).collect()[0]
            if strange:
                raise ContractError(
                    f"{self._filepath}: {strange} rows are not in the part of the table that they "
                    f"were to be ({where}). Nothing was written."
                )
            if not changed and not gone:
                logger.info("%s: nothing new, no commit", self._filepath)
                return
            self._refuse_duplicate_keys(kept)
            whole = kept.filter(~F.col(GONE)).select(*rows.columns).write.format("delta")
            if known:
                options = {} if where is None else {"replaceWhere": where}
                whole.mode("overwrite").options(**options).save(self._filepath)
            else:
                whole.mode("append").save(self._filepath)
        logger.info("%s: %d rows new or changed, %d gone", self._filepath, changed, gone)

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

    def _compare(self, rows: DataFrame, current: DataFrame) -> DataFrame:
        """The rows beside those of the table with the same key.

        Grain: one row per key that is in either. Columns: those of the table (its own stamps where
        a row has not changed), ``_changed`` (new, or with other content), ``_known`` (the key is in
        the table), ``_gone`` (it is in the table only).
        """
        content = [n for n in rows.columns if n not in {*self._keys, *self._stamps}]
        there = current.withColumn(THERE, F.lit(True)).alias("old")  # noqa: FBT003 - a literal
        told = rows.withColumn(TOLD, F.lit(True)).alias("new")  # noqa: FBT003
        # Joined by the key alone: content in the condition would be shuffled and sorted by as well.
        joined = told.join(there, self._same(self._keys), how="full_outer")
        known, gone = F.col(THERE).isNotNull(), F.col(TOLD).isNull()
        unchanged = known & ~gone & self._same(content)
        values = (
            F.when(gone | unchanged, F.col(f"old.`{n}`")).otherwise(F.col(f"new.`{n}`")).alias(n)
            for n in rows.columns
        )
        changed = ~gone & ~unchanged
        return joined.select(*values, changed.alias(CHANGED), known.alias(KNOWN), gone.alias(GONE))

    def _same(self, names: list[str]) -> Column:
        """True where the columns of both sides are equal."""
        return reduce(and_, (null_safe_equal(n, "new", "old") for n in names), F.lit(True))  # noqa: FBT003
