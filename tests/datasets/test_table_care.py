"""A damaged table is found, and brought back to its last good version or named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest

from personalization.datasets.table_care import find_problem, repair_table

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.spark

COMMITS = 4
ROWS = 200


@pytest.fixture
def table(spark, tmp_path):
    """A table of four commits with a file each; a checkpoint is written with every second one."""
    folder = tmp_path / "table"
    spark.conf.set("spark.databricks.delta.properties.defaults.checkpointInterval", "2")
    try:
        for number in range(COMMITS):
            rows = spark.range(ROWS).selectExpr("id", f"'text of {number}' AS text")
            rows.coalesce(1).write.format("delta").mode("append").save(str(folder))
    finally:
        spark.conf.unset("spark.databricks.delta.properties.defaults.checkpointInterval")
    return folder


def newest_file(folder: Path) -> Path:
    return max(folder.glob("*.parquet"), key=lambda path: path.stat().st_mtime_ns)


def count(spark, folder: Path) -> int:
    return spark.read.format("delta").load(str(folder)).count()


def flip_a_byte(folder: Path) -> None:
    path = newest_file(folder)
    place = pq.ParquetFile(path).metadata.row_group(0).column(0).data_page_offset + 60
    content = bytearray(path.read_bytes())
    content[place] ^= 0xFF
    path.write_bytes(content)
    path.with_name(f".{path.name}.crc").unlink(missing_ok=True)


def delete_a_file(folder: Path) -> None:
    newest_file(folder).unlink()


def cut_the_last_commit(folder: Path) -> None:
    path = max((folder / "_delta_log").glob("*.json"))
    path.write_bytes(path.read_bytes()[:-40])
    path.with_name(f".{path.name}.crc").unlink(missing_ok=True)


def empty_the_last_commit(folder: Path) -> None:
    """What a power cut leaves."""
    max((folder / "_delta_log").glob("*.json")).write_bytes(b"")


def drop_a_line_of_the_last_commit(folder: Path) -> None:
    path = max((folder / "_delta_log").glob("*.json"))
    lines = path.read_text().splitlines(keepends=True)
    assert '"add"' in lines[-1]
    path.write_text("".join(lines[:-1]))
    path.with_name(f".{path.name}.crc").unlink(missing_ok=True)


def corrupt_the_checkpoint(folder: Path) -> None:
    path = max((folder / "_delta_log").glob("*.checkpoint*.parquet"))
    path.write_bytes(b"\0" * len(path.read_bytes()))
    path.with_name(f".{path.name}.crc").unlink(missing_ok=True)


DAMAGES = {
    flip_a_byte: COMMITS - 2,
    delete_a_file: COMMITS - 2,
    cut_the_last_commit: COMMITS - 2,
    empty_the_last_commit: COMMITS - 2,
    drop_a_line_of_the_last_commit: COMMITS - 2,
    corrupt_the_checkpoint: COMMITS - 1,  # the log itself is whole
}


def test_a_whole_table_is_left_as_it_is(spark, table):
    found = repair_table(str(table))
    assert (found.problem, found.restored, found.is_whole) == (None, None, True)
    assert count(spark, table) == COMMITS * ROWS


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_damage_is_found_and_the_last_good_version_restored(spark, table, damage):
    damage(table)
    found = repair_table(str(table))
    assert found.problem is not None
    assert found.is_whole
    assert found.restored == DAMAGES[damage]
    assert find_problem(str(table)) is None
    assert count(spark, table) == (DAMAGES[damage] + 1) * ROWS
    assert repair_table(str(table)).problem is None


def test_a_table_without_a_good_version_is_named(spark, table):
    for path in table.glob("*.parquet"):
        path.unlink()
    found = repair_table(str(table))
    assert found.problem is not None
    assert found.restored is None
    assert not found.is_whole
