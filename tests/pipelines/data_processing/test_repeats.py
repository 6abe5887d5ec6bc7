"""Rows that repeat another one: which of them stays does not depend on the order of deliveries."""

from datetime import date, datetime, timedelta

import pytest
from pyspark.sql import functions as F  # noqa: N812 - Spark's own custom

from personalization.pipelines.data_processing.repeats import (
    REPEAT_COLUMNS,
    drop_repeats,
    find_corrected,
    find_repeats,
    find_superseded,
)

pytestmark = pytest.mark.spark

SCHEMA = (
    "source string, source_file string, file_version long, row_number long, "
    "interaction_date date, row_id string, row_key string, known_at timestamp, "
    "delivered_at timestamp, interaction_type string"
)
DAY = date(2011, 12, 1)
USUAL = {"source": "orders", "interaction_date": DAY, "row_key": None, "delivered_at": None}
USUAL |= {"interaction_type": "purchase"}


def hour(number):
    """A moment, so many hours after midnight."""
    return datetime(2011, 12, 1) + timedelta(hours=number)  # noqa: DTZ001 - as Spark takes it


@pytest.fixture
def rows_of(spark):
    """Good rows from ``(place, what it says, other columns)``; a place is a file and a row."""

    def frame(*given):
        data = []
        for place, says, *more in given:
            file, number = place[0], int(place[1:])
            told = {**USUAL, "row_id": says, "known_at": hour(10), "file_version": ord(file)}
            told |= {"source_file": f"{file}.csv", "row_number": number, **dict(*more)}
            data.append(tuple(told[name.split()[0]] for name in SCHEMA.split(", ")))
        return spark.createDataFrame(data, SCHEMA)

    return frame


def told(repeats):
    """Place of each repeated row to the reason."""
    return {f"{r.source_file[0]}{r.row_number}": r.rejected_by for r in repeats.collect()}


def key(name):
    return {"row_key": name}


def test_within_a_file_every_row_but_the_first_of_its_equals_is_a_duplicate(rows_of):
    rows = rows_of(("a2", "x"), ("a3", "y"), ("a4", "x"), ("a5", "x"))
    assert told(find_repeats(rows)) == {"a4": "duplicate", "a5": "duplicate"}


def test_what_another_file_brought_before_is_delivered_again_and_no_duplicate(rows_of):
    rows = rows_of(("a2", "x"), ("b2", "x"), ("b3", "x"), ("c9", "x"), ("c10", "y"))
    assert told(find_repeats(rows)) == {
        "b2": "delivered_again",
        "b3": "duplicate",
        "c9": "delivered_again",
    }


def test_rows_that_repeat_nothing_are_not_told(rows_of):
    assert told(find_repeats(rows_of(("a2", "x"), ("a3", "y", key("k")), ("b2", "z")))) == {}
    assert told(find_repeats(rows_of())) == {}
    assert told(find_superseded(rows_of())) == {}


def test_a_key_that_came_earlier_with_other_content_is_in_conflict_with_it(rows_of):
    rows = rows_of(
        ("a2", "x", key("k")),
        ("a3", "y", key("k")),
        ("a4", "y", key("k")),
        ("b2", "x", key("k")),
        ("b3", "y", key("k")),
        ("b4", "x", key("other")),
        ("c2", "z", key("k")),
    )
    assert told(find_repeats(rows)) == {
        "a3": "key_conflict",
        "a4": "duplicate",
        "b2": "delivered_again",
        "b3": "key_conflict",
        "c2": "key_conflict",
    }


def test_rows_without_a_key_conflict_with_nothing(rows_of):
    rows = rows_of(("a2", "x"), ("a3", "y"), ("b2", "z"), ("b3", "x"))
    assert told(find_repeats(rows)) == {"b3": "delivered_again"}


def test_the_same_key_in_another_source_is_another_key(rows_of):
    event = {"source": "events", **key("1")}
    rows = rows_of(("a2", "x", key("1")), ("b2", "y", event))
    assert told(find_repeats(rows)) == {}


def test_each_click_of_one_search_is_a_row_of_its_own(rows_of):
    """A shop may log each of them under the search's one id."""
    of_search = {"source": "search_logs", **key("q1")}
    rows = rows_of(("a2", "x", of_search), ("a3", "y", of_search), ("b2", "y", of_search))
    assert told(find_repeats(rows)) == {"b2": "delivered_again"}


