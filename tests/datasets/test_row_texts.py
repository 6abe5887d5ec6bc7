"""The text of single rows, read again from their files."""

from dataclasses import replace

import pytest

from personalization.datasets.pseudonyms import NOT_SHOWN
from personalization.datasets.raw_files import RawFilesDataset
from personalization.datasets.row_texts import read_texts

pytestmark = pytest.mark.spark

HEADER = "order_ts,item_id,quantity,price"
SCHEMA = "source_file string, row_number long"


@pytest.fixture
def texts_of(spark, tmp_path):
    """Text by file and row, for rows asked for, of files given by name and content."""

    def found(files, asked, taken=None, **entry):
        for name, content in files.items():
            (tmp_path / name).write_bytes(content.encode())
        if "table" not in entry:
            columns = {name: name for name in HEADER.split(",")}
            entry = {"table": "orders", "columns": columns, **entry}
        raw = RawFilesDataset(filepath=f"{tmp_path}/*", **entry).load()
        if taken is not None:
            raw = replace(raw, taken=tuple(one for one in raw.files if one.name in taken))
        rows = spark.createDataFrame(asked, SCHEMA)
        texts = read_texts(raw, rows)
        assert texts.columns == ["source_file", "row_number", "row_text"]
        return sorted(tuple(row) for row in texts.collect())

    return found


def test_rows_are_found_by_file_and_number_as_they_were_received(texts_of):
    content = f"{HEADER}\n2011-12-01,a,1,2\n\n 2011-12-01 ,b,1,x\nbroken\n2011-12-01,c,1,2\n"
    files = {"a.csv": content, "b.csv": f"{HEADER}\nother\n"}
    asked = [("a.csv", 5), ("a.csv", 4), ("b.csv", 2)]
    assert texts_of(files, asked) == [
        ("a.csv", 4, " 2011-12-01 ,b,1,x"),
        ("a.csv", 5, "broken"),
        ("b.csv", 2, "other"),
    ]


def test_rows_that_the_file_does_not_have_and_files_that_are_not_meant_are_left_out(texts_of):
    files = {name: f"{HEADER}\n{name}\n" for name in ("a.csv", "b.csv")}
    asked = [("a.csv", 2), ("a.csv", 99), ("b.csv", 2), ("gone.csv", 2)]
    assert texts_of(files, asked, taken=("a.csv",)) == [("a.csv", 2, "a.csv")]
    assert texts_of(files, asked, taken=()) == []
    assert texts_of(files, []) == []


def test_a_record_of_several_lines_is_found_by_its_first_one(texts_of):
    content = f'{HEADER}\n2011-12-01,"a\nb",1,2\n2011-12-01,c,1,2\n'
    form = {"lines_per_record": 2}
    found = texts_of({"a.csv": content}, [("a.csv", 2), ("a.csv", 4)], format=form)
    assert found == [
        ("a.csv", 2, '2011-12-01,"a\nb",1,2'),
        ("a.csv", 4, "2011-12-01,c,1,2"),
    ]


def test_nobody_s_name_is_read_again_where_a_file_holds_some(texts_of):
    content = "user_id,name,note\nu1,Ann,secret\nu2\n"
    entry = {"table": "users", "columns": {"user_id": "user_id", "name": "name"}}
    found = texts_of({"a.csv": content}, [("a.csv", 2), ("a.csv", 3)], **entry)
    assert [number for _, number, _ in found] == [2, 3]
    assert {text for *_, text in found} == {NOT_SHOWN}
