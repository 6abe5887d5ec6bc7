"""What a small shop publishes, row by row, and how far it is from what it should publish."""

from __future__ import annotations

from collections import Counter
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812 - Spark's own custom

from tests.faults.injection import Verdict
from tests.faults.sameness import STAMPS, hash_columns

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from tests.ingestion import Shop

# What tells which row of a file a published row was made of.
LABELS = {
    "prm_user_item_interactions": "item_id",
    "prm_impressions": "item_id",
    "prm_users": "user_id",
    "prm_items": "item_id",
    "prm_searches": "search_id",
}


class Row(NamedTuple):
    """A published row.

    Attributes:
        table: where it stands.
        label: which row of a file it was made of.
        file: the file; empty where it does not matter.
        content: hash of the rest, the run's stamps apart.
    """

    table: str
    label: str
    file: str
    content: str


class Content(NamedTuple):
    """What is published, and what was rejected: source, file, row number and reason."""

    rows: Counter[Row]
    rejected: Counter[tuple[str, str, int, str]]

    def only(self, keep: Callable[[Row], bool]) -> Content:
        """The published rows that ``keep`` holds for."""
        kept = {row: times for row, times in self.rows.items() if keep(row)}
        return Content(Counter(kept), self.rejected)

    def without(self, labels: Collection[str]) -> Content:
        """Without what was made of the rows that ``labels`` name."""
        return self.only(lambda row: row.label not in labels)

    def anywhere(self) -> Content:
        """The same from whatever file."""
        rows: Counter[Row] = Counter()
        for row, times in self.rows.items():
            rows[row._replace(file="")] += times
        return Content(rows, self.rejected)


def mark(table: DataFrame, name: str, apart: tuple[str, ...]) -> DataFrame:
    hidden = (*STAMPS, "source_file", *apart)
    content = hash_columns([column for column in table.columns if column not in hidden])
    label = F.col(LABELS[name]).alias("label")
    return table.select(F.lit(name).alias("table"), label, "source_file", content.alias("content"))


def read_content(shop: Shop, *apart: str) -> Content:
    """All that a shop publishes, columns ``apart``; a table that is not there has no rows."""
    catalog = shop.catalog()
    there = [name for name in LABELS if catalog.exists(name)]
    rows: Counter[Row] = Counter()
    if there:
        marked = reduce(DataFrame.unionByName, (mark(catalog.load(n), n, apart) for n in there))
        rows = Counter(Row(*one.values()) for one in marked.toArrow().to_pylist())
    rejected: Counter[tuple[str, str, int, str]] = Counter()
    if catalog.exists("int_rejected_rows"):
        told = catalog.load("int_rejected_rows")
        named = told.select("source", "source_file", "row_number", "rejected_by")
        rejected = Counter(tuple(one.values()) for one in named.toArrow().to_pylist())
    return Content(rows, rejected)


def count_commits(shop: Shop, names: Iterable[str]) -> dict[str, int]:
    """Commits of tables, told by their logs without asking Spark."""
    catalog = shop.catalog()
    logs = {name: Path(catalog.get(name).location) / "_delta_log" for name in names}
    return {name: len(list(log.glob("*.json"))) for name, log in logs.items()}


def judge(expected: Content, found: Content, *wrong: str, message: str = "") -> Verdict:
    """Compare published rows.

    Args:
        expected: as it should be.
        found: as it is.
        wrong: what else is not as promised; empty texts are nothing.
        message: what to tell where all is well.
    """
    lost = (expected.rows - found.rows).total()
    duplicated = (found.rows - expected.rows).total()
    told = [one for one in wrong if one]
    if lost or duplicated:
        examples = [*(expected.rows - found.rows), *(found.rows - expected.rows)][:3]
        tell = ", ".join(f"{one.table} {one.label} ({one.file})" for one in examples)
        told.append(f"{lost} rows are lacking, {duplicated} are too many: {tell}")
    return Verdict(lost, duplicated, not told, "; ".join(told) or message)


def judge_same(expected: Content, found: Content, *wrong: str, message: str = "") -> Verdict:
    """Compare published and rejected rows."""
    differing = (expected.rejected - found.rejected) + (found.rejected - expected.rejected)
    also = f"rejected rows differ: {sorted(differing)[:3]}" if differing else ""
    return judge(expected, found, *wrong, also, message=message)