def test_the_same_key_on_another_day_is_left_alone_because_days_are_derived_alone(rows_of):
    next_day = {**key("k"), "interaction_date": date(2011, 12, 2), "known_at": hour(30)}
    rows = rows_of(("a2", "x", key("k")), ("b2", "y", next_day))
    assert told(find_repeats(rows)) == {}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("b9", "x", {"known_at": hour(1)}), ("a2", "y", {"known_at": hour(2)})),
        (("a9", "x"), ("b2", "y")),
        (("a9", "x"), ("a10", "y")),
    ],
    ids=["known", "file", "row"],
)
def test_earlier_is_what_could_be_known_then_the_file_s_name_then_the_row(rows_of, first, second):
    in_conflict = [
        (place, says, {**key("k"), **dict(*more)}) for place, says, *more in (first, second)
    ]
    assert told(find_repeats(rows_of(*in_conflict))) == {second[0]: "key_conflict"}
    equal = [(place, "x", *more) for place, _, *more in (first, second)]
    reason = "duplicate" if first[0][0] == second[0][0] else "delivered_again"
    assert told(find_repeats(rows_of(*equal))) == {second[0]: reason}


MANY = [
    ("a2", "x", key("k")),
    ("a3", "y", key("k")),
    ("b2", "y", key("k")),
    ("b3", "n"),
    ("c2", "n", {"known_at": hour(1)}),
    ("c3", "n", {"known_at": hour(1)}),
    ("c4", "m", key("l")),
    ("d2", "z", {**key("k"), "interaction_date": date(2011, 12, 2)}),
]


def test_shuffled_rows_repeat_the_same_ones(rows_of):
    expected = {
        "a3": "key_conflict",
        "b2": "key_conflict",
        "b3": "delivered_again",
        "c3": "duplicate",
    }
    for shuffled in (MANY, MANY[::-1], [*MANY[3:], *MANY[:3]]):
        assert told(find_repeats(rows_of(*shuffled))) == expected


def test_rows_whose_hashes_collide_by_chance_are_told_apart(rows_of, monkeypatch):
    rows = rows_of(*MANY)
    entities = rows_of(("a2", "x", key("k")), ("b2", "y", key("k")), ("b3", "z", key("l")))
    monkeypatch.setattr(F, "xxhash64", lambda *_: F.lit(1))
    assert set(told(find_repeats(rows))) == {"a3", "b2", "b3", "c3"}
    assert told(find_superseded(entities)) == {"a2": "superseded"}
    dated = rows_of(("a2", "x"), ("b2", "y"), ("b3", "z", key("l")), ("c3", "w", key("l")))
    assert told(find_corrected(dated)) == {"b3": "superseded"}


def test_repeats_say_where_they_are_and_on_which_day(rows_of):
    repeats = find_repeats(rows_of(("a2", "x", key("k")), ("a3", "x", key("k"))))
    assert repeats.columns == list(REPEAT_COLUMNS)
    assert [tuple(row) for row in repeats.collect()] == [
        ("orders", "a.csv", ord("a"), 3, "x", "k", DAY, "duplicate", None)
    ]


def test_a_conflict_says_which_file_has_the_row_that_holds(rows_of):
    rows = rows_of(("a2", "x", key("k")), ("b2", "y", key("k")), ("c2", "z", key("k")))
    held_by = {r.source_file: r.held_by for r in find_repeats(rows).collect()}
    assert held_by == {"b.csv": ord("a"), "c.csv": ord("a")}


def test_of_keys_that_a_shop_corrects_what_was_delivered_last_on_their_day_holds(rows_of):
    next_day = {**key("k"), "interaction_date": date(2011, 12, 2), "delivered_at": hour(90)}
    rows = rows_of(
        ("a2", "x", {**key("k"), "delivered_at": hour(1)}),
        ("b2", "y", {**key("k"), "delivered_at": hour(3)}),
        ("c2", "z", {**key("k"), "delivered_at": hour(2)}),
        ("d2", "w", next_day),
        ("e2", "r", {**key("k"), "delivered_at": hour(4), "interaction_type": "return"}),
        ("a3", "n"),
        ("b3", "n"),
        ("c3", "m"),
    )
    assert told(find_corrected(rows)) == {
        "a2": "superseded",
        "c2": "superseded",
        "b3": "delivered_again",
    }


