"""A small shop's files, written as the catalog's raw entries are."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from personalization.contracts.schemas import RAW_TABLES
from personalization.datasets.raw_files import RawFilesDataset
from personalization.pipelines.data_generation import nodes
from tests.simulation.options_of import options_of

if TYPE_CHECKING:
    from pathlib import Path

    from pyspark.sql import DataFrame

SMALL = {"days": 21, "n_users": 300, "n_strangers": 300, "n_products": 60, "visits_per_user": 4}
CHANGES = {
    "shop": {"size": "small", "test_days": 7, "sizes": {"small": SMALL}},
    "dirt": {"redelivered_share": 0.3, "duplicate_share": 0.02, "late_share": 0.02},
}


def datasets(folder: Path) -> list[RawFilesDataset]:
    """The five raw entries, as the catalog has them."""
    found = []
    for table in RAW_TABLES:
        whole = table in {"users", "products"}
        pattern = f"{folder}/{table}.csv" if whole else f"{folder}/{table}/*.csv"
        found.append(RawFilesDataset(filepath=pattern, table=table))
    return found


def generate(folder: Path, **changes: object) -> DataFrame:
    """Everything that happens, after the files were written."""
    world = nodes.draw_world(*options_of("base", "test", **{**CHANGES, **changes}))
    happenings = nodes.simulate_happenings(world).localCheckpoint()
    for dataset, pieces in zip(
        datasets(folder), nodes.deliver_files(world, happenings), strict=True
    ):
        dataset.save(pieces)
    return happenings


def read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as stream:
        return list(csv.DictReader(stream))
