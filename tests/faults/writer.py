"""One of several processes that save batches into one table and say which they have saved."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from personalization.datasets.delta_merge import DeltaMergeDataset

GO = "go"
READY = "ready"
SAVED = "saved"  # begins a line about a batch; logs may stand between them
POLL_SECONDS = 0.02


def open_table(folder: Path) -> DeltaMergeDataset:
    from personalization.datasets.delta_merge import DeltaMergeDataset

    return DeltaMergeDataset(filepath=str(folder), keys=["batch", "place"])


def save_batches(folder: Path, batches: Iterable[str], report: Callable[[str], object]) -> None:
    """Save two rows for each batch, and report its name once it is saved."""
    from personalization.spark.build import active_session

    table = open_table(folder)
    for batch in batches:
        rows = f"SELECT '{batch}' AS batch, place FROM VALUES (1), (2) AS t(place)"
        table.save(active_session().sql(rows))
        report(batch)


def main(folder: Path, name: str, times: int) -> None:
    """Start Spark, wait for the file ``go`` beside the table, then save ``times`` batches."""
    from personalization.config.layers import LayeredConfigLoader
    from personalization.settings import CONFIG_LOADER_ARGS
    from personalization.spark import build

    build.hand_over(LayeredConfigLoader("conf", "test", **CONFIG_LOADER_ARGS)["spark"])
    build.active_session().range(1).count()
    (folder.parent / f"{name}.{READY}").touch()
    while not (folder.parent / GO).exists():
        time.sleep(POLL_SECONDS)
    batches = [f"{name}-{number}" for number in range(times)]
    save_batches(folder, batches, lambda batch: print(SAVED, batch, time.time(), flush=True))  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
