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
    earlier.mkdir(parents=True)
    for file in later.glob("*.csv"):
        with file.open(newline="") as source:
            header, *rows = csv.reader(source)
        kept = rows[: round(len(rows) * (1 - LATER_SHARE))]
        if file.stem in CHANGED:
            place = header.index(CHANGED[file.stem])
            for row in kept[::3]:
                row[place] = "9"
        with (earlier / file.name).open("w", newline="") as target:
            csv.writer(target, lineterminator="\n").writerows([header, *kept])
