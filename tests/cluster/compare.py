"""Whether the tables of two data roots are the same: row by row, whatever their order."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import TYPE_CHECKING, NamedTuple

from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812 - Spark's own custom

from tests.faults.sameness import STAMPS, hash_columns

if TYPE_CHECKING:
    from pathlib import Path

    from pyspark.sql import SparkSession

# The ledger's fingerprint of a file holds the times of the file, which each side has written.
OF_ONE_RUN = {"int_ingested_files": ("fingerprint",)}
LISTS = ("output_recommendations", "output_holdout_recommendations")
COMPARED = (
    *("02_intermediate/*/*", "03_primary/*/*", "05_model_input/*/*", "08_reporting/*/*"),
    *(f"07_model_output/*/{name}" for name in LISTS),
)
Tables = Mapping[str, DataFrame]


class Compared(NamedTuple):
    """One table on both sides.

    Attributes:
        name: of the table.
        rows: on the one side and on the other.
        differing: rows that the other side has not, or not as often; of both sides together.
        problem: why it could not be compared; empty where it could.
    """

    name: str
    rows: tuple[int, int]
    differing: int
    problem: str = ""

    @property
    def is_same(self) -> bool:
        return not self.differing and not self.problem

    def __str__(self) -> str:
        told = self.problem or (f"{self.differing:,} rows differ" if self.differing else "")
        rows = " and ".join(f"{rows:,}" for rows in dict.fromkeys(self.rows))
        verdict = "Same" if self.is_same else "DIFFERS"
        return f"{verdict:<8} {self.name:<32} {rows} rows{told and f': {told}'}"


def find_tables(data_root: Path) -> dict[str, Path]:
    """Name and folder of every Delta table that is compared."""
    folders = (log.parent for place in COMPARED for log in data_root.glob(f"{place}/_delta_log"))
    return {folder.name: folder for folder in sorted(folders)}


def read_side(session: SparkSession, data_root: Path) -> dict[str, DataFrame]:
    """Every table of a side, apart from what belongs to one run.

    Of the lists those of the models that count: those of ALS follow its scores, see ``models``.
    """
    tables = {}
    for name, folder in find_tables(data_root).items():
        frame = session.read.format("delta").load(str(folder))
        frame = frame.drop(*STAMPS, *OF_ONE_RUN.get(name, ()))
        tables[name] = frame.filter("model <> 'als'") if name in LISTS else frame
    return tables


def compare_tables(session: SparkSession, roots: tuple[Path, Path]) -> list[Compared]:
    """Every table that is on either side."""
    here, there = (read_side(session, root) for root in roots)
    return compare_sides(here, there)


def compare_sides(here: Tables, there: Tables) -> list[Compared]:
    """Tables by their names; one query looks at all of them."""
    problems = dict.fromkeys(here.keys() ^ there.keys(), "it is on one side only")
    for name in here.keys() & there.keys():
        differing = sorted(set(columns_of(here[name])) ^ set(columns_of(there[name])))
        if differing:
            problems[name] = f"columns differ: {', '.join(differing)}"
    shared = sorted((here.keys() & there.keys()) - problems.keys())
    counts = count_differing([(n, here[n], there[n]) for n in shared])
    found = [Compared(name, (0, 0), 0, problem) for name, problem in problems.items()]
    return sorted([*found, *(Compared(name, *counts.get(name, ((0, 0), 0))) for name in shared)])


def columns_of(frame: DataFrame) -> list[str]:
    return [f"{field.name} {field.dataType.simpleString()}" for field in frame.schema]


def count_differing(
    pairs: list[tuple[str, DataFrame, DataFrame]],
) -> dict[str, tuple[tuple[int, int], int]]:
    """Name of a table to rows on both sides, and those that the other side lacks."""
    marked = [
        frame.select(
            F.lit(name).alias("name"),
            hash_columns(frame.columns).alias("row"),
            F.lit(way).alias("way"),
        )
        for name, *sides in pairs
        for frame, way in zip(sides, (1, -1), strict=True)
    ]
    if not marked:
        return {}
    per_row = reduce(DataFrame.unionByName, marked).groupBy("name", "row")
    sums = per_row.agg(F.sum("way").alias("surplus"), F.count("way").alias("both"))
    rows = sums.groupBy("name").agg(F.sum("both"), F.sum("surplus"), F.sum(F.abs("surplus")))
    return {
        name: (((both + surplus) // 2, (both - surplus) // 2), differing)
        for name, both, surplus, differing in rows.collect()
    }


def compare_files(roots: tuple[Path, Path], folder: str) -> Compared:
    """Files below a folder of both sides, byte by byte; each counts as a row."""
    sides = [
        {str(path.relative_to(root)): path for path in sorted((root / folder).rglob("*.csv"))}
        for root in roots
    ]
    shared = sides[0].keys() & sides[1].keys()
    differing = len(sides[0].keys() ^ sides[1].keys())
    differing += sum(sides[0][one].read_bytes() != sides[1][one].read_bytes() for one in shared)
    return Compared(f"{folder} (files)", (len(sides[0]), len(sides[1])), differing)
