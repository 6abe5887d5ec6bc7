"""A difference between two sides is found; order and the stamps of a run are none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cluster.compare import Compared, compare_files, compare_frames

if TYPE_CHECKING:
    from pathlib import Path

    from pyspark.sql import DataFrame, SparkSession

pytestmark = pytest.mark.spark
COLUMNS = "id, value, batch_id, fingerprint"
ROWS = "(1, 'a', 'x', 'f'), (2, NULL, 'x', 'f'), (2, NULL, 'x', 'f')"
OTHERWISE = "(2, NULL, 'y', 'g'), (1, 'a', 'y', 'g'), (2, NULL, 'y', 'g')"


def rows_of(spark: SparkSession, values: str) -> DataFrame:
    return spark.sql(f"SELECT * FROM VALUES {values} AS t({COLUMNS})")


def test_order_stamps_and_what_belongs_to_one_run_do_not_count(spark: SparkSession) -> None:
    sides = (rows_of(spark, values) for values in (ROWS, OTHERWISE))
    found = compare_frames("int_ingested_files", *sides)
    assert found == Compared("int_ingested_files", (3, 3), 0)
    assert str(found) == "Same     int_ingested_files               3 rows"


@pytest.mark.parametrize(
    ("values", "rows", "differing"),
    [
        ("(1, 'a', 'x', 'f'), (2, NULL, 'x', 'f')", 2, 1),  # one of two equal rows is lacking
        ("(1, 'b', 'x', 'f'), (2, NULL, 'x', 'f'), (2, NULL, 'x', 'f')", 3, 2),
        ("(1, 'a', 'x', 'f'), (2, '', 'x', 'f'), (2, NULL, 'x', 'f')", 3, 2),
        ("(1, 'a', 'x', 'g'), (2, NULL, 'x', 'f'), (2, NULL, 'x', 'f')", 3, 2),
    ],
    ids=["fewer", "value", "null_is_no_text", "a_fingerprint_of_another_table"],
)
def test_a_row_that_differs_is_counted(
    spark: SparkSession, values: str, rows: int, differing: int
) -> None:
    found = compare_frames("prm_items", rows_of(spark, ROWS), rows_of(spark, values))
    assert found == Compared("prm_items", (3, rows), differing)
    assert str(found).startswith("DIFFERS  prm_items")


def test_other_columns_are_told(spark: SparkSession) -> None:
    here = rows_of(spark, ROWS)
    found = compare_frames("prm_items", here, here.withColumn("id", here["id"].cast("long")))
    assert not found.is_same
    assert "id bigint, id int" in str(found)


def test_files_are_compared_to_the_byte(tmp_path: Path) -> None:
    roots = (tmp_path / "a", tmp_path / "b")
    for root in roots:
        (root / "01_raw").mkdir(parents=True)
        (root / "01_raw" / "users.csv").write_text("1\n")
    assert compare_files(roots, "01_raw").is_same
    (roots[1] / "01_raw" / "users.csv").write_text("2\n")
    (roots[1] / "01_raw" / "more.csv").write_text("2\n")
    assert compare_files(roots, "01_raw").differing == 2
