"""Typed rows of earlier runs are still there: the mart is derived from them, so none may lack."""

from __future__ import annotations

from collections.abc import Mapping

from pyspark.sql import DataFrame

from personalization.contracts import columns as c
from personalization.contracts.errors import DamagedTableError
from personalization.pipelines.data_processing.ledger import Entry
from personalization.pipelines.data_processing.planning import Plan
from personalization.pipelines.data_processing.scope import DATED, Scope
from personalization.spark.frames import unite


def expected_rows(entry: Entry, scope: Scope) -> int:
    """Good rows that the ledger promises of a file within a scope."""
    if scope.days is None or entry.source not in DATED:
        return sum(entry.good.values())
    return sum(rows for day, rows in entry.good.items() if day in scope.days)


def require_whole(plan: Plan, scope: Scope, typed: Mapping[str, DataFrame]) -> None:
    """Stop where typed rows that the ledger promises are not there.

    Args:
        plan: what the run does.
        scope: what it derives anew.
        typed: source to its typed rows.

    Raises:
        DamagedTableError: naming table, file and numbers.
    """
    published = [
        entry
        for entry in (*plan.kept, *plan.withdrawn)
        if entry.version is not None and scope.concerns(entry.source)
    ]
    expected = {e.version: expected_rows(e, scope) for e in published}
    if not any(expected.values()):
        return
    sources = sorted({entry.source for entry in published})
    good = (scope.good_rows(source, typed[source]).select(c.FILE_VERSION) for source in sources)
    # One row per file.
    found = {row[0]: row[1] for row in unite(good).groupBy(c.FILE_VERSION).count().collect()}
    for entry in published:
        there = found.get(entry.version, 0)
        if there != expected[entry.version]:
            raise DamagedTableError(
                f"int_{entry.source}: of the good rows of file {entry.name} {there} are there "
                f"instead of {expected[entry.version]}. Nothing was published. The table was "
                "changed or damaged from outside: restore it, or read the file again with "
                "--params=from=…,to=… over its days."
            )
