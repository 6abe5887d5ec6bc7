"""A shop's folder and its tables, taken in by the whole of data_processing as often as asked.

The catalog is the project's own; only the descriptions of the raw files are given by the test.
"""

from __future__ import annotations

import itertools
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, ClassVar

from kedro.io import DataCatalog
from kedro.runner import ThreadRunner

from personalization.config.layers import LayeredConfigLoader
from personalization.contracts.schemas import RAW_TABLES
from personalization.pipelines.data_processing import create_pipeline
from personalization.pipelines.data_processing.derivation import Derivation
from personalization.pipelines.data_processing.options import Batch, Intake, Limits, Rebuilt, Rules
from personalization.settings import CONFIG_LOADER_ARGS

if TYPE_CHECKING:
    from collections import Counter

    from pyspark.sql import DataFrame

PROJECT = Path(__file__).parents[1]
KEY = "0123456789abcdef"
STAMPS = ("batch_id", "ingested_at")
PUBLISHED = (
    *("prm_user_item_interactions", "prm_users", "prm_items", "prm_impressions", "prm_searches"),
)
RAW = "personalization.datasets.raw_files.RawFilesDataset"
ONE_AT_A_TIME = Lock()  # OmegaConf's resolvers, which know the data root, are the process's own


def hash_rows(table: DataFrame) -> Counter[int]:
    """Every row's hash to how often it is there; the stamps of a run do not count."""
    from collections import Counter

    content = sorted(name for name in table.columns if name not in STAMPS)
    rows = table.selectExpr(f"xxhash64(to_json(struct({', '.join(content)}))) AS h").groupBy("h")
    return Counter({row["h"]: row["count"] for row in rows.count().collect()})


class Shop:
    """One shop: files come into ``inbox/<table>/``, ``ingest`` takes them in.

    Args:
        folder: an empty folder for files and tables.
        sources: table to the keys of its catalog entry; other tables are not delivered.

    Attributes:
        workers: nodes that run at the same time; planning takes one core only.
    """

    workers: ClassVar[int] = 2

    def __init__(self, folder: Path, **sources: dict[str, Any]) -> None:
        self.inbox = folder / "inbox"
        self._sources = sources
        self._numbers = itertools.count(1)
        parameters = {"data_root": str(folder / "data")}
        with ONE_AT_A_TIME:
            loader = LayeredConfigLoader(
                str(PROJECT / "conf"), "test", runtime_params=parameters, **CONFIG_LOADER_ARGS
            )
            self._entries = loader["catalog"]
            self.rules = Rules(**loader["parameters"]["data_processing"]["rules"])
        for table in RAW_TABLES:
            entry = {
                "filepath": f"{self.inbox}/{table}/*",
                **sources.get(table, {"filepath": None}),
            }
            entry = {"credentials": "pseudonyms", **entry}
            self._entries[f"raw_{table}"] = {"type": RAW, "table": table, **entry}
            (self.inbox / table).mkdir(parents=True, exist_ok=True)

    def deliver(self, table: str, **files: str | bytes) -> None:
        """Write files by name; ``__`` in a name is a dot: ``a__csv`` is a.csv."""
        for name, content in files.items():
            path = self.inbox / table / name.replace("__", ".")
            path.write_bytes(content if isinstance(content, bytes) else content.encode())

    def ingest(
        self,
        batch_id: str | None = None,
        *,
        limits: Limits | None = None,
        rebuilt: Rebuilt | None = None,
        **options: Any,
    ) -> dict[str, Any]:
        """Run data_processing; the report of what came in.

        Args:
            batch_id: of the run; a new one where none is given.
            limits: none are set where none are given.
            rebuilt: days to rebuild.
            options: other groups of parameters by name: ``rules``, ``derivation``.
        """
        number = next(self._numbers)
        catalog = self.catalog()
        given = {
            "batch": Batch(batch_id or f"b{number}", f"2026-06-30 12:{number % 60:02}:00"),
            "limits": limits or Limits(fault_share=1, rejected_share=1, file_fault_share=1),
            "intake": Intake(rebuilt or Rebuilt()),
            "rules": self.rules,
            "derivation": Derivation(),
            **options,
        }
        for name, value in given.items():
            catalog[f"params:data_processing.{name}"] = value
        ThreadRunner(max_workers=self.workers).run(create_pipeline(), catalog)
        return catalog.load("report_ingestion")

    def catalog(self) -> DataCatalog:
        return DataCatalog.from_config(self._entries, {"pseudonyms": {"key": KEY}})

    def load(self, name: str) -> DataFrame:
        return self.catalog().load(name)

    def hashes(self) -> dict[str, Counter[int]]:
        """Row hashes of every published table."""
        return {name: hash_rows(self.load(name)) for name in PUBLISHED}

    def version(self, name: str) -> int:
        """Newest version of a Delta table."""
        return self.catalog().get(name).last_commit().version
