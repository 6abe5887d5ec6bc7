"""A shop's raw files, and an earlier delivery of them: fewer rows, some with other content."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

# Only what is no part of a row's key, so that the later delivery updates rows.
CHANGED = {"users": "country", "products": "brand", "orders": "quantity"}
LATER_SHARE = 0.1  # of a file's rows come with the later delivery


def write_earlier(later: Path, earlier: Path) -> None:
    """Write the delivery before ``later``: without its last rows, every third one different."""
    for file in later.rglob("*.csv"):
        with file.open(newline="") as source:
            header, *rows = csv.reader(source)
        kept = rows[: round(len(rows) * (1 - LATER_SHARE))]
        table = file.stem if file.parent == later else file.parent.name
        if table in CHANGED:
            place = header.index(CHANGED[table])
            for row in kept[::3]:
                row[place] = "9"
        target = earlier / file.relative_to(later)
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("w", newline="") as stream:
            csv.writer(stream, lineterminator="\n").writerows([header, *kept])
