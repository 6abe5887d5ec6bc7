"""A Kedro dataset whose ``save`` replaces a part of a Delta table in one commit."""

from __future__ import annotations

import logging
from typing import Any

from pyspark.sql import DataFrame

from personalization.datasets.delta_table import DeltaTableDataset, Part
from personalization.datasets.locks import hold

logger = logging.getLogger(__name__)


class DeltaPartsDataset(DeltaTableDataset[Part]):
    """``DeltaPartsDataset`` loads a Delta table and replaces the part of it that is saved.

    A ``Part`` says by a condition which rows of the table it stands for: they go and its own come
    in one commit, so that a reader sees the one or the other. The first ``save`` creates the table,
    also without rows. Saving a part again leaves the table as it is.

    Examples:
        Using the YAML API:

        ```yaml
        int_orders:
          type: personalization.datasets.delta_parts.DeltaPartsDataset
          filepath: data/02_intermediate/int_orders

        int_orders_before:
          type: personalization.datasets.delta_parts.DeltaPartsDataset
          filepath: data/02_intermediate/int_orders
          optional: true # None where there is no table yet
        ```
    """

    def __init__(
        self,
        *,
        filepath: str,
        optional: bool = False,
        load_args: dict[str, Any] | None = None,
        lock_timeout_seconds: float = 600,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        """Creates a new instance of ``DeltaPartsDataset``.

        Args:
            filepath: folder of the table: a path, or a URL that Spark can write.
            optional: load None where there is no table yet, instead of failing.
            load_args: options of Spark's Delta reader, for example ``versionAsOf``.
            lock_timeout_seconds: how long to wait for another process on a local disk.
            metadata: ignored by Kedro; for plugins.
        """
        self._filepath = filepath
        self._optional = optional
        self._load_args = dict(load_args or {})
        self._lock_timeout_seconds = lock_timeout_seconds
        self.metadata = metadata

    def save(self, data: Part) -> None:
        """Replace the part of the table that ``data`` stands for.

        Raises:
            ContractError: the columns are not those of the table.
            LockedError: another process held the table for too long.
        """
        if data.rows is None:
            return
        with hold(self._filepath, self._lock_timeout_seconds):
            self._replace(data.rows, data.where)
        logger.info("%s: written", self._filepath)

    def _replace(self, rows: DataFrame, where: str | None) -> None:
        writer = rows.write.format("delta")
        if not self._exists():
            writer.mode("errorifexists").save(self._filepath)
            return
        self._fit_columns(rows)
        options = {} if where is None else {"replaceWhere": where}
        writer.mode("overwrite").options(**options).save(self._filepath)

    def _describe(self) -> dict[str, Any]:
        return {"filepath": self._filepath, "load_args": self._load_args}
