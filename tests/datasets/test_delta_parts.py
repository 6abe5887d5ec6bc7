"""A part of a table is replaced by one commit; all else stays as it is."""

from datetime import date

import pytest

from personalization.contracts.errors import ContractError, LockedError, MissingInputError
from personalization.datasets.delta_parts import DeltaPartsDataset
from personalization.datasets.delta_table import Part
from personalization.datasets.locks import hold
from personalization.spark.conditions import is_in
from tests.datasets.refusals import refused

pytestmark = pytest.mark.spark

SCHEMA = "file string, line int"


@pytest.fixture
def table(tmp_path):
    return DeltaPartsDataset(filepath=str(tmp_path / "rows"))


@pytest.fixture
def part(spark):
    """A part from ``(file, line)``."""

    def made(*rows, where=None, schema=SCHEMA):
        return Part(spark.createDataFrame(rows, schema), where)

    return made


def content_of(dataset):
    return sorted(tuple(row) for row in dataset.load().collect())


def test_the_part_is_replaced_by_one_commit_and_the_others_stay(table, part):
    table.save(part(("a", 1), ("a", 2), ("b", 1)))
    table.save(part(("a", 3), where="file = 'a'"))
    assert content_of(table) == [("a", 3), ("b", 1)]
    assert table.last_commit().version == 1


def test_saving_a_part_again_leaves_the_content(table, part):
    table.save(part(("a", 1), ("b", 1)))
    again = part(("a", 1), ("a", 1), where="file = 'a'")
    for _ in range(2):
        table.save(again)
        assert content_of(table) == [("a", 1), ("a", 1), ("b", 1)]


def test_a_part_without_rows_empties_that_part(table, part):
    table.save(part(("a", 1), ("b", 1)))
    table.save(part(where="file = 'a'"))
    assert content_of(table) == [("b", 1)]
    table.save(part(where="false"))
    assert content_of(table) == [("b", 1)]


def test_without_a_condition_all_of_the_table_is_replaced(table, part):
    table.save(part(("a", 1), ("b", 1)))
    table.save(part(("c", 1)))
    assert content_of(table) == [("c", 1)]


@pytest.mark.parametrize("where", [None, "file = 'a'", "false"])
def test_the_first_save_creates_the_table_also_without_rows(table, part, where):
    assert not table.exists()
    table.save(part(where=where))
    assert content_of(table) == []
    assert table.load().schema.simpleString() == "struct<file:string,line:int>"


def test_the_first_save_creates_the_table_beside_files_of_a_killed_run(table, part, tmp_path):
    (tmp_path / "rows").mkdir()
    (tmp_path / "rows" / "part-00000-orphan.parquet").write_bytes(b"half")
    table.save(part(("a", 1), where="file = 'a'"))
    assert content_of(table) == [("a", 1)]


def test_nothing_to_do_writes_nothing(table, part, tmp_path):
    table.save(Part(None, "file = 'a'"))
    assert list(tmp_path.iterdir()) == []
    table.save(part(("a", 1)))
    table.save(Part(None))
    assert (table.last_commit().version, content_of(table)) == (0, [("a", 1)])


def test_rows_outside_the_part_are_refused_and_nothing_is_written(table, part):
    """They would be there twice once the part that they belong to is saved."""
    table.save(part(("a", 1)))
    with pytest.raises(Exception, match="DELTA_REPLACE_WHERE_MISMATCH"):
        table.save(part(("a", 2), ("b", 1), where="file = 'a'"))
    assert content_of(table) == [("a", 1)]


def test_columns_and_types_that_differ_are_refused_by_name_and_nothing_is_written(table, part):
    table.save(part(("a", 1)))
    told = (
        r"rows: columns differ: line \(int in the table, string now\)\. "
        "Nothing was written"
    )
    with refused(ContractError, told):
        table.save(
            part(("a", "1", 5), where="file = 'a'", schema="file string, line string, size int")
        )
    with refused(ContractError, r"columns differ: line \(int in the table, None now\)"):
        table.save(part(("a",), schema="file string"))
    assert (table.last_commit().version, content_of(table)) == (0, [("a", 1)])


def test_a_column_that_is_new_is_added_and_null_in_older_rows(table, part):
    table.save(part(("a", 1)))
    table.save(part(("b", 2, 5), where="file = 'b'", schema="file string, line int, size int"))
    assert content_of(table) == [("a", 1, None), ("b", 2, 5)]


def test_a_table_that_is_not_there_loads_as_none_only_where_it_is_optional(spark, tmp_path, part):
    path = str(tmp_path / "rows")
    optional = DeltaPartsDataset(filepath=path, optional=True)
    assert optional.load() is None
    with refused(
        MissingInputError, r"rows: no table is there. If it was: 'kedro repair' .*--data-root"
    ):
        DeltaPartsDataset(filepath=path).load()
    optional.save(part(("a", 1)))
    assert content_of(optional) == [("a", 1)]


def test_an_older_version_is_loaded_where_it_is_asked_for(table, part, tmp_path):
    table.save(part(("a", 1)))
    table.save(part(("b", 1)))
    before = DeltaPartsDataset(filepath=str(tmp_path / "rows"), load_args={"versionAsOf": 0})
    assert content_of(before) == [("a", 1)]


def test_a_table_that_another_writer_holds_is_told_by_path(spark, part, tmp_path):
    path = tmp_path / "rows"
    with hold(str(path), 1), refused(LockedError, f"{path} for more than 0.1 s"):
        DeltaPartsDataset(filepath=str(path), lock_timeout_seconds=0.1).save(part(("a", 1)))
    assert not path.exists()


HOSTILE = [
    "it's.csv",
    '"quoted".csv',
    "back\\slash\\'.csv",
    "a`b.csv",
    "'; DROP TABLE t; --",
    "' OR '1'='1",
    "per%cent_.csv",
    "line\nbreak.csv",
    "\\u0041.csv",
    "/* comment */ -- x",
    "äöü 東京 \U0001f600.csv",
    "${env:HOME}",
    "${spark.sql.shuffle.partitions}.csv",
    "",
]


def test_whatever_a_file_is_called_its_part_is_replaced_and_no_other(table, part):
    table.save(part(*((name, 1) for name in (*HOSTILE, "other.csv"))))
    table.save(part(*((name, 2) for name in HOSTILE), where=is_in("file", HOSTILE)))
    assert content_of(table) == sorted([*((name, 2) for name in HOSTILE), ("other.csv", 1)])


@pytest.mark.parametrize("name", HOSTILE)
def test_a_condition_on_a_strange_name_holds_for_that_name_alone(spark, name):
    rows = spark.createDataFrame([(one, 1) for one in HOSTILE], SCHEMA)
    assert [row.file for row in rows.filter(is_in("file", [name])).collect()] == [name]


def test_conditions_hold_for_days_and_numbers_and_for_none_of_an_empty_list(spark):
    rows = spark.sql(
        "SELECT * FROM VALUES (DATE'2011-11-30', 3), (DATE'2011-12-01', 10), "
        "(DATE'2011-12-02', 5), (NULL, NULL) AS t(day, n)"
    )
    first, last = date(2011, 11, 30), date(2011, 12, 2)
    conditions = [is_in("day", [last, first]), is_in("n", {10, 5}), is_in("n", [])]
    found = [sorted(row.n for row in rows.filter(where).collect()) for where in conditions]
    assert found == [[3, 5], [5, 10], []]
