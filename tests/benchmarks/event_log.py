"""What Spark says of its own work in its event log: stages that shuffle, files that scans read."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

FILES_READ = "number of files read"
SQL = "org.apache.spark.sql.execution.ui.SparkListener"
TABLE = re.compile(r"/((?:int|prm)_\w+)")


class Work(NamedTuple):
    """Of a stretch of the log.

    Attributes:
        jobs: that Spark ran.
        shuffles: stages whose rows were dealt out by a key.
        shuffled: bytes that they wrote.
        files_read: table to files that scans of it opened, each scan counted.
        scans: table to scans of it.
    """

    jobs: int
    shuffles: int
    shuffled: int
    files_read: Counter[str]
    scans: Counter[str]


class EventLog:
    """Follows the log of the running application in ``folder``; each ``read`` goes on from before.

    Args:
        folder: ``spark.eventLog.dir``; rolling and compression have to be off.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._offset = 0
        self._tables: dict[int, str] = {}  # accumulator of a scan's files to its table

    @staticmethod
    def settings(folder: Path) -> dict[str, object]:
        """What a session needs to write the log."""
        return {
            "spark.eventLog.enabled": True,
            "spark.eventLog.dir": folder.as_uri(),
            "spark.eventLog.rolling.enabled": False,
            "spark.eventLog.compress": False,
        }

    def read(self) -> Work:
        """The work since the last call."""
        jobs = shuffles = shuffled = 0
        files, scans = Counter[str](), Counter[str]()
        for event in self._new_events():
            kind = event["Event"]
            if kind == "SparkListenerJobStart":
                jobs += 1
            elif kind == "SparkListenerStageCompleted":
                written = shuffle_bytes(event["Stage Info"])
                shuffles, shuffled = shuffles + bool(written), shuffled + written
            elif kind.startswith(SQL):
                self._learn_scans(event.get("sparkPlanInfo"))
                for accumulator, value in event.get("accumUpdates", ()):
                    if accumulator in self._tables:
                        files[self._tables[accumulator]] += value
                        scans[self._tables[accumulator]] += 1
        return Work(jobs, shuffles, shuffled, files, scans)

    def _new_events(self) -> Iterator[dict[str, Any]]:
        (path,) = (one for one in self._folder.iterdir() if not one.name.endswith(".crc"))
        with path.open("rb") as log:
            log.seek(self._offset)
            for line in log:
                if not line.endswith(b"\n"):
                    break
                self._offset += len(line)
                yield json.loads(line)

    def _learn_scans(self, node: dict[str, Any] | None) -> None:
        """Remember which table the scans of a plan read."""
        if node is None:
            return
        table = TABLE.search(node.get("metadata", {}).get("Location", ""))
        for metric in node["metrics"]:
            if table and metric["name"] == FILES_READ:
                self._tables[metric["accumulatorId"]] = table[1]
        for child in node["children"]:
            self._learn_scans(child)


def shuffle_bytes(stage: dict[str, Any]) -> int:
    """Bytes that a stage has written for the next one."""
    name = "internal.metrics.shuffle.write.bytesWritten"
    return sum(int(one["Value"]) for one in stage["Accumulables"] if one.get("Name") == name)
