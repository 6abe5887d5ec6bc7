from datetime import UTC, datetime

import pytest

pytestmark = pytest.mark.spark


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


@pytest.fixture(scope="module")
def read(typed):
    """Value and reason for each text of one column."""

    def values(column, cases, table="orders", **entry):
        rows = typed(table, *({column: text} for text in cases), **entry)
        return [(getattr(row, column), row.rejected_by) for row in rows]

    return values


@pytest.fixture(scope="module")
def moments(read):
    def found(cases, **timestamps):
        rows = read("order_ts", cases, timestamps=timestamps)
        return [value.replace(tzinfo=UTC) if value and not why else why for value, why in rows]

    return found


UNREADABLE_ID = (None, "item_id_unreadable")


def test_identifiers_keep_every_digit_and_lose_only_padding(read):
    cases = {
        "17850.0": ("17850", None),
        "-17850.00": ("-17850", None),
        "9223372036854775806": ("9223372036854775806", None),
        "9223372036854775806.0": ("9223372036854775806", None),
        "00123": ("00123", None),
        "1.5": ("1.5", None),
        "1234e567": ("1234e567", None),
        "1.23457E+18": UNREADABLE_ID,
        "1.23457E18": UNREADABLE_ID,
        "1,23457E+18": UNREADABLE_ID,
        "12e+17": UNREADABLE_ID,
        " \u00a0\ufeff85123a\t\u3000": ("85123a", None),
        "a b": ("a b", None),
        " \u00a0 ": (None, "item_id_missing"),
        "'; DROP TABLE t; --": ("'; DROP TABLE t; --", None),
        "[A1]": ("[A1]", None),
    }
    assert dict(zip(cases, read("item_id", cases), strict=True)) == cases


@pytest.mark.parametrize("kind", ["json_lines", "parquet"])
def test_a_list_or_an_object_in_place_of_an_identifier_is_unreadable(read, kind):
    cases = {
        '["17", "4"]': UNREADABLE_ID,
        '{"id": "17"}': UNREADABLE_ID,
        '{"a\\"b": "17"}': UNREADABLE_ID,
        "[]": UNREADABLE_ID,
        "{}": UNREADABLE_ID,
        "{3F2504E0-4F89-11D3-9A0C-0305E82C3301}": ("{3F2504E0-4F89-11D3-9A0C-0305E82C3301}", None),
        "a[1]": ("a[1]", None),
    }
    found = read("item_id", cases, format={"kind": kind})
    assert dict(zip(cases, found, strict=True)) == cases


def test_a_list_or_an_object_among_identifiers_is_unreadable(typed):
    cases = {'["1", "2"]': "1|2", '[["1"], "2"]': None, '["1", {"id": "2"}]': None, "1|2": "1|2"}
    given = [{"results": text} for text in cases]
    rows = typed("search_logs", *given, format={"kind": "json_lines"})
    assert [row.results for row in rows] == list(cases.values())
    told = [None if one else "results_unreadable" for one in cases.values()]
    assert [row.rejected_by for row in rows] == told


def test_identifiers_shown_together_are_read_from_bars_or_a_json_array(typed):
    cases = {
        "17|0004": "17|0004",
        '["9223372036854775806", "a b", null, "0004"]': "9223372036854775806|a b||0004",
        "[17, 4]": "17|4",
        "101.0| 0102 ": "101|0102",
        "[101.0, null]": "101|",
        "1|1.2E+18": None,
        "[]": None,
        "": None,
        "[not json]": "[not json]",
    }
    refused = ("1|1.2E+18",)
    rows = typed("search_logs", *({"results": text} for text in cases))
    assert [row.results for row in rows] == list(cases.values())
    told = ["results_unreadable" if text in refused else None for text in cases]
    assert [row.rejected_by for row in rows] == told


def test_case_is_dropped_only_where_it_carries_no_meaning(typed):
    (row,) = typed("orders", {"item_id": "85123a", "order_id": "c1"}, upper_case=["item_id"])
    assert (row.item_id, row.order_id) == ("85123A", "c1")


def test_texts_that_stand_for_nothing_are_empty_where_the_shop_says_so(typed):
    texts = ("NaN", "NULL", "nan", "17")
    rows = typed("orders", *({"user_id": t} for t in texts), null_values=["NaN", "NULL"])
    assert [row.user_id for row in rows] == [None, None, "nan", "17"]
    (row,) = typed("orders", {"user_id": "NaN"})
    assert row.user_id == "NaN"


