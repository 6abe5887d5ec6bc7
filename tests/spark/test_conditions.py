import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personalization.spark.conditions import is_in, literal

ESCAPED = re.compile(r"\\(u0024|.)", re.DOTALL)


def unescape(found):
    """What Spark makes of an escape."""
    return "$" if found[1] == "u0024" else found[1]


@given(st.text(alphabet=st.one_of(st.sampled_from("'\\$"), st.characters())))
def test_no_text_ends_its_literal_and_all_of_it_is_told(text):
    inner = literal(text)[1:-1]
    assert literal(text) == f"'{inner}'"
    assert "'" not in ESCAPED.sub("", inner)
    assert "\\" not in ESCAPED.sub("", inner)
    assert "$" not in inner  # Spark would look for a variable after it
    assert ESCAPED.sub(unescape, inner) == text


def test_days_are_told_as_dates_in_their_order():
    days = {date(2011, 12, 10), date(2011, 12, 9), date(2011, 2, 1)}
    assert is_in("day", days) == (
        "(`day` BETWEEN DATE'2011-02-01' AND DATE'2011-12-10' AND "
        "`day` IN (DATE'2011-02-01', DATE'2011-12-09', DATE'2011-12-10'))"
    )


def test_texts_are_told_in_the_order_of_their_characters_before_they_are_escaped():
    # An escaped quote begins with a backslash, which comes after B.
    assert is_in("file", ["B.csv", "'.csv", "é.csv"]) == (
        r"(`file` BETWEEN '\'.csv' AND 'é.csv' AND `file` IN ('\'.csv', 'B.csv', 'é.csv'))"
    )


def test_numbers_are_ordered_as_numbers():
    assert is_in("n", [10, 9]) == "(`n` BETWEEN 9 AND 10 AND `n` IN (9, 10))"


@pytest.mark.parametrize("nothing", [[], set(), frozenset(), {}])
def test_nothing_holds_for_none(nothing):
    assert is_in("day", nothing) == "false"
