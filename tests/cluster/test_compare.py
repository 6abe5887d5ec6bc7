"""A difference between two sides is found; order and the stamps of a run are none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cluster.compare import Compared, compare_files, compare_sides, compare_tables

if TYPE_CHECKING:
    from pathlib import Path

    from pyspark.sql import DataFrame, SparkSession

pytestmark = pytest.mark.spark
ROWS = "(1, 'a'), (2, NULL), (2, NULL)"


def rows_of(spark: SparkSession, values: str) -> DataFrame:
    return spark.sql(f"SELECT * FROM VALUES {values} AS t(id, value)")


def test_one_query_finds_which_tables_differ_and_by_how_many_rows(spark: SparkSession) -> None:
    others = {
        "same": "(2, NULL), (1, 'a'), (2, NULL)",
        "fewer": "(1, 'a'), (2, NULL)",
        "value": "(1, 'b'), (2, NULL), (2, NULL)",
        "null_is_no_text": "(1, 'a'), (2, ''), (2, NULL)",
    }
    here = {name: rows_of(spark, ROWS) for name in others}
    there = {name: rows_of(spark, values) for name, values in others.items()}
    found = compare_sides(here, there)
    assert found == [
        Compared("fewer", (3, 2), 1),
        Compared("null_is_no_text", (3, 3), 2),
        Compared("same", (3, 3), 0),
        Compared("value", (3, 3), 2),
    ]
    assert [one.name for one in found if one.is_same] == ["same"]
    assert str(found[0]).startswith("DIFFERS  fewer ")


def test_other_columns_and_a_table_on_one_side_are_told(spark: SparkSession) -> None:
    table = rows_of(spark, ROWS)
    wider = table.withColumn("id", table["id"].cast("long"))
    typed, only = compare_sides({"a": table, "b": table}, {"a": wider})
    assert "columns differ: id bigint, id int" in str(typed)
    assert "it is on one side only" in str(only)
    assert not typed.is_same
    assert not only.is_same


def test_stamps_and_the_ledger_s_fingerprint_do_not_count(
    spark: SparkSession, tmp_path: Path
) -> None:
    roots = (tmp_path / "a", tmp_path / "b")
    for root, stamp in zip(roots, ("x", "y"), strict=True):
        for name in ("int_ingested_files", "int_orders"):
            frame = spark.sql(f"SELECT 1 AS id, '{stamp}' AS batch_id, '{stamp}' AS fingerprint")
            frame.write.format("delta").save(str(root / "02_intermediate" / "shop" / name))
    ledger, orders = compare_tables(spark, roots)
    assert ledger == Compared("int_ingested_files", (1, 1), 0)
    assert orders == Compared("int_orders", (1, 1), 2)


def test_files_are_compared_to_the_byte(tmp_path: Path) -> None:
    roots = (tmp_path / "a", tmp_path / "b")
    for root in roots:
        (root / "01_raw").mkdir(parents=True)
        (root / "01_raw" / "users.csv").write_text("1\n")
    assert compare_files(roots, "01_raw").is_same
    (roots[1] / "01_raw" / "users.csv").write_text("2\n")
    (roots[1] / "01_raw" / "more.csv").write_text("2\n")
    assert compare_files(roots, "01_raw").differing == 2