def test_only_finite_decimal_numbers_are_numbers(read):
    numbers = {"1.50": 1.5, "+2": 2.0, "1e2": 100.0, ".5": 0.5, "3.": 3.0, " 7\u00a0": 7.0}
    others = ["NaN", "Infinity", "-inf", "1e400", "1d", "2f", "0x1p3", "1,5", "1 000", "n/a", "£3"]
    found = read("price", [*numbers, *others])
    assert found[: len(numbers)] == [(value, None) for value in numbers.values()]
    assert found[len(numbers) :] == [(None, "price_unreadable")] * len(others)


def test_decimal_comma_allows_dots_between_thousands_only(read):
    numbers = {"1,50": 1.5, "1.234,5": 1234.5, "1.234.567": 1234567.0, "12": 12.0, ",5": 0.5}
    numbers |= {"1,5e3": 1500.0, "1,5e-07": 1.5e-7}  # as programs write what is large or small
    others = ["12.50", "1.23,4", "1,2,3", ",", "1.5e3", "1.234e5", "e5", ",e5"]
    found = read("price", [*numbers, *others], format={"decimal_mark": ","})
    assert found[: len(numbers)] == [(value, None) for value in numbers.values()]
    assert found[len(numbers) :] == [(None, "price_unreadable")] * len(others)


def test_whole_numbers_may_be_written_as_floats_but_hold_no_fraction(read):
    cases = {"3": 3, "3.0": 3, "+4": 4, "3.5": None, "x": None, "9" * 19: None}
    found = read("position", cases, "events")
    expected = [(v, None if v else "position_unreadable") for v in cases.values()]
    assert found == expected


def test_where_the_comma_is_the_decimal_mark_dots_stand_between_thousands_of_whole_numbers(read):
    cases = {"1.000": 1000, "1.234.567": 1234567, "3,0": 3, "1.000,00": 1000, "+4": 4}
    cases |= dict.fromkeys(("3.0", "1.00", "1.0000", "3,5", "1,000,0"))
    found = read("position", cases, "events", format={"decimal_mark": ","})
    assert found == [(v, None if v else "position_unreadable") for v in cases.values()]


def test_where_the_comma_is_the_decimal_mark_ids_lose_a_fraction_behind_it_only(read):
    cases = {"17850,0": "17850", "1.000": "1.000", "1,5": "1,5", "017": "017"}
    cases |= {"17850.0": "17850", "4.00": "4", "17850.0000": "17850.0000"}
    found = read("item_id", cases, "products", format={"decimal_mark": ","})
    assert found == [(value, None) for value in cases.values()]
    (row, *_) = read("results", ["17850,0|4,00"], "search_logs", format={"decimal_mark": ","})
    assert row == ("17850|4", None)


def test_seconds_written_as_floats_are_read_with_the_decimal_mark(read):
    at = {"timestamps": {"format": "epoch_seconds"}, "format": {"decimal_mark": ","}}
    cases = ["1322697600,0", "1322697600", "1322697600.0", "1322697600,5"]
    whys = [why for _, why in read("event_ts", cases, "events", **at)]
    assert whys == [None, None, "event_ts_unreadable", "event_ts_unreadable"]


def test_number_read_as_a_whole_one_keeps_the_type_of_the_table(typed):
    rows = typed("orders", {"quantity": "2.0"}, {"quantity": "2.5"}, types={"quantity": "integer"})
    assert [(row.quantity, row.rejected_by) for row in rows] == [
        (2.0, None),
        (None, "quantity_unreadable"),
    ]
    assert isinstance(rows[0].quantity, float)


UNREADABLE = "order_ts_unreadable"
IMPOSSIBLE = "time_out_of_range"


