"""Rows of erased people are told from others, and say nothing any more."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from personalization.contracts.checks import BUSINESS_REASONS
from personalization.datasets.erased_users import ErasedUsers, derive_key
from personalization.datasets.file_facts import FileFacts
from personalization.pipelines.data_processing.accounting import FileCounts
from personalization.pipelines.data_processing.erased import (
    blank_erased,
    hide_texts,
    name_sessions,
)
from personalization.pipelines.data_processing.limits import check_limits
from personalization.pipelines.data_processing.options import Limits

pytestmark = pytest.mark.spark

KEY = derive_key("0123456789abcdef")


def erased(*ids, sessions=()):
    users = ErasedUsers(key=KEY)
    for one in ids:
        named = [text for session in sessions for text in name_sessions(session, DAY)]
        users = users.note(users.begin(one, named, ""))
    return users


ROWS = {  # user, session, reason, text
    1: ("u1", "s1", None, None),
    2: ("u10", "s2", None, None),
    3: (None, "s1", None, None),
    4: ("u2", "s1", None, None),  # somebody else in the person's session
    5: (None, "s3", None, None),
    6: ("x", None, "event_ts_missing", "u1,x"),  # broken, and the person's
    7: ("x", None, "event_ts_missing", "u10,xu1,u1x"),
    8: ("u2", None, "cancelled", "u2,for u1"),  # whole, and somebody else's
    9: ("u1", None, "cancelled", "u1"),
    10: (None, None, None, None),
    11: (None, "s1", None, None),
    12: (None, "s1", None, None),
    13: (None, "s1", "event_ts_impossible", None),
    14: ("u1", "s1", None, None),
}
DAY = date(2026, 5, 31)
DAYS = {11: date(2026, 6, 1), 12: date(2026, 6, 2), 13: None, 14: date(2026, 6, 30)}


@pytest.fixture(scope="module")
def typed(spark_session):
    data = [
        (number, "events", *row, "content", DAYS.get(number, DAY)) for number, row in ROWS.items()
    ]
    schema = (
        "row_number long, source string, user_id string, session_id string, rejected_by string, "
        "row_text string, query string, interaction_date date"
    )
    return spark_session.createDataFrame(data, schema).localCheckpoint()


def by_number(rows):
    return {row.row_number: row for row in rows.collect()}


def test_rows_of_the_person_lose_all_that_they_say(typed):
    found = by_number(blank_erased(typed, erased("u1", sessions=["s1"])))
    theirs = {number for number, row in found.items() if row.rejected_by == "erased"}
    assert theirs == {1, 3, 6, 9, 11, 13, 14}  # 12 is too late to be the same session
    for number in theirs:
        row = found[number]
        assert (row.source, row.user_id, row.session_id, row.row_text, row.query) == (
            "events",
            *(None,) * 4,
        )


def test_other_rows_stay_but_a_text_that_mentions_the_person(typed):
    before = by_number(typed)
    found = by_number(blank_erased(typed, erased("u1", sessions=["s1"])))
    same = {number for number in found if found[number] == before[number]}
    assert same == {2, 4, 5, 7, 10, 12}
    row = found[8]
    assert (row.user_id, row.rejected_by, row.row_text, row.query) == (
        "u2",
        "cancelled",
        None,
        "content",
    )


def test_nobody_erased_leaves_the_rows_as_they_are(typed):
    assert blank_erased(typed, ErasedUsers()) is typed
    assert hide_texts(typed, ErasedUsers()) is typed


def test_doing_it_again_changes_nothing(typed):
    once = blank_erased(typed, erased("u1"))
    assert by_number(blank_erased(once, erased("u1"))) == by_number(once)


def test_ids_of_several_lengths_and_alphabets_are_looked_for(spark):
    texts = ["by u1.", "für Zoë-9!", "Zoë-99", "a|b", "a|bc", "x a|b", None, "", "u"]
    rows = spark.createDataFrame(
        [("events", one) for one in texts], "source string, row_text string"
    )
    found = {row.row_text for row in hide_texts(rows, erased("u1", "Zoë-9", "a|b")).collect()}
    assert found == {"Zoë-99", "a|bc", None, "", "u"}


def test_case_means_nothing_where_the_description_says_so(spark):
    rows = spark.createDataFrame(
        [("events", "of u1"), ("orders", "of u1")], "source string, row_text string"
    )
    found = hide_texts(rows, erased("U1"), ["orders"]).collect()
    assert [row.row_text for row in found] == ["of u1", None]


@pytest.mark.parametrize(("upper_case", "is_told"), [(True, True), (False, False)])
def test_a_broken_row_is_of_the_person_in_whatever_case_its_file_has_the_id(
    typed, upper_case, is_told
):
    """Row 6 is broken and holds ``u1``; row 8 is whole and mentions it."""
    found = by_number(blank_erased(typed, erased("U1"), upper_case=upper_case))
    assert (found[6].rejected_by == "erased") is is_told
    assert (found[8].row_text is None) is is_told


def test_erased_rows_pass_every_limit():
    facts = FileFacts("a.csv", "a.csv", 1, "5ba", (), ())
    counts = FileCounts("orders", facts, received=100, rejected={"erased": 99}, good={None: 1})
    check_limits([counts], Limits(), {"orders": frozenset(BUSINESS_REASONS)})


def test_a_key_is_in_no_text_of_the_object():
    users = erased("u1")
    assert str(KEY) not in repr(users)
    assert replace(users, key=None).users == users.users
