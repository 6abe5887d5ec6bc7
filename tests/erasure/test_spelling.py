"""A person is found however the shop's files spell the id."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from personalization.erasure.spelling import spell_as_read


def catalog(marks: str = ".", **upper_case: tuple[str, ...] | None):
    """Entries by table: the columns in which case means nothing; None: no user is told of.

    ``marks`` are their decimal marks, the last one that of all others.
    """
    given = list(upper_case)

    def get(name: str) -> SimpleNamespace:
        table = name.removeprefix("raw_")
        told = upper_case.get(table)
        columns = {} if told is None else {"user_id": "Customer ID"}
        place = given.index(table) if table in given else -1
        form = SimpleNamespace(decimal_mark=marks[min(place, len(marks) - 1)])
        description = SimpleNamespace(mapped=columns, upper_case=told or (), format=form)
        return SimpleNamespace(description=description)

    return SimpleNamespace(get=get)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("17850", "17850"),
        ("17850.0", "17850"),
        (" 17850\t", "17850"),
        ("\ufeff17850.00 ", "17850"),
        ("17850.5", "17850.5"),
        ("v1.0", "v1.0"),
        ("aBc", "aBc"),
        ("", ""),
    ],
)
def test_an_id_is_spelt_as_its_column_is_read(typed, read):
    assert spell_as_read(typed, catalog(orders=(), events=())) == read


def test_a_fraction_of_zeros_has_the_decimal_mark_on_which_all_entries_agree():
    assert spell_as_read("17850,00", catalog(",", orders=(), events=())) == "17850"
    assert spell_as_read("17850.0", catalog(",", orders=(), products=None)) == "17850"
    assert spell_as_read("17.850", catalog(",", orders=(), products=None)) == "17.850"
    assert spell_as_read("17850.0", catalog(",.", orders=(), events=())) == "17850"
    assert spell_as_read("17850,0", catalog(",.", orders=(), events=())) == "17850,0"


def test_case_means_nothing_where_all_who_tell_of_users_say_so():
    upper = ("item_id", "user_id")
    assert spell_as_read("abc1", catalog(orders=upper, events=upper)) == "ABC1"
    assert spell_as_read("abc1", catalog(orders=upper, products=None)) == "ABC1"
    assert spell_as_read("abc1", catalog(orders=upper, events=())) == "abc1"
    assert spell_as_read("abc1", catalog(orders=("item_id",))) == "abc1"
    assert spell_as_read("abc1", catalog()) == "abc1"
