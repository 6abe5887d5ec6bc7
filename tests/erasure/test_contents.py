"""The id is planted in each kind of file, and found there; a longer id is not."""

from __future__ import annotations

import gzip
import io
import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from personalization.erasure.search import list_files, search
from personalization.erasure.wanted import Wanted

PERSON, OTHER = "visitor17", "visitor170"
SHORT, SHORT_OTHER = "u1", "u10"


def parquet(values, name="user_id", **options):
    buffer = io.BytesIO()
    notes = options.pop("notes", None)
    table = pa.table({name: values, "n": range(len(values))})
    pq.write_table(table.replace_schema_metadata(notes), buffer, **options)
    return buffer.getvalue()


def npz(**arrays):
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


def unused_in_dictionary(person):
    """A dictionary page with a value that no row has."""
    column = pa.DictionaryArray.from_arrays(pa.array([0, 0], pa.int32()), pa.array(["b", person]))
    buffer = io.BytesIO()
    told = {"write_statistics": False, "compression": "gzip", "store_schema": False}
    pq.write_table(pa.table({"user_id": column}), buffer, **told)
    return buffer.getvalue()


def nested(person):
    rows = [{"deep": {"of": [{"user_id": "b"}, {"user_id": person}]}}]
    buffer = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), buffer, compression="zstd", write_statistics=False)
    return buffer.getvalue()


def delta_commit(person):
    stats = json.dumps({"numRecords": 2, "minValues": {"user_id": person}})
    add = {"add": {"path": "part-0.parquet", "stats": stats}}
    return f"{json.dumps({'commitInfo': {}})}\n{json.dumps(add)}\n".encode()


def mixed(person):
    return ["a"] * 500 + [person]


PLANTED = {
    "values_snappy": lambda one: parquet(
        mixed(one), compression="snappy", use_dictionary=False, write_statistics=False
    ),
    "values_dictionary": lambda one: parquet(
        mixed(one), compression="gzip", write_statistics=False
    ),
    "values_of_bytes": lambda one: parquet(
        [b"\xff" * 99, one.encode()], name="blob", compression="gzip", write_statistics=False
    ),
    "values_within_text": lambda one: parquet([f"e1,{one},x"], name="row_text"),
    "unused_in_dictionary": unused_in_dictionary,
    "nested": nested,
    "statistics": lambda one: parquet([one, "z"]),
    "footer": lambda one: parquet(["a"], notes={"written_for": one}),
    "column_name": lambda one: parquet(["a"], name=one),
    "delta_commit": delta_commit,
    "json_value": lambda one: json.dumps({"examples": [{"text": f"e1,{one},9"}]}).encode(),
    "json_key": lambda one: json.dumps({one: 1}).encode(),
    "json_gz": lambda one: gzip.compress(json.dumps({"users": [one]}).encode()),
    "text": lambda one: f"first\nrow of {one}.\n".encode(),
    "page": lambda one: f"<td>{one}</td>".encode(),
    "text_utf_16": lambda one: f"row of {one}.".encode("utf-16"),
    "npz": lambda one: npz(user_ids=np.array(["a", one]), factors=np.zeros(3)),
    "npz_other_array": lambda one: npz(labels=np.array(["a", f"of {one}"])),
    "npz_array_name": lambda one: npz(**{one: np.zeros(3)}),
}
# Bytes that are read as such: a short id would stand in them by chance.
ONLY_LONG = {"text_utf_16"}


def found(tmp_path, content, person):
    (tmp_path / "file").write_bytes(content)
    return search(list_files(str(tmp_path), "generated"), Wanted(person)).sure


@pytest.mark.parametrize("kind", PLANTED)
def test_an_id_is_found_where_it_was_planted(tmp_path, kind):
    assert [one.file for one in found(tmp_path, PLANTED[kind](PERSON), PERSON)][:1] == ["file"]
    if kind not in ONLY_LONG:
        assert found(tmp_path, PLANTED[kind](SHORT), SHORT)


@pytest.mark.parametrize("kind", PLANTED)
def test_the_start_of_another_id_is_not_found(tmp_path, kind):
    assert found(tmp_path, PLANTED[kind](OTHER), PERSON) == ()
    assert found(tmp_path, PLANTED[kind](SHORT_OTHER), SHORT) == ()


