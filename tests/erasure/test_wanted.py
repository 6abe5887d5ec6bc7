"""What counts as finding an identifier."""

from __future__ import annotations

import pytest

from personalization.erasure.wanted import Wanted

ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_an_id_is_found_in_every_encoding_and_a_longer_one_is_not(encoding):
    wanted = Wanted("visitor-17é")
    assert wanted.is_in_bytes("\n¤visitor-17é;".encode(encoding))
    assert not wanted.is_in_bytes("visitor-17é0".encode(encoding))
    assert not wanted.is_in_bytes("xvisitor-17é".encode(encoding))


def test_the_second_place_is_found_where_the_first_is_part_of_a_longer_id():
    assert Wanted("u1").is_in_bytes(b"u10,u1")
    assert Wanted("u1").is_in_text("u10,u1")


@pytest.mark.parametrize("text", ["u1*", "a.b", "it's", 'say "hi"', "../x", "a\nb", "[u]", "%_"])
def test_characters_that_mean_something_elsewhere_are_looked_for_as_they_are(text):
    assert Wanted(text).is_in_text(f"row {text} here")
    assert not Wanted(text).is_in_text("row u1x axb its say hi x a b u %% here")


def test_no_character_of_an_id_is_a_pattern():
    assert not Wanted("a.b").is_in_text("xa.by, a-b")
    assert Wanted("a.b").is_in_text("xa.by, a.b")


def test_a_name_of_people_is_compared_as_a_whole():
    assert not Wanted("u1").is_value("user_id", "u1-2")
    assert Wanted("u1").is_value("note", "u1-2")


def test_digits_within_a_larger_number_are_not_the_id():
    wanted = Wanted("850")
    assert [wanted.is_in_text(one) for one in ("17,850 rows", "0.850", "850.5")] == [False] * 3
    assert [wanted.is_in_text(one) for one in ("user 850.", "850,i1", "id=850")] == [True] * 3


def test_an_item_of_the_same_name_is_not_the_person():
    wanted = Wanted("12346")
    assert not wanted.is_value("item_id", "12346")
    assert not wanted.is_value("results", "10|12346|8")
    assert wanted.is_value("results", "10|by 12346|8")
    assert wanted.is_value("user_id", "12346")
    assert wanted.is_value("row_text", "12346;1")


UUID = "0b7e9c1a-5d1f-4b42-9a55-6f3f0c9d1e77"


def test_limits_that_delta_has_cut_are_judged_by_what_is_left_of_them():
    end_of_range = "\U0010ffff"
    assert Wanted(UUID).is_value("limit of user_id", UUID[:32])
    assert Wanted(UUID).is_value("limit of user_id", UUID[:32] + end_of_range)
    assert not Wanted(UUID).is_value("limit of user_id", UUID[:31] + "x")
    text = "e7,2026-05-01 10:04:00,seen,s5,u"
    assert len(text) == 32
    assert not Wanted("u").is_value("limit of row_text", text)
    assert not Wanted("u").is_value("limit of row_text", text + end_of_range)
    assert Wanted("s5").is_value("limit of row_text", text)
    assert Wanted("u").is_value("limit of row_text", "seen,u")
