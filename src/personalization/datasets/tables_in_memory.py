"""Tables that a run makes and does not write: what a dry run saves into."""

from __future__ import annotations

from typing import Any

from kedro.io import AbstractDataset
from pyspark.sql import DataFrame

from personalization.contracts.errors import MissingInputError
from personalization.datasets.delta_table import Part


class TableInMemory(AbstractDataset[DataFrame | Part, DataFrame | None]):
    """Stands for a Delta table: a part that is saved is all that is loaded.

    Its rows are kept by Spark, so it suits few.
    """

    _SINGLE_PROCESS = True

    def __init__(self, *, name: str, optional: bool = False) -> None:
        """Creates a new instance of ``TableInMemory``.

        Args:
            name: of the dataset that it stands for.
            optional: load None where nothing was saved, instead of failing.
        """
        self._name = name
        self._optional = optional
        self._rows: DataFrame | None = None

    def load(self) -> DataFrame | None:
        """What was saved last."""
        if self._rows is None and not self._optional:
            raise MissingInputError(f"'{self._name}': nothing was saved in this dry run.")
        return self._rows

    def save(self, data: DataFrame | Part) -> None:
        """Keep the frame."""
        rows = data.rows if isinstance(data, Part) else data
        # What comes after begins from rows, as it does from a table: plans in plans grow too large.
        self._rows = None if rows is None else rows.localCheckpoint()

    def _exists(self) -> bool:
        return self._rows is not None

    def _describe(self) -> dict[str, Any]:
        return {"name": self._name}
