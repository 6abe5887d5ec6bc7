"""Whether the tables of two data roots are the same: row by row, whatever their order."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pyspark.sql import functions as F  # noqa: N812 - Spark's own custom

from tests.faults.sameness import STAMPS, hash_columns

if TYPE_CHECKING:
    from pathlib import Path

    from pyspark.sql import DataFrame, SparkSession

# The ledger's fingerprint of a file holds the times of the file, which each side has written.
OF_ONE_RUN = {"int_ingested_files": ("fingerprint",)}
LAYERS = ("02_intermediate", "03_primary", "05_model_input", "08_reporting")


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
    """Name and folder of every Delta table of the layers that are compared."""
    folders = (log.parent for layer in LAYERS for log in data_root.glob(f"{layer}/*/*/_delta_log"))
    return {folder.name: folder for folder in sorted(folders)}


def compare_tables(session: SparkSession, roots: tuple[Path, Path]) -> list[Compared]:
    """Every table that is on either side."""
    here, there = (find_tables(root) for root in roots)
    found = []
    for name in [*here, *(there.keys() - here.keys())]:
        if name in here and name in there:
            frames = (session.read.format("delta").load(str(side[name])) for side in (here, there))
            found.append(compare_frames(name, *frames))
        else:
            found.append(Compared(name, (0, 0), 0, "it is on one side only"))
    return found


def compare_frames(name: str, here: DataFrame, there: DataFrame) -> Compared:
    """Two tables, apart from what belongs to one run."""
    apart = (*STAMPS, *OF_ONE_RUN.get(name, ()))
    sides = [frame.drop(*apart) for frame in (here, there)]
    columns = [sorted(f"{f.name} {f.dataType.simpleString()}" for f in one.schema) for one in sides]
    if columns[0] != columns[1]:
        differing = sorted(set(columns[0]) ^ set(columns[1]))
        return Compared(name, (0, 0), 0, f"columns differ: {', '.join(differing)}")
    marked = [
        one.select(hash_columns(one.columns).alias("row"), F.lit(way).alias("way"))
        for one, way in zip(sides, (1, -1), strict=True)
    ]
    per_row = marked[0].unionByName(marked[1]).groupBy("row")
    sums = per_row.agg(
        F.sum("way").alias("surplus"),
        F.sum(F.when(F.col("way") == 1, 1).otherwise(0)).alias("here"),
        F.count("way").alias("both"),
    )
    total = sums.agg(F.sum("here"), F.sum("both"), F.sum(F.abs("surplus"))).collect()[0]
    of_here, of_both, differing = (int(value or 0) for value in total)
    return Compared(name, (of_here, of_both - of_here), differing)


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


def compare_lists(session: SparkSession, roots: tuple[Path, Path]) -> list[Compared]:
    """Lists of the models that count; those of ALS follow its scores, see ``models``."""
    found = []
    for name in ("output_recommendations", "output_holdout_recommendations"):
        sides = [sorted(root.glob(f"07_model_output/*/{name}")) for root in roots]
        if all(sides):
            counted = (
                session.read.format("delta").load(str(folder)).filter("model <> 'als'")
                for (folder,) in sides
            )
            found.append(compare_frames(name, *counted))
        else:
            found.append(Compared(name, (0, 0), 0, "it is not on both sides"))
    return found
