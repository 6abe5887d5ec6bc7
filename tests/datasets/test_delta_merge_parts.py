"""A part of a table saved by MERGE: rows of it that are told no more go, all others stay."""

from contextlib import suppress

import pytest
from kedro.io import DatasetError
from pyspark.sql.functions import lit

from personalization.contracts.errors import ContractError
from personalization.datasets.delta_merge import DeltaMergeDataset
from personalization.datasets.delta_table import Part
from tests.datasets.refusals import refused

pytestmark = pytest.mark.spark

SCHEMA = "id string, day int, price double, batch string"
DAY_ONE = "day = 1"


@pytest.fixture
def table(tmp_path):
    return DeltaMergeDataset(filepath=str(tmp_path / "rows"), keys=["id"], stamps=["batch"])


@pytest.fixture
def rows_of(spark):
    """A frame from ``(id, day, price)``, stamped by a batch."""

    def frame(batch, *rows):
        return spark.createDataFrame([(*row, batch) for row in rows], SCHEMA)

    return frame


@pytest.fixture
def filled(table, rows_of):
    """A table of two days, saved by the batch b1."""
    table.save(rows_of("b1", ("a", 1, 1.0), ("b", 1, 2.0), ("c", 2, 3.0)))
    return table


def content_of(dataset):
    return sorted(tuple(row) for row in dataset.load().collect())


def test_rows_of_the_part_that_are_told_no_more_go_and_those_outside_it_stay(filled, rows_of):
    filled.save(Part(rows_of("b2", ("a", 1, 1.0), ("d", 1, 9.0)), DAY_ONE))
    assert content_of(filled) == [
        ("a", 1, 1.0, "b1"),
        ("c", 2, 3.0, "b1"),
        ("d", 1, 9.0, "b2"),
    ]
    assert filled.last_commit().version == 1


def test_a_frame_that_is_no_part_deletes_nothing(filled, rows_of):
    filled.save(rows_of("b2", ("d", 1, 9.0), ("a", 1, 7.0)))
    assert [(row[0], row[3]) for row in content_of(filled)] == [
        *(("a", "b2"), ("b", "b1"), ("c", "b1"), ("d", "b2")),
    ]


def test_a_changed_row_of_the_part_is_stamped_and_an_unchanged_one_keeps_its_stamp(filled, rows_of):
    filled.save(Part(rows_of("b2", ("a", 1, 1.0), ("b", 1, 2.5)), DAY_ONE))
    assert content_of(filled) == [
        ("a", 1, 1.0, "b1"),
        ("b", 1, 2.5, "b2"),
        ("c", 2, 3.0, "b1"),
    ]
    assert filled.last_commit().version == 1


@pytest.mark.parametrize("where", [DAY_ONE, "day IN (1, 5)"])
def test_a_part_that_is_there_already_commits_nothing(filled, rows_of, where):
    filled.save(Part(rows_of("b2", ("a", 1, 1.0), ("b", 1, 2.0)), where))
    assert filled.last_commit().version == 0


def test_a_part_of_which_nothing_is_there_yet_is_appended_with_its_stamp(filled, rows_of):
    filled.save(Part(rows_of("b2", ("d", 3, 4.0), ("e", 3, None)), "day = 3"))
    assert content_of(filled)[3:] == [("d", 3, 4.0, "b2"), ("e", 3, None, "b2")]
    newest = filled.load().sparkSession.sql(f"DESCRIBE HISTORY delta.`{filled._filepath}` LIMIT 1")
    (commit,) = newest.collect()
    # A MERGE would read the table for it, a replaced part conflict with a writer of another one.
    assert (commit.version, commit.operationParameters["mode"]) == (1, "Append")


def test_a_part_without_rows_deletes_what_is_there_of_it(filled, rows_of):
    filled.save(Part(rows_of("b2"), DAY_ONE))
    assert content_of(filled) == [("c", 2, 3.0, "b1")]
    filled.save(Part(rows_of("b3"), "false"))
    assert filled.last_commit().version == 1


def test_without_a_condition_the_part_is_all_of_the_table(filled, rows_of):
    filled.save(Part(rows_of("b2", ("a", 1, 1.0), ("c", 2, 8.0), ("d", 4, 1.0))))
    assert content_of(filled) == [
        ("a", 1, 1.0, "b1"),
        ("c", 2, 8.0, "b2"),
        ("d", 4, 1.0, "b2"),
    ]
    version = filled.last_commit().version
    filled.save(Part(rows_of("b3", ("a", 1, 1.0), ("c", 2, 8.0), ("d", 4, 1.0))))
    assert filled.last_commit().version == version


