"""Generates a small shop in a process of its own and prints a hash of every file as JSON.

Arguments: folder, cores, and tasks for each core.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

from personalization.contracts.schemas import RAW_TABLES
from personalization.datasets.raw_files import RawFilesDataset
from personalization.pipelines.data_generation import nodes, tasks
from personalization.simulation import world as worlds
from tests.simulation.options_of import options_of

SMALL = {"days": 21, "n_users": 200, "n_strangers": 300, "n_products": 60, "visits_per_user": 4}
CHANGES = {
    "shop": {"size": "small", "test_days": 7, "sizes": {"small": SMALL}},
    "dirt": {"redelivered_share": 0.3, "duplicate_share": 0.02, "late_share": 0.02},
}
SETTINGS = {
    "spark.ui.enabled": False,
    "spark.driver.memory": "1g",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.sql.session.timeZone": "UTC",
}


def generate(folder: Path) -> dict[str, str]:
    """Hashes of all files, and of what else is published."""
    options = options_of("base", "test", **CHANGES)
    world = nodes.draw_world(*options)
    happenings = nodes.simulate_happenings(world).localCheckpoint()
    for table, pieces in zip(RAW_TABLES, nodes.deliver_files(world, happenings), strict=True):
        whole = table in {"users", "products"}
        pattern = f"{folder}/{table}.csv" if whole else f"{folder}/{table}/*.csv"
        RawFilesDataset(filepath=pattern, table=table).save(pieces)
    best = nodes.find_best_items(world, options.shop)
    found = {"dirt": nodes.list_dirt(world, happenings), "best": best}
    found["sessions"] = nodes.list_sessions(world, happenings)
    hashes = {
        name: hashlib.sha256(repr(sorted(map(repr, frame.collect()))).encode()).hexdigest()
        for name, frame in found.items()
    }
    for path in folder.rglob("*.csv"):
        hashes[str(path.relative_to(folder))] = hashlib.sha256(path.read_bytes()).hexdigest()
    return hashes


def main(folder: str, cores: str, per_core: str) -> None:
    from personalization.spark import build

    build.hand_over(
        {
            **SETTINGS,
            "spark.master": f"local[{cores}]",
            "spark.sql.shuffle.partitions": per_core,
        }
    )
    tasks.TASKS_PER_CORE = int(per_core)
    worlds.MOST_PEOPLE_PER_BLOCK = 16 * int(per_core)  # other people beside each other, too
    json.dump(generate(Path(folder)), sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