def test_local_time_follows_the_clock_of_its_zone(moments):
    cases = {
        "2011-07-01 12:00:00": utc(2011, 7, 1, 11),  # summer time: one hour ahead of UTC
        "2011-12-01 12:00:00": utc(2011, 12, 1, 12),
        "2011-03-27 00:59:59": utc(2011, 3, 27, 0, 59, 59),
        "2011-03-27 02:00:00": utc(2011, 3, 27, 1),  # the hour from 1 to 2 does not exist
        "2011-03-27 01:30:00": utc(2011, 3, 27, 1, 30),  # … and is taken for the one after it
        "2011-10-30 01:30:00": utc(2011, 10, 30, 0, 30),  # comes twice: taken for the first
        "2011-10-30 02:00:00": utc(2011, 10, 30, 2),
        "0000-00-00 00:00:00": UNREADABLE,
        "2011-02-30 12:00:00": UNREADABLE,
        "2011-07-01 24:00:00": UNREADABLE,
        "01/07/2011 12:00": UNREADABLE,
        "1970-01-01 00:00:00": IMPOSSIBLE,
        "2037-01-01 00:00:00": IMPOSSIBLE,
        "+999999-01-01 00:00:00": UNREADABLE,
    }
    found = moments(cases, format="yyyy-MM-dd HH:mm:ss", time_zone="Europe/London")
    assert dict(zip(cases, found, strict=True)) == cases


def test_iso_text_is_local_without_an_offset_and_exact_with_one(moments):
    cases = {
        "2011-07-01T12:00:00": utc(2011, 7, 1, 11),
        "2011-07-01 12:00": utc(2011, 7, 1, 11),
        "2011-07-01": utc(2011, 7, 1),
        "2011-07-01T12:00:00Z": utc(2011, 7, 1, 12),
        "2011-07-01T12:00Z": utc(2011, 7, 1, 12),
        "2011-07-01 12:00:00.250000 +02:00": utc(2011, 7, 1, 10, 0, 0, 250000),
        "2011-07-01 12:00-05:00": utc(2011, 7, 1, 17),
        "2011-07-01 12:00:00+0530": utc(2011, 7, 1, 6, 30),
        "2011-07-01 12:00:00+01": utc(2011, 7, 1, 11),
        "2011": UNREADABLE,
        "12:00": UNREADABLE,
        "1309521600": UNREADABLE,
        "0000-00-00 00:00:00": UNREADABLE,
        "now": UNREADABLE,
    }
    found = moments(cases, format="iso", time_zone="Europe/London")
    assert dict(zip(cases, found, strict=True)) == cases


def test_a_day_without_hours_stays_that_day_whatever_the_zone(moments):
    for zone in ("Europe/Berlin", "America/Los_Angeles"):
        days = {"01.07.2011": utc(2011, 7, 1), "31.12.2011": utc(2011, 12, 31)}
        found = moments(days, format="dd.MM.yyyy", time_zone=zone)
        assert found == list(days.values())


@pytest.mark.parametrize(("unit", "zeros"), [("epoch_seconds", ""), ("epoch_milliseconds", "000")])
def test_epochs_are_utc_whatever_the_zone_and_huge_ones_do_not_end_the_run(moments, unit, zeros):
    cases = {
        f"1309521600{zeros}": utc(2011, 7, 1, 12),
        f"1309521600{zeros}.0": utc(2011, 7, 1, 12),
        "0": IMPOSSIBLE,
        "-1": IMPOSSIBLE,
        "9" * (11 + len(zeros)): IMPOSSIBLE,
        "9" * 18: UNREADABLE,
        "9" * 40: UNREADABLE,
        "1.3e9": UNREADABLE,
        "2011-07-01": UNREADABLE,
    }
    found = moments(cases, format=unit, time_zone="Europe/London")
    assert dict(zip(cases, found, strict=True)) == cases


def test_offset_in_a_pattern_makes_the_text_exact(moments):
    cases = {"01.07.2011 12:00 +0200": utc(2011, 7, 1, 10), "01.07.2011 12:00": UNREADABLE}
    found = moments(cases, format="dd.MM.yyyy HH:mm xx", time_zone="Asia/Tokyo")
    assert found == list(cases.values())


def test_first_possible_moment_is_good_and_the_first_impossible_one_is_not(moments):
    limits = {"earliest": "2011-01-01 00:00:00", "latest": "2012-01-01 00:00:00"}
    cases = {
        "2010-12-31 23:59:59.999999": IMPOSSIBLE,
        "2011-01-01 00:00:00": utc(2011, 1, 1),
        "2011-12-31 23:59:59.999999": utc(2011, 12, 31, 23, 59, 59, 999999),
        "2012-01-01 00:00:00": IMPOSSIBLE,
    }
    assert moments(cases, **limits) == list(cases.values())
