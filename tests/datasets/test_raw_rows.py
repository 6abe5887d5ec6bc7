from dataclasses import replace
from datetime import UTC, datetime

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from personalization.contracts.errors import ConfigurationError, SourceFileError
from personalization.contracts.source_entries import build_description
from personalization.datasets import raw_rows
from personalization.datasets.raw_files import RawFilesDataset
from personalization.datasets.raw_rows import FileFacts, RawFiles, RowReader, share_out

HEADER = "order_ts,item_id,quantity,price"
ENTRY = {
    "table": "orders",
    "columns": {name: name for name in HEADER.split(",")},
    "fixed": {"currency": "GBP"},
}


def facts_of(sizes):
    return [FileFacts(f"f{n}", f"f{n}", size, "", None, ()) for n, size in enumerate(sizes)]


@pytest.mark.parametrize(
    ("sizes", "most", "loads"),
    [
        ([], 4, []),
        ([5], 4, [[5]]),
        ([1, 1, 1, 1, 10], 2, [[1, 1, 1, 1], [10]]),
        ([10, 1, 1, 1, 1], 2, [[10], [1, 1, 1, 1]]),
        ([2, 3, 2, 3, 2], 2, [[2, 3], [2, 3, 2]]),
        ([1, 1, 1, 1, 1, 1], 3, [[1, 1], [1, 1], [1, 1]]),
        ([1, 1], 5, [[1], [1]]),
        ([0, 0, 0], 2, [[0, 0, 0]]),
        ([0, 4, 0, 4], 2, [[0, 4], [0, 4]]),
    ],
)
def test_shares_are_neighbours_by_name_of_about_equal_bytes(sizes, most, loads):
    shares = share_out(facts_of(sizes), most)
    assert [[one.bytes for one in share] for share in shares] == loads


@given(st.lists(st.integers(1, 10**12), max_size=30), st.integers(1, 8))
def test_no_file_is_lost_or_out_of_order_and_no_share_is_too_many_or_empty(sizes, most):
    files = facts_of(sizes)
    shares = share_out(files, most)
    assert [one for share in shares for one in share] == files
    assert len(shares) <= most
    assert all(shares)


@given(st.lists(st.integers(1, 10**12), min_size=1, max_size=30), st.integers(1, 8))
def test_no_share_is_heavier_than_an_equal_one_and_its_heaviest_file(sizes, most):
    # The middles of a share's files lie in one stretch of equal length.
    for share in share_out(facts_of(sizes), most):
        heaviest = max(one.bytes for one in share)
        limit = sum(sizes) / most + heaviest
        assert sum(one.bytes for one in share) <= limit * (1 + 1e-9)


@pytest.fixture
def raw(tmp_path):
    """The files ``a.csv`` and ``b.csv`` as they are listed."""
    for name in ("b", "a"):
        (tmp_path / f"{name}.csv").write_text(f"{HEADER}\n2011,{name},1,2\n")
    return RawFilesDataset(filepath=f"{tmp_path}/*.csv", **ENTRY).load()


def test_files_are_looked_at_once_and_only_when_they_are_asked_for(raw, monkeypatch):
    seen = []
    look = raw_rows.look_at

    def count(listed, description):
        seen.append(listed.name)
        return look(listed, description)

    monkeypatch.setattr(raw_rows, "look_at", count)
    assert [one.name for one in raw.listed] == ["a.csv", "b.csv"]
    assert seen == []
    assert [one.name for one in raw.files] == ["a.csv", "b.csv"]
    assert raw.files is raw.files
    assert sorted(seen) == ["a.csv", "b.csv"]


def test_a_look_at_some_files_keeps_their_order_and_leaves_the_others_alone(raw, tmp_path):
    (tmp_path / "a.csv").write_text("torn")
    assert [one.name for one in raw.look_at(raw.listed[1:])] == ["b.csv"]
    assert raw.look_at(()) == ()
    (tmp_path / "a.csv").write_text(f"{HEADER}\n")
    looked = raw.look_at(tuple(reversed(raw.listed)))
    assert [one.name for one in looked] == ["b.csv", "a.csv"]


def test_a_file_that_cannot_be_used_stops_the_look_at_all_of_them(raw, tmp_path):
    (tmp_path / "b.csv").write_text("torn\n")
    with pytest.raises(SourceFileError, match=r"raw_orders, file b\.csv: no column order_ts"):
        raw.look_at(raw.listed)


def test_what_is_taken_is_all_that_is_meant_and_what_is_listed_stays(raw, tmp_path):
    (only,) = raw.look_at(raw.listed[:1])
    (tmp_path / "b.csv").write_text("torn\n")
    taken = raw.take([only])
    assert taken.files == (only,)
    assert taken.listed == raw.listed
    assert taken.description == raw.description
    assert raw.take([]).files == ()
    assert raw.taken is None


@pytest.mark.parametrize(("sizes", "most"), [([10, 0], 1), ([5, 5, 0], 2), ([0, 0], 3)])
def test_empty_files_make_no_share_more(sizes, most):
    assert len(share_out(facts_of(sizes), most)) <= most


