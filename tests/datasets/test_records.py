from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from personalization.contracts.file_format import FileFormat
from personalization.datasets.records import read_header, read_records


@pytest.mark.parametrize("kind", ["csv", "json_lines", "parquet"])
def test_the_same_rows_come_out_of_every_form(tmp_path, kind):
    path = str(tmp_path / "file")
    if kind == "csv":
        (tmp_path / "file").write_text("id,price\n7,1.5\n8,\n")
    elif kind == "json_lines":
        (tmp_path / "file").write_text('{"id": 7, "price": 1.5}\n{"id": 8, "price": ""}\n')
    else:
        pq.write_table(pa.table({"id": ["7", "8"], "price": ["1.5", ""]}), path)
    form = FileFormat(kind=kind)
    header = read_header(path, form, ["price", "id"])
    assert sorted(header) == ["id", "price"]
    found = list(read_records(path, form, header, ["price", "id"]))
    assert [one.fields for one in found] == [("1.5", "7"), ("", "8")]
    first = 2 if kind == "csv" else 1  # a header is line 1
    assert [one.number for one in found] == [first, first + 1]


def test_bytes_come_from_any_file_system(tmp_path):
    import fsspec

    with fsspec.open("memory://records/f.csv", "wb") as stream:
        stream.write(b"a,b\n1,2\n")
    form = FileFormat()
    assert read_header("memory://records/f.csv", form, ["a"]) == ("a", "b")
    found = read_records("memory://records/f.csv", form, ("a", "b"), ["b"])
    assert [one.fields for one in found] == [("2",)]


@pytest.mark.parametrize("kind", ["csv", "json_lines", "parquet"])
def test_a_field_that_a_file_has_not_is_none(tmp_path, kind):
    path = str(tmp_path / "file")
    if kind == "csv":
        (tmp_path / "file").write_text("id,price\n7,1.5\n8\n")
    elif kind == "json_lines":
        (tmp_path / "file").write_text('{"id": 7, "price": 1.5}\n{]\n')
    else:
        pq.write_table(pa.table({"id": ["7"], "price": ["1.5"]}), path)
    wanted = ["currency", "price", "country", "id"]
    form = FileFormat(kind=kind)
    found = list(read_records(path, form, read_header(path, form, wanted), wanted))
    assert found[0].fields == (None, "1.5", None, "7")
    assert all(one.problem and one.fields == () for one in found[1:])


@pytest.mark.parametrize("kind", ["json_lines", "parquet"])
def test_numbers_that_are_no_text_come_with_the_decimal_mark_of_those_that_are(tmp_path, kind):
    """So that 1.234 is not taken for a thousand where dots stand between thousands."""
    path = str(tmp_path / "file")
    if kind == "json_lines":
        (tmp_path / "file").write_text('{"price": 1.234, "told": "1.234", "large": 1.5e300}\n')
    else:
        amount = pa.array([Decimal("1.234")], pa.decimal128(10, 3))
        pq.write_table(pa.table({"price": amount, "told": ["1.234"], "large": [1.5e300]}), path)
    wanted = ["price", "told", "large"]
    for mark, expected in ((",", ("1,234", "1.234")), (".", ("1.234", "1.234"))):
        form = FileFormat(kind=kind, decimal_mark=mark)
        (found,) = read_records(path, form, wanted, wanted)
        assert found.fields[:2] == expected
        assert found.fields[2].replace("+", "") == f"1{mark}5e300"
