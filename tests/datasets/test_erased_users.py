"""Who was erased: by keyed hash only, under one key, and never lost in silence."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from personalization.contracts.errors import ConfigurationError
from personalization.datasets.erased_users import ErasedUsersDataset, derive_key
from personalization.datasets.pseudonyms import make_pseudonym
from personalization.spark.keyed_hashes import keyed_hash
from tests.datasets.refusals import refused

MOMENT = "2026-06-30 12:00:00"


def dataset(tmp_path, key="0123456789abcdef"):
    return ErasedUsersDataset(filepath=f"{tmp_path}/int/erased.json", credentials={"key": key})


def test_nobody_was_erased_where_there_is_no_file(tmp_path):
    users = dataset(tmp_path).load()
    assert (users.erasures, users.is_finished) == ((), True)
    assert dataset(tmp_path, key=None).load().key is None


def test_what_is_saved_comes_back_and_says_no_id(tmp_path):
    users = dataset(tmp_path).load()
    erasure = users.begin("visitor17", ["session4", "session5"], MOMENT)
    noted = replace(erasure, open_tables=("prm_users",), to_run=("training",))
    dataset(tmp_path).save(users.note(noted))
    assert dataset(tmp_path).load().erasures == (noted,)
    text = (tmp_path / "int" / "erased.json").read_text()
    assert not any(word in text for word in ("visitor17", "session4", "0123456789abcdef"))
    assert list((tmp_path / "int").iterdir()) == [tmp_path / "int" / "erased.json"]


def test_a_second_begin_keeps_what_the_first_one_knew(tmp_path):
    users = dataset(tmp_path).load()
    first = replace(users.begin("u1", ["s1"], MOMENT), open_tables=("t",), to_run=("training",))
    again = users.note(first).begin("u1", ["s2"], "2026-07-01 00:00:00")
    assert set(again.sessions) == {keyed_hash(name, users.sure_key) for name in ("s1", "s2")}
    assert (again.begun_at, again.open_tables, again.to_run) == (MOMENT, ("t",), ("training",))
    assert len(users.note(first).note(again).erasures) == 1
    assert users.note(first).find("u10") is None


def test_people_were_erased_and_the_key_is_gone_or_another_one(tmp_path):
    users = dataset(tmp_path).load()
    dataset(tmp_path).save(users.note(users.begin("u1", [], MOMENT)))
    with refused(ConfigurationError, r"conf/local/credentials.yml has no key"):
        dataset(tmp_path, key=None).load()
    with refused(ConfigurationError, "under another key"):
        dataset(tmp_path, key="another").load()


@pytest.mark.parametrize("content", ["", "[]", '{"erasures": [{"who": 1}], "key_mark": ""}'])
def test_a_file_that_cannot_be_read_stops_a_run(tmp_path, content):
    users = dataset(tmp_path).load()
    dataset(tmp_path).save(users)
    (tmp_path / "int" / "erased.json").write_text(content)
    with refused(ConfigurationError, r"erased\.json: who was erased cannot be read"):
        dataset(tmp_path).load()


def test_the_key_of_the_pseudonyms_does_not_tell_who_was_erased(tmp_path):
    users = dataset(tmp_path).load()
    assert users.begin("u1", [], MOMENT).user != make_pseudonym("u1", "0123456789abcdef")
    assert derive_key("k") != b"k"
    assert json.dumps(repr(users)).count("key") == 0


def test_without_a_key_nobody_is_noted(tmp_path):
    users = dataset(tmp_path, key=None).load()
    with pytest.raises(ConfigurationError, match="has no key for pseudonyms"):
        users.begin("u1", [], MOMENT)