def test_numbers_that_name_people_are_found_and_counts_are_not(tmp_path):
    assert found(tmp_path, parquet([12346, 7]), "12346")
    assert found(tmp_path, npz(user_ids=np.array([12346])), "12346")
    assert found(tmp_path, json.dumps({"user_id": 12346}).encode(), "12346")
    assert not found(tmp_path, parquet([12346, 7], name="received"), "12346")
    assert not found(tmp_path, json.dumps({"received": 12346}).encode(), "12346")
    metrics = {"commitInfo": {"operationMetrics": {"numOutputRows": "12346"}}}
    assert not found(tmp_path, json.dumps(metrics).encode(), "12346")


def test_digits_in_a_text_are_told_as_doubtful(tmp_path):
    (tmp_path / "report.txt").write_text("received 12346 rows\n")
    result = search(list_files(str(tmp_path), "generated"), Wanted("12346"))
    assert [(one.file, one.hit.place) for one in result.found] == [("report.txt", "line 1")]
    assert result.sure == ()


def stats_of(name, value):
    told = json.dumps({"minValues": {name: value}, "maxValues": {name: "z"}})
    return json.dumps({"add": {"path": "a", "stats": told}})


WITH_DIGITS = {
    "title": lambda one: parquet([f"SET OF {one} TINS"], name="title"),
    "article": lambda one: parquet([f"{one}-A"], name="item_id"),
    "statistics": lambda one: stats_of("title", f"{one} tins").encode(),
    "checkpoint": lambda one: parquet(
        [json.loads(stats_of("title", one))["add"]["stats"]], "stats"
    ),
    "array": lambda one: npz(items=np.array([f"{one}-A"])),
    "query": lambda one: parquet([one], name="query"),
}


@pytest.mark.parametrize("kind", WITH_DIGITS)
def test_digits_that_describe_a_thing_are_told_as_doubtful_and_words_are_not(tmp_path, kind):
    (tmp_path / "file").write_bytes(WITH_DIGITS[kind]("17219"))
    result = search(list_files(str(tmp_path), "generated"), Wanted("17219"))
    assert {one.file for one in result.found} == {"file"}
    assert result.sure == ()
    assert found(tmp_path, WITH_DIGITS[kind](PERSON), PERSON)


def test_digits_of_a_person_beside_those_of_a_thing_are_sure(tmp_path):
    table = pa.table({"title": ["17219 tins", "b"], "user_id": ["17219", "c"]})
    buffer = io.BytesIO()
    pq.write_table(table, buffer)
    places = {one.hit.place for one in found(tmp_path, buffer.getvalue(), "17219")}
    assert places == {"statistics of user_id", "column user_id"}


def test_a_file_that_cannot_be_read_proves_nothing(tmp_path):
    cut = parquet(["a", "b"])[:-6]
    assert "cannot be read" in found(tmp_path, cut, PERSON)[0].hit.place


def test_statistics_of_a_footer_are_told_beside_values(tmp_path):
    places = {one.hit.place for one in found(tmp_path, parquet([PERSON, "z"]), PERSON)}
    assert {"statistics of user_id", "column user_id"} <= places


def test_an_item_of_the_same_name_in_statistics_is_not_the_person(tmp_path):
    stats = json.dumps({"minValues": {"item_id": PERSON}, "maxValues": {"item_id": "z"}})
    commit = json.dumps({"add": {"path": "a", "stats": stats}}).encode()
    assert found(tmp_path, commit, PERSON) == ()
    assert found(tmp_path, parquet([stats], name="stats"), PERSON) == ()
    assert found(tmp_path, parquet([PERSON], name="item_id", use_dictionary=False), SHORT) == ()


@pytest.mark.parametrize(
    ("person", "other"),
    [("anna@shop.de", "mary.anna@shop.de"), ("17850", "17850-2"), ("17850", "17850,0")],
)
def test_an_id_within_that_of_somebody_else_is_not_the_person(tmp_path, person, other):
    plain = {"compression": "none", "use_dictionary": False}
    assert found(tmp_path, parquet([other, "z"], **plain), person) == ()
    assert found(tmp_path, parquet([other, person], **plain), person)


def test_bytes_that_no_reader_shows_are_found(tmp_path):
    content = parquet(["a", "b"])
    footer = len(content) - 8 - int.from_bytes(content[-8:-4], "little")
    hidden = content[:footer] + f";{PERSON};".encode() + content[footer:]
    assert [one.hit.place for one in found(tmp_path, hidden, PERSON)] == ["its bytes"]
