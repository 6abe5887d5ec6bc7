import hashlib
import os
from datetime import UTC, datetime

import pytest

from personalization.contracts.errors import SourceFileError
from personalization.contracts.source_entries import build_description
from personalization.datasets.file_facts import (
    ListedFile,
    delivered_at,
    look_at,
    number_version,
    refuse_file,
    take_fingerprint,
)
from personalization.datasets.raw_files import RawFilesDataset

HEADER = "order_ts,item_id,quantity,price"
ROW = "2011-01-01,a,1,2.5\n"
ENTRY = {"table": "orders", "columns": {name: name for name in HEADER.split(",")}}
DAY = r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)"
TOLD = {"name": "/shop/a.csv", "type": "file", "size": 3, "mtime": 7.5, "ino": 1, "mode": 33188}


@pytest.fixture
def listed(tmp_path):
    """Facts of one real file as a listing of its folder shows them."""

    def find(name="a.csv"):
        files = RawFilesDataset(filepath=f"{tmp_path}/*.csv", **ENTRY).load().listed
        return next(one for one in files if one.name == name)

    return find


def test_a_file_may_lack_a_column_that_came_later_and_no_other(tmp_path, listed):
    (tmp_path / "a.csv").write_text(f"{HEADER}\n{ROW}")
    entry = {**ENTRY, "columns": {**ENTRY["columns"], "country": "Land"}}
    with pytest.raises(SourceFileError, match="no column Land"):
        look_at(listed(), build_description(entry))
    description = build_description({**entry, "optional": ["country"]})
    assert look_at(listed(), description).header == tuple(HEADER.split(","))
    (tmp_path / "a.csv").write_text("order_ts,item_id,quantity,Land\n")
    with pytest.raises(SourceFileError, match="no column price"):
        look_at(listed(), description)


@pytest.mark.parametrize(
    "changed",
    [{"size": 4}, {"mtime": 7.25}, {"ino": 2}, {"ETag": "5ba"}, {"LastModified": "2011"}],
)
def test_whatever_may_come_with_other_content_makes_another_fingerprint(changed):
    assert take_fingerprint({**TOLD, **changed}) != take_fingerprint(TOLD)


@pytest.mark.parametrize("changed", [{"name": "b"}, {"mode": 0}, {"uid": 5}, {"gid": 5}])
def test_what_only_tells_the_place_or_who_may_read_makes_no_other_fingerprint(changed):
    assert take_fingerprint({**TOLD, **changed}) == take_fingerprint(TOLD)


def test_the_order_in_which_a_file_system_tells_makes_no_other_fingerprint():
    assert take_fingerprint(dict(reversed(TOLD.items()))) == take_fingerprint(TOLD)


def test_a_file_that_is_left_alone_keeps_its_fingerprint(tmp_path, listed):
    (tmp_path / "a.csv").write_text(f"{HEADER}\n{ROW}")
    assert listed() == listed()


def test_a_file_written_again_with_as_many_bytes_has_another_fingerprint(tmp_path, listed):
    path = tmp_path / "a.csv"
    path.write_text(f"{HEADER}\n{ROW}")
    os.utime(path, (1, 1))
    before = listed()
    path.write_text(f"{HEADER}\n{ROW.replace('2.5', '9.5')}")
    os.utime(path, (2, 2))
    assert listed().bytes == before.bytes
    assert listed().fingerprint != before.fingerprint


def test_a_number_of_a_version_differs_with_each_part_and_is_a_positive_bigint():
    parts = ("orders", "a.csv", "5ba", "read")
    others = [("events", *parts[1:]), ("orders", "b.csv", *parts[2:]), (*parts[:2], "6ba", "read")]
    others += [(*parts[:3], "other"), ("ordersa.csv", "", "5ba", "read"), parts[:3]]
    numbers = {number_version(*one) for one in (parts, *others)}
    assert len(numbers) == 1 + len(others)
    assert all(0 <= one < 2**63 for one in numbers)


def test_a_number_of_a_version_is_the_same_in_every_process():
    digits = hashlib.sha256(b"('orders', 'a.csv')").hexdigest()
    assert number_version("orders", "a.csv") == int(digits[:15], 16)


def test_a_look_at_a_file_tells_hash_header_and_size_beside_what_was_listed(tmp_path, listed):
    content = f"new,{HEADER}\nx,{ROW}"
    (tmp_path / "a.csv").write_text(content)
    one = listed()
    facts = look_at(one, build_description(ENTRY))
    assert (facts.name, facts.path, facts.fingerprint) == (one.name, one.path, one.fingerprint)
    assert facts.bytes == one.bytes == len(content)
    assert facts.sha256 == hashlib.sha256(content.encode()).hexdigest()
    assert facts.header == ("new", *HEADER.split(","))
    assert facts.unread == ("new",)
    assert (facts.delivered_at, facts.version) == (None, 0)


def test_an_empty_file_has_a_hash_and_no_header(tmp_path, listed):
    (tmp_path / "a.csv").write_text("")
    facts = look_at(listed(), build_description(ENTRY))
    assert (facts.header, facts.unread, facts.bytes) == (None, (), 0)
    assert facts.sha256 == hashlib.sha256(b"").hexdigest()


def test_the_size_is_that_of_the_bytes_that_were_hashed(tmp_path, listed):
    path = tmp_path / "a.csv"
    path.write_text(f"{HEADER}\n")
    before = listed()
    path.write_text(f"{HEADER}\n{ROW}")
    facts = look_at(before, build_description(ENTRY))
    assert before.bytes == len(HEADER) + 1
    assert facts.bytes == len(HEADER) + 1 + len(ROW)


def test_a_file_that_went_since_it_was_listed_is_told(tmp_path, listed):
    (tmp_path / "a.csv").write_text(f"{HEADER}\n")
    one = listed()
    (tmp_path / "a.csv").unlink()
    with pytest.raises(SourceFileError, match=r"raw_orders, file a\.csv: it cannot be opened: "):
        look_at(one, build_description(ENTRY))


@pytest.mark.parametrize("name", ["2011-12-01.csv", "2011-12-01/part.csv"])
def test_delivery_is_read_from_the_name_below_the_folder(name):
    description = build_description({**ENTRY, "delivered": {"matches": DAY}})
    listed = ListedFile(name, f"file:///1999-01-01/{name}", 1, "f")
    assert delivered_at(listed, description) == datetime(2011, 12, 2, tzinfo=UTC)
    assert delivered_at(listed, build_description(ENTRY)) is None


@pytest.mark.parametrize("name", ["orders.csv", "2011-02-30.csv"])
def test_a_name_that_does_not_tell_its_delivery_stops_the_run(tmp_path, listed, name):
    (tmp_path / name).write_text(f"{HEADER}\n")
    description = build_description({**ENTRY, "delivered": {"matches": DAY}})
    told = rf"raw_orders, file {name}: its name does not tell when it was delivered \(\(\?P<year>"
    with pytest.raises(SourceFileError, match=told):
        look_at(listed(name), description)


def test_a_refusal_names_entry_and_file_and_that_nothing_was_published():
    error = refuse_file(build_description(ENTRY), "a.csv", "it is torn.")
    assert error.message == "raw_orders, file a.csv: it is torn. Nothing was published."