@pytest.fixture
def reader(tmp_path):
    """A reader of one file, as a worker runs it."""

    def read(content):
        (tmp_path / "a.csv").write_text(content)
        raw = RawFilesDataset(filepath=f"{tmp_path}/*.csv", **ENTRY).load()
        places = pa.RecordBatch.from_pydict({"id": [0]})
        return list(RowReader(raw.pseudonyms, share_out(raw.files, 1))([places]))

    return read


def test_batches_are_bounded_in_rows_and_in_characters(reader, monkeypatch):
    rows = "".join(f"2011,{n},1,2\n" for n in range(10))
    monkeypatch.setattr(raw_rows, "BATCH_ROWS", 4)
    assert [batch.num_rows for batch in reader(f"{HEADER}\n{rows}")] == [4, 4, 2]
    monkeypatch.setattr(raw_rows, "BATCH_CHARACTERS", 2 * len("2011,0,1,2") - 1)
    assert [batch.num_rows for batch in reader(f"{HEADER}\n{rows}")] == [2] * 5


def test_broken_rows_have_no_values_and_good_ones_what_is_fixed_too(reader):
    (batch,) = reader(f"{HEADER}\n2011,a,1,2\n2011,a\n")
    found = batch.to_pylist()
    assert [row["problem"] for row in found] == [None, "too_few_fields"]
    assert [row["row_text"] for row in found] == ["2011,a,1,2", "2011,a"]
    assert [row["row_number"] for row in found] == [2, 3]
    assert [row["item_id"] for row in found] == ["a", None]
    assert [row["currency"] for row in found] == ["GBP", "GBP"]
    assert [row["user_id"] for row in found] == [None, None]


def test_empty_file_gives_no_batch(reader):
    assert reader("") == []


@pytest.mark.spark
def test_source_without_files_is_an_empty_table_that_needs_no_worker(spark):
    rows = RawFiles(build_description(ENTRY)).rows()
    assert rows.collect() == []
    plan = rows._jdf.queryExecution().optimizedPlan().toString()
    assert "MapInArrow" not in plan
    assert plan.startswith("LocalRelation <empty>")


@pytest.fixture
def four_files(spark, tmp_path):
    """Three files of one row each and an empty one."""
    for name in ("a", "b", "c", "empty"):
        content = f"{HEADER}\n\n2011,{name},1,2\n" if name != "empty" else ""
        (tmp_path / f"{name}.csv").write_text(content)
    return RawFilesDataset(filepath=f"{tmp_path}/*.csv", **ENTRY).load()


@pytest.mark.spark
def test_rows_of_all_files_are_there_in_any_number_of_partitions(four_files, monkeypatch):
    expected = {("a.csv", 3, "a"), ("b.csv", 3, "b"), ("c.csv", 3, "c")}
    for shares in (1, 2, 9):
        monkeypatch.setattr(raw_rows, "SHARES_PER_CORE", shares)
        rows = [(r.source_file, r.row_number, r.item_id) for r in four_files.rows().collect()]
        assert len(rows) == 3
        assert set(rows) == expected
    empty = RawFiles(four_files.description).rows()
    assert [(f.name, f.dataType) for f in four_files.rows().schema] == [
        (f.name, f.dataType) for f in empty.schema
    ]


@pytest.mark.spark
def test_rows_carry_the_version_and_the_delivery_of_their_file_and_no_other_is_read(four_files):
    delivered = datetime(2011, 12, 2, 1, 30, tzinfo=UTC)
    by_name = {one.name: one for one in four_files.files}
    taken = [
        replace(by_name["a.csv"], version=2**60 - 1, delivered_at=delivered),
        replace(by_name["c.csv"], version=7),
    ]
    rows = four_files.take(taken).rows().selectExpr("*", "unix_seconds(delivered_at) AS seconds")
    told = {row.source_file: (row.file_version, row.seconds) for row in rows.collect()}
    assert told == {"a.csv": (2**60 - 1, delivered.timestamp()), "c.csv": (7, None)}


@pytest.mark.spark
def test_only_the_first_rows_of_each_file_are_read_where_that_is_asked(spark, tmp_path):
    for name in ("a", "b"):
        lines = "".join(f"2011,{name}{n},1,2\n" for n in range(3))
        (tmp_path / f"{name}.csv").write_text(f"{HEADER}\n{lines}")
    raw = RawFilesDataset(filepath=f"{tmp_path}/*.csv", **ENTRY).load()
    found = sorted(row.item_id for row in raw.take(raw.files, 2).rows().collect())
    assert found == ["a0", "a1", "b0", "b1"]


@pytest.mark.spark
@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ({"item_matches": "^a{,"}, r"item_matches: Java, .*'\^a\{,'"),
        (
            {"cancellation": {"column": "currency", "matches": "(?P<c>C)"}},
            r"cancellation.matches: Java, .*'\(\?P<c>C\)'",
        ),
    ],
)
def test_expression_that_python_reads_and_java_does_not_is_told_by_its_key(spark, entry, told):
    description = build_description({**ENTRY, **entry})
    with pytest.raises(ConfigurationError, match=told):
        RawFiles(description, ()).rows()
