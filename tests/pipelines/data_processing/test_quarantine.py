"""Rows as received become typed rows: what each one says, by which name, and why not."""

from datetime import date, datetime

import pytest

pytestmark = pytest.mark.spark


def at(*parts):
    return datetime(*parts)  # noqa: DTZ001 - as Spark hands it over


def ids_of(rows):
    return [row.row_id for row in rows]


def test_typed_rows_tell_where_they_are_from_then_what_they_say_and_nobody_s_name(typed):
    (row,) = typed("users", {"source_file": "u.csv", "file_version": 7, "city": "York"})
    assert row.__fields__ == [
        *("source", "source_file", "file_version", "row_number", "interaction_date"),
        *("rejected_by", "row_text", "warned_by", "row_id", "row_key", "interaction_type"),
        *("known_at", "delivered_at"),
        *("user_id", "city", "country", "device", "signed_up_ts"),
        *("name_pseudonym", "email_pseudonym", "address_pseudonym"),
    ]
    assert (row.source, row.source_file, row.file_version, row.row_number, row.city) == (
        *("users", "u.csv", 7, 2, "York"),
    )


def test_rejected_rows_keep_their_text_and_good_ones_do_not_carry_it(typed):
    rows = typed("orders", {"row_text": "good"}, {"row_text": "bad,", "price": "x"})
    assert [row.row_text for row in rows] == [None, "bad,"]


def test_whether_a_row_repeats_another_one_is_not_asked_here(reasons):
    assert reasons("orders", {}, {}, {"source_file": "b.csv"}) == [None] * 3


def test_the_day_of_a_row_is_that_of_its_moment_in_utc(typed):
    rows = typed(
        "orders",
        {"order_ts": "2011-07-01 00:59:59"},  # summer time in London: one hour ahead of UTC
        {"order_ts": "2011-07-01 01:00:00"},
        {"order_ts": "x"},
        timestamps={"time_zone": "Europe/London"},
    )
    days = [row.interaction_date for row in rows]
    assert days == [date(2011, 6, 30), date(2011, 7, 1), None]


def test_an_impossible_moment_has_no_day(typed):
    moments = ("1969-12-31", "1970-01-01", "1994-12-31 23:59:59", "1995-01-01", "2036-01-01", "x")
    rows = typed("orders", *({"order_ts": moment} for moment in moments))
    assert [row.interaction_date for row in rows] == [*[None] * 3, date(1995, 1, 1), None, None]


@pytest.mark.parametrize(
    ("hours", "known_at"),
    [
        (0, at(2011, 12, 1, 10)),
        (6, at(2011, 12, 1, 16)),
        (0.25, at(2011, 12, 1, 10, 15)),
        (30, at(2011, 12, 2, 16)),
    ],
)
def test_row_is_known_at_its_moment_and_the_stated_hours_later(typed, hours, known_at):
    rows = typed("orders", {}, {"order_ts": "x"}, known_after_hours=hours)
    assert [row.known_at for row in rows] == [known_at, None]


@pytest.mark.parametrize(
    ("zone", "hours", "over"),
    [
        ("UTC", 0, at(2011, 12, 2)),
        ("Europe/Berlin", 0, at(2011, 12, 1, 23)),
        ("America/Los_Angeles", 6, at(2011, 12, 2, 8)),
        ("UTC", 30, at(2011, 12, 2, 6)),
    ],
)
def test_a_day_without_hours_is_known_when_it_is_over_in_its_zone(typed, zone, hours, over):
    lag = {"known_after_hours": hours}
    for pattern, text in (("iso", "2011-12-01"), ("dd.MM.yyyy", "01.12.2011")):
        times = {"format": pattern, "time_zone": zone}
        (row,) = typed("orders", {"order_ts": text}, timestamps=times, **lag)
        assert (row.known_at, row.interaction_date) == (over, date(2011, 12, 1))


