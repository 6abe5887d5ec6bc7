from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from personalization.contracts.file_format import FileFormat
from personalization.datasets.lines import BAD_ENCODING
from personalization.datasets.parquet_records import (
    UNREADABLE_FILE,
    read_parquet,
    read_parquet_header,
)

PARQUET = FileFormat(kind="parquet")


@pytest.fixture
def path(tmp_path):
    return str(tmp_path / "orders.parquet")


def fields_of(path, wanted):
    return [one.fields for one in read_parquet(path, PARQUET, wanted)]


def test_whole_numbers_keep_every_digit_and_decimals_their_zeros(path):
    amounts = pa.array([Decimal("10.10")], pa.decimal128(10, 2))
    pq.write_table(pa.table({"id": pa.array([9223372036854775806]), "p": amounts}), path)
    assert fields_of(path, ["p", "id"]) == [("10.10", "9223372036854775806")]
    assert read_parquet_header(path) == ("id", "p")


def test_null_and_nan_are_none(path):
    pq.write_table(pa.table({"x": [None, float("nan"), 17850.0]}), path)
    assert [one[0] and float(one[0]) for one in fields_of(path, ["x"])] == [None, None, 17850.0]


def test_whole_numbers_among_floats_have_no_exponent(path):
    doubles = [4006381333931.0, None, 2.0**53 - 1, -17850.0, 0.0, 10.25, float("nan")]
    found = ["4006381333931", None, "9007199254740991", "-17850", "0", "10.25", None]
    pq.write_table(pa.table({"x": doubles}), path)
    assert [one for (one,) in fields_of(path, ["x"])] == found
    pq.write_table(pa.table({"x": pa.array([2.0**24 - 1, 2.0**40, 1e20], pa.float32())}), path)
    exact, *rounded = [one for (one,) in fields_of(path, ["x"])]
    assert exact == "16777215"
    assert all("e+" in one for one in rounded)


def test_numbers_that_are_none_are_told_as_they_stand(path):
    pq.write_table(pa.table({"x": [float("inf"), float("-inf"), 1e300]}), path)
    assert [one for (one,) in fields_of(path, ["x"])] == ["inf", "-inf", "1e+300"]


def test_moments_are_text_that_says_their_offset(path):
    moment = datetime(2011, 7, 1, 12, tzinfo=UTC)
    pq.write_table(pa.table({"t": pa.array([moment], pa.timestamp("ms", "UTC"))}), path)
    assert fields_of(path, ["t"]) == [("2011-07-01 12:00:00.000Z",)]


def test_nested_and_repeated_values_are_json_and_words_from_a_dictionary_are_words(path):
    words = pa.array(["x", "x", None]).dictionary_encode()
    pq.write_table(pa.table({"l": [[1, 2], None, []], "w": words}), path)
    assert fields_of(path, ["l", "w"]) == [("[1, 2]", "x"), (None, "x"), ("[]", None)]


def test_text_in_another_encoding_costs_its_row_only(path):
    pq.write_table(pa.table({"x": pa.array([b"a", b"caf\xe9", None], pa.binary())}), path)
    found = [(one.number, one.fields, one.problem) for one in read_parquet(path, PARQUET, ["x"])]
    assert found == [(1, ("a",), None), (2, (), BAD_ENCODING), (3, (None,), None)]


def test_rows_behind_the_damage_are_each_told(path):
    table = pa.table({"x": [f"value {n}" for n in range(300)]})
    pq.write_table(table, path, row_group_size=100, compression="gzip", use_dictionary=False)
    place = pq.ParquetFile(path).metadata.row_group(1).column(0).data_page_offset
    with Path(path).open("r+b") as stream:
        stream.seek(place)
        stream.write(b"\xff" * 60)
    found = list(read_parquet(path, PARQUET, ["x"]))
    assert [one.number for one in found] == list(range(1, 301))
    lost = [one for one in found if one.problem == UNREADABLE_FILE]
    assert 200 <= len(lost) <= 300
    assert lost[-1].number == 300


def test_file_without_a_byte_has_no_columns(path):
    Path(path).touch()
    assert read_parquet_header(path) is None


def test_file_whose_end_is_missing_is_no_parquet(path, tmp_path):
    pq.write_table(pa.table({"x": [1]}), path)
    whole = (tmp_path / "orders.parquet").read_bytes()
    (tmp_path / "orders.parquet").write_bytes(whole[:-10])
    with pytest.raises(ValueError, match="Parquet"):
        read_parquet_header(path)
