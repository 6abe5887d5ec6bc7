"""What the log of a Delta table says of its files, read as JSON; needs no Spark."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple


class TableFiles(NamedTuple):
    """The newest version of a table.

    Attributes:
        files: path to the action that added it.
        commits: how many there are.
        log_bytes: of the folder ``_delta_log``.
        last: ``operationMetrics`` of the newest commit.
    """

    files: dict[str, dict[str, Any]]
    commits: int
    log_bytes: int
    last: dict[str, str]

    @property
    def bytes(self) -> int:
        return sum(int(one["size"]) for one in self.files.values())

    @property
    def rows(self) -> int:
        return sum(int(one["stats"]["numRecords"]) for one in self.files.values())

    def holding(self, column: str, least: str, most: str) -> int:
        """Files whose statistics leave room for a value between two: a reader has to open them."""
        found = 0
        for one in self.files.values():
            low, high = (one["stats"][end].get(column) for end in ("minValues", "maxValues"))
            found += low is None or (low <= most and high >= least)
        return found


def read_files(table: Path) -> TableFiles:
    """Replay all commits; the log must not have been cleaned."""
    log = table / "_delta_log"
    files: dict[str, dict[str, Any]] = {}
    last: dict[str, str] = {}
    commits = sorted(log.glob("*.json"))
    for commit in commits:
        for line in commit.read_text().splitlines():
            action = json.loads(line)
            if "add" in action:
                added = action["add"]
                files[added["path"]] = {**added, "stats": json.loads(added["stats"])}
            elif "remove" in action:
                files.pop(action["remove"]["path"], None)
            elif "commitInfo" in action:
                last = action["commitInfo"].get("operationMetrics", {})
    size = sum(path.stat().st_size for path in log.iterdir() if path.is_file())
    return TableFiles(files, len(commits), size, last)
