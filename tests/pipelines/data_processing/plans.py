"""Files in real folders, and the lines that a run which took them leaves in the ledger."""

from __future__ import annotations

import os
from datetime import date

from personalization.datasets.raw_files import RawFilesDataset
from personalization.pipelines.data_processing.ledger import Entry
from personalization.pipelines.data_processing.options import Batch, Rebuilt
from personalization.pipelines.data_processing.planning import Ways, plan_run

HEADERS = {"orders": "order_ts,item_id,quantity,price", "users": "user_id"}
DAY = date(2011, 12, 1)
BATCH = Batch("b2", "2026-06-30 12:00:00")
WAYS = Ways({"orders": "r1", "users": "r1"}, "d1", Rebuilt())


class Shop:
    """Two folders, and what a run that took all of their files would leave in the ledger."""

    def __init__(self, folder):
        self.folder = folder
        self.written = 0
        for source in HEADERS:
            (folder / source).mkdir()

    def deliver(self, source="orders", name="a.csv", row="2011-12-01,i1,1,2.5"):
        path = self.folder / source / name
        path.write_text(f"{HEADERS[source]}\n{row}\n")
        self.written += 1
        os.utime(path, (self.written, self.written))

    def raw(self, **entry):
        found = {}
        for source, header in HEADERS.items():
            columns = {name: name for name in header.split(",")}
            pattern = f"{self.folder}/{source}/*"
            there = any((self.folder / source).iterdir())
            dataset = RawFilesDataset(
                filepath=pattern if there else None, table=source, columns=columns, **entry
            )
            found[source] = dataset.load()
        return found

    def plan(self, ledger=(), batch=BATCH, ways=WAYS, **entry):
        return plan_run(self.raw(**entry), list(ledger), batch, ways)

    def settled(self):
        """Lines of the ledger after a run that took every file."""
        return [
            Entry(
                source=one.source,
                name=one.facts.name,
                sha256=one.facts.sha256,
                fingerprint=one.facts.fingerprint,
                version=one.facts.version,
                good={DAY: 1},
                read_by="r1",
                derived_by="d1",
                batch_id="b1",
            )
            for one in self.plan().taken
        ]


def names_of(found):
    return [(one.source, getattr(one, "name", None) or one.facts.name) for one in found]