def test_a_row_that_moves_out_of_one_part_into_another_is_there_once(filled, rows_of):
    filled.save(Part(rows_of("b2", ("a", 1, 1.0), ("b", 2, 2.0), ("c", 2, 3.0)), "day IN (1, 2)"))
    assert content_of(filled) == [
        ("a", 1, 1.0, "b1"),
        ("b", 2, 2.0, "b2"),
        ("c", 2, 3.0, "b1"),
    ]


def test_a_null_key_and_null_content_are_those_of_the_table(table, rows_of):
    table.save(rows_of("b1", (None, 1, None), ("a", 1, 1.0)))
    table.save(Part(rows_of("b2", (None, 1, None), ("a", 1, None)), DAY_ONE))
    found = {tuple(row) for row in table.load().collect()}
    assert found == {(None, 1, None, "b1"), ("a", 1, None, "b2")}


def test_the_first_save_of_a_part_creates_the_table_also_without_rows(table, rows_of):
    table.save(Part(rows_of("b1"), DAY_ONE))
    assert content_of(table) == []
    assert table.last_commit().version == 0


def test_nothing_to_do_writes_nothing(table, tmp_path):
    table.save(Part(None, DAY_ONE))
    assert list(tmp_path.iterdir()) == []


def test_a_part_whose_rows_share_a_key_or_lack_a_column_is_refused(filled, rows_of):
    twice = rows_of("b2", ("a", 1, 1.0), ("a", 1, 2.0))
    for where in (DAY_ONE, None):
        with refused(ContractError, r"rows share the key \(id\).*'id': 'a', 'count': 2"):
            filled.save(Part(twice, where))
    with refused(ContractError, r"columns differ: price \(double in the table, None now\)"):
        filled.save(Part(rows_of("b2", ("a", 1, 1.0)).drop("price"), DAY_ONE))
    assert filled.last_commit().version == 0


@pytest.mark.parametrize("where", [DAY_ONE, None])
def test_a_column_that_is_new_makes_rows_differ_and_is_null_in_the_others(filled, rows_of, where):
    before = filled.load().count()
    first = filled.load().filter(DAY_ONE).orderBy("id").limit(1).withColumn("size", lit(7))
    filled.save(Part(first, where))
    found = {row["size"] for row in filled.load().collect()}
    assert found == ({7, None} if where else {7})
    assert before > filled.load().filter("size = 7").count() == 1


@pytest.mark.parametrize(
    ("rows", "where"),
    [([("a", 1, 1.0), ("c", 2, 3.0)], DAY_ONE), ([("c", 2, 3.0)], "day = 9")],
    ids=["beside rows of the part", "alone in a new part"],
)
def test_a_row_outside_its_own_part_is_not_there_twice(filled, rows_of, rows, where):
    """It is refused, or merged: never added beside itself."""
    with suppress(DatasetError):
        filled.save(Part(rows_of("b2", *rows), where))
    assert [row[0] for row in content_of(filled)].count("c") == 1


def test_days_of_a_table_with_partitions_are_written_and_no_others(tmp_path, rows_of):
    table = DeltaMergeDataset(
        filepath=str(tmp_path / "rows"),
        keys=["id"],
        stamps=["batch"],
        save_args={"partitionBy": ["day"]},
    )
    table.save(Part(rows_of("b1", ("a", 1, 1.0), ("b", 1, 2.0), ("c", 2, 3.0))))
    of_day_two = sorted((tmp_path / "rows" / "day=2").iterdir())
    table.save(Part(rows_of("b2", ("a", 1, 1.0), ("d", 1, 9.0)), DAY_ONE))  # replaced
    table.save(Part(rows_of("b3", ("e", 3, 4.0)), "day = 3"))  # appended
    assert content_of(table) == [
        *(("a", 1, 1.0, "b1"), ("c", 2, 3.0, "b1"), ("d", 1, 9.0, "b2"), ("e", 3, 4.0, "b3")),
    ]
    assert sorted((tmp_path / "rows" / "day=2").iterdir()) == of_day_two
    assert (tmp_path / "rows" / "day=3").is_dir()