def test_row_is_known_when_its_file_was_delivered_where_that_is_told(typed):
    given = [{"delivered_at": at(2011, 12, 2)}, {"delivered_at": at(2011, 12, 1, 11)}, {}]
    rows = typed("orders", *given, known_after_hours=3)
    told = [(row.delivered_at, row.known_at) for row in rows]
    assert told == [
        (at(2011, 12, 2), at(2011, 12, 2)),
        (at(2011, 12, 1, 11), at(2011, 12, 1, 11)),
        (None, at(2011, 12, 1, 10 + 3)),
    ]


def test_what_a_row_says_names_it_whatever_file_and_spelling_it_comes_in(typed):
    rows = typed(
        "orders",
        {"order_id": "1", "user_id": None},
        {"order_id": "1", "source_file": "b.csv", "delivered_at": at(2011, 12, 9)},
        {"order_id": " 1.0 ", "price": "2.50", "quantity": "1e0"},
        {"order_id": "1", "order_ts": "2011-12-01T11:00:00+01:00"},
    )
    assert len(set(ids_of(rows))) == 1
    assert {len(name) for name in ids_of(rows)} == {32}


def test_rows_that_differ_in_anything_have_other_names(typed):
    line = {"order_id": "o1", "session_id": "s1", "user_id": "u1", "title": "mug"}
    others = [
        {"order_id": "o2"},
        {"order_id": None},
        {"session_id": "s2"},
        {"user_id": "u2"},
        {"user_id": None},
        {"item_id": "i2"},
        {"order_ts": "2011-12-01 10:00:00.000001"},
        {"order_ts": "2011-12-01 10:00:00.000002"},
        {"price": "9"},
        {"title": "Mug"},
        {"status": "completed"},
    ]
    rows = typed("orders", line, *({**line, **other} for other in others))
    shared = {name: line[name] for name in ("order_id", "session_id", "user_id")}
    bought = {**shared, "quantity": "1", "price": "2.5", "event_kind": "purchase"}
    rows += typed("events", bought, {**bought, "event_kind": "cart"})
    assert len(set(ids_of(rows))) == len(rows) == 1 + len(others) + 2


def test_a_sale_and_its_return_of_as_many_pieces_have_other_names(typed):
    given = [{"event_kind": "purchase", "quantity": quantity} for quantity in ("2", "-2")]
    rows = typed("events", *given, negative_quantity="return")
    assert [row.quantity for row in rows] == [2.0, 2.0]
    assert rows[0].row_id != rows[1].row_id


def test_accounts_that_differ_only_in_what_is_personal_have_other_names(typed):
    rows = typed("users", {"email": "a"}, {"email": "b"}, {"email": None})
    assert [row.email_pseudonym for row in rows] == ["a", "b", None]
    assert len(set(ids_of(rows))) == 3


def test_texts_of_neighbouring_columns_do_not_run_into_one_another(typed):
    texts = [("ab", "c"), ("a", "bc"), ("abc", None), (None, "abc"), ('a","', "c"), ("a", '","c')]
    given = [{"currency": one, "country": other} for one, other in texts]
    assert len(set(ids_of(typed("orders", *given)))) == len(texts)
    keys = [{"order_id": "1", "line_number": "23"}, {"order_id": "12", "line_number": "3"}]
    assert len({row.row_key for row in typed("orders", *keys)}) == 2


def test_the_shop_s_key_is_that_of_all_its_parts_or_none(typed):
    whole = {"order_id": "1", "line_number": "1"}
    given = [
        *(whole, {**whole, "price": "3"}, {**whole, "line_number": "2"}),
        *({**whole, "order_id": None}, {**whole, "line_number": None}),
    ]
    keys = [row.row_key for row in typed("orders", *given)]
    assert keys[0] == keys[1] != keys[2]
    assert None not in keys[:3]
    assert keys[3:] == [None, None]


@pytest.mark.parametrize(("table", "key"), [("users", "user_id"), ("products", "item_id")])
def test_an_entity_s_key_is_its_identifier_as_published(typed, table, key):
    (row,) = typed(table, {key: "17850.0"})
    assert row.row_key == row[key] == "17850"