def test_a_file_does_not_correct_itself(rows_of):
    """Else a key that is no key would leave the last line of each order, without a word."""
    rows = rows_of(
        ("a2", "x", key("k")),
        ("a3", "y", key("k")),
        ("a4", "x", key("k")),
        ("a5", "y", key("k")),
        ("b2", "y", {**key("k"), "delivered_at": hour(1)}),
        ("c2", "v", key("l")),
        ("c3", "w", key("l")),
    )
    found = find_corrected(rows)
    assert told(found) == {
        "a2": "superseded",
        "a3": "key_conflict",
        "a4": "duplicate",
        "a5": "duplicate",
        "c3": "key_conflict",
    }
    held_by = {row.row_id: row.held_by for row in found.collect() if row.held_by}
    assert held_by == {"x": ord("b"), "y": ord("a"), "w": ord("c")}


def test_a_superseded_row_that_held_once_says_which_file_replaced_it(rows_of):
    dumps = zip("abcde", "xyzzy", strict=True)
    given = [(f"{f}2", said, entity(delivered=hour(n))) for n, (f, said) in enumerate(dumps)]
    first = {("a.csv", "b"), ("b.csv", "c")}
    for until, expected in (
        (3, first),
        (4, first),  # what d.csv repeats was there already
        (5, {("a.csv", "b"), ("c.csv", "e"), ("d.csv", None)}),  # d.csv's row never held
    ):
        found = find_superseded(rows_of(*given[:until])).collect()
        superseded = [row for row in found if row.rejected_by == "superseded"]
        told = {(row.source_file, row.held_by and chr(row.held_by)) for row in superseded}
        assert told == expected


def entity(name="u1", delivered=None, source="users"):
    return {"source": source, "row_key": name, "delivered_at": delivered, "interaction_date": None}


def test_the_newest_delivery_of_an_entity_holds_by_moment_then_file_then_row(rows_of):
    rows = rows_of(
        ("z2", "x", entity("moment", hour(1))),
        ("a2", "y", entity("moment", hour(2))),
        ("a3", "x", entity("file")),
        ("b3", "y", entity("file")),
        ("a9", "x", entity("row")),
        ("a10", "y", entity("row")),
        ("a11", "x", entity("alone")),
    )
    assert told(find_superseded(rows)) == dict.fromkeys(("z2", "a3", "a9"), "superseded")


@pytest.mark.parametrize(
    ("dumps", "expected"),
    [
        ("AA", {"b2": "delivered_again"}),
        ("AAA", {"b2": "delivered_again", "c2": "delivered_again"}),
        ("AB", {"a2": "superseded"}),
        ("ABA", {"b2": "superseded", "c2": "delivered_again"}),
        ("ABAB", {"a2": "superseded", "c2": "superseded", "d2": "delivered_again"}),
        ("ABBA", {"b2": "superseded", "c2": "superseded", "d2": "delivered_again"}),
    ],
)
def test_of_full_dumps_the_earliest_row_that_says_what_the_newest_does_stays(
    rows_of, dumps, expected
):
    """The row that stays is the one that is published already: nothing is written anew."""
    given = [
        (f"{file}2", says, entity(delivered=hour(n)))
        for n, (file, says) in enumerate(zip("abcd", dumps, strict=False))
    ]
    assert told(find_superseded(rows_of(*given))) == expected
    assert told(find_superseded(rows_of(*given[::-1]))) == expected


def test_equal_rows_within_a_dump_are_duplicates_also_of_one_that_holds_no_more(rows_of):
    rows = rows_of(
        ("a2", "x", entity()), ("a3", "x", entity()), ("b2", "y", entity()), ("b3", "y", entity())
    )
    assert told(find_superseded(rows)) == {
        "a2": "superseded",
        "a3": "duplicate",
        "b3": "duplicate",
    }


def test_a_user_and_a_product_of_the_same_name_do_not_supersede_one_another(rows_of):
    rows = rows_of(
        ("a2", "x", entity("17")),
        ("b2", "y", entity("17", source="products")),
    )
    assert told(find_superseded(rows)) == {}


def test_repeats_are_dropped_by_source_version_of_the_file_and_row(rows_of):
    rows = rows_of(
        ("a2", "x"),
        ("a3", "x"),
        ("b3", "y"),
        ("a3", "z", {"file_version": 9}),
        ("a3", "w", {"source": "events"}),
    )
    repeats = find_repeats(rows_of(("a2", "x"), ("a3", "x")))
    left = drop_repeats(rows, repeats)
    assert sorted(row.row_id for row in left.collect()) == ["w", "x", "y", "z"]
    assert set(left.columns) == set(rows.columns)
