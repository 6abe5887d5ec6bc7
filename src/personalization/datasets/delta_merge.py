"""A Kedro dataset whose ``save`` is a Delta Lake MERGE."""

from __future__ import annotations

import logging
from functools import reduce
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
NEW: Final = "_new_"  # begins the names of a MERGE's source
KNOWN: Final = "_known"  # marks changed rows whose key is in the table
GONE: Final = "_gone"  # marks rows of the table that a part no longer holds


class DeltaMergeDataset(DeltaTableDataset[DataFrame | Part]):
    """``DeltaMergeDataset`` loads a Delta table and saves into it by MERGE on given keys.

    The first ``save`` creates the table. Later ones update the rows whose keys are there with
    other content and insert the rest; rows that are there unchanged are kept out of the MERGE, so
    that saving the same frame twice commits nothing the second time. A ``Part`` is the whole of a
    part of the table: rows of it that are there and not in the frame are deleted.

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
        part = data if isinstance(data, Part) else None
        rows = data.rows if isinstance(data, Part) else data
        if rows is None:
            return
        with hold(self._filepath, self._lock_timeout_seconds):
            self._refuse_missing_columns(rows)
            if not self._exists():
                self._refuse_duplicate_keys(rows)
                self._create(rows)
            elif part is None or part.where is not None:
                with persisted(rows) as kept:
                    self._refuse_duplicate_keys(kept)
                    self._update(kept, part)
            else:  # the whole table: too much to keep beside it
                self._refuse_duplicate_keys(rows)
                self._update(rows, part)

    def _describe(self) -> dict[str, Any]:
        return {"filepath": self._filepath, "keys": self._keys, "load_args": self._load_args}

    def _create(self, rows: DataFrame) -> None:
        options = {k: v for k, v in self._save_args.items() if k != "partitionBy"}
        writer = rows.write.format("delta").mode("errorifexists").options(**options)
        writer.partitionBy(*self._save_args.get("partitionBy", [])).save(self._filepath)
        logger.info("%s: %s", self._filepath, self.last_commit())

    def _update(self, rows: DataFrame, part: Part | None) -> None:
        """Merge what differs, again where another writer came first."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                self._merge(rows, part)
            except conflict_errors():
                if attempt == ATTEMPTS:
                    raise
                logger.warning("%s: another writer came first, attempt %d", self._filepath, attempt)
            else:
                return

    def _merge(self, rows: DataFrame, part: Part | None) -> None:
        from delta.tables import DeltaTable

        self._refuse_other_columns(rows)
        with persisted(self._changed(rows, part)) as changed:
            known = {row[KNOWN] for row in changed.select(KNOWN).distinct().collect()}
            if not known:
                logger.info("%s: nothing new, no commit", self._filepath)
                return
            if known == {False}:
                # What no key matches needs no MERGE, which would read the table for it.
                new = changed.select(*rows.columns)
                new.write.format("delta").mode("append").save(self._filepath)
                logger.info("%s: %s", self._filepath, self.last_commit())
                return
            table = DeltaTable.forPath(active_session(), self._filepath).alias("old")
            keys = (F.col(f"old.`{n}`").eqNullSafe(F.col(f"{NEW}{n}")) for n in self._keys)
            # Other names for what is new: those of the part's condition are the table's.
            renamed = changed.withColumnsRenamed({n: f"{NEW}{n}" for n in rows.columns})
            within = [F.expr(part.where)] if part and part.where else []
            content: dict[str, str | Column] = {n: F.col(f"{NEW}{n}") for n in rows.columns}
            (
                table.merge(renamed, reduce(and_, [*keys, *within]))
                .whenMatchedDelete(F.col(GONE))
                .whenMatchedUpdate(set=content)
                .whenNotMatchedInsert(~F.col(GONE), content)
                .execute()
            )
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

    def _changed(self, rows: DataFrame, part: Part | None) -> DataFrame:
        """Rows that are not in the table or are there with other content; what a part lacks.

        Adds: ``_known``, true where the key is in the table; ``_gone``, true for rows of the table
        that the part no longer holds.
        """
        content = [n for n in rows.columns if n not in {*self._keys, *self._stamps}]
        current = self._current()
        if part and part.where:
            current = current.filter(part.where)
        there = current.withColumn(THERE, F.lit(True)).alias("old")  # noqa: FBT003 - a literal
        told = rows.withColumn(TOLD, F.lit(True)).alias("new")  # noqa: FBT003
        # Joined by the key alone: content in the condition would be shuffled and sorted by as well.
        how = "full_outer" if part else "left"
        joined = told.join(there, self._same(self._keys), how=how)
        both = F.col(TOLD).isNotNull() & F.col(THERE).isNotNull()
        gone = F.col(TOLD).isNull()
        values = (
            F.when(gone, F.col(f"old.`{n}`")).otherwise(F.col(f"new.`{n}`")).alias(n)
            for n in rows.columns
        )
        differing = joined.filter(~(both & self._same(content)))
        known = F.col(THERE).isNotNull()
        return differing.select(*values, gone.alias(GONE), known.alias(KNOWN))

    def _same(self, names: list[str]) -> Column:
        """True where the columns of both sides are equal."""
        return reduce(and_, (null_safe_equal(n, "new", "old") for n in names), F.lit(True))  # noqa: FBT003
