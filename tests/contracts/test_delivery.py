from datetime import UTC, datetime

import pytest

from personalization.contracts.delivery import Delivered
from personalization.contracts.errors import ConfigurationError

DAY = r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)"
MINUTE = rf"{DAY}(T(?P<hour>\d\d)(?P<minute>\d\d)?)?"


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


def test_a_file_named_after_its_day_arrives_a_day_after_that_day_begins():
    assert Delivered(DAY).moment_of("in/orders-2011-12-31.csv") == utc(2012, 1, 1)
    assert Delivered(DAY).moment_of("in/orders-2011-12-31.csv").tzinfo is UTC


@pytest.mark.parametrize(
    ("name", "moment"),
    [
        ("2011-12-01T1745.csv", utc(2011, 12, 1, 17, 45)),
        ("2011-12-01T17.csv", utc(2011, 12, 1, 17)),
        ("2011-12-01.csv", utc(2011, 12, 1)),
    ],
)
def test_hour_and_minute_count_where_the_name_tells_them(name, moment):
    assert Delivered(MINUTE, after_hours=0).moment_of(name) == moment


def test_hours_until_the_file_arrives_are_added():
    delivered = Delivered(MINUTE, after_hours=1.5)
    assert delivered.moment_of("2011-12-01T2245") == utc(2011, 12, 2, 0, 15)


@pytest.mark.parametrize(
    ("name", "moment"),
    [
        ("2011-01-15T1200", utc(2011, 1, 15, 11)),  # Berlin is an hour ahead
        ("2011-07-15T1200", utc(2011, 7, 15, 10)),  # and two in summer
        ("2011-03-27T0159", utc(2011, 3, 27, 0, 59)),
        ("2011-03-27T0300", utc(2011, 3, 27, 1)),  # a minute later by the clock of the world
        ("2011-10-30T0230", utc(2011, 10, 30, 0, 30)),  # comes twice: the first one
    ],
)
def test_names_are_meant_in_the_zone_with_its_daylight_saving(name, moment):
    assert Delivered(MINUTE, "Europe/Berlin", 0).moment_of(name) == moment


@pytest.mark.parametrize(
    "name", ["2011-02-29", "2011-13-01", "2011-00-10", "2011-12-01T2460", "orders.csv", ""]
)
def test_a_name_that_tells_no_moment_gives_none(name):
    assert Delivered(MINUTE).moment_of(name) is None


def test_a_part_that_the_name_leaves_out_is_not_guessed():
    optional = r"(?P<year>\d{4})-(?P<month>\d\d)(-(?P<day>\d\d))?"
    assert Delivered(optional).moment_of("2011-12") is None
    assert Delivered(optional, after_hours=0).moment_of("2011-12-05") == utc(2011, 12, 5)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"matches": "("}, r"delivered\.matches: '\(' is no regular expression"),
        ({"matches": r"\d{4}-\d\d-\d\d"}, r"delivered\.matches needs the named groups"),
        (
            {"matches": r"(?P<year>\d{4})(?P<month>\d\d)"},
            r"delivered\.matches needs the named groups",
        ),
        (
            {"matches": DAY + r"(?P<second>\d\d)"},
            r"\(\?P<hour>…\) and \(\?P<minute>…\) are allowed",
        ),
        ({"time_zone": "Mars/Base"}, r"delivered\.time_zone: no zone 'Mars/Base'"),
        ({"time_zone": ""}, r"delivered\.time_zone: no zone ''"),
        ({"time_zone": "../etc"}, r"delivered\.time_zone: no zone '\.\./etc'"),
        ({"after_hours": -0.5}, r"delivered\.after_hours: -0\.5 is not 0 or more"),
        ({"after_hours": float("inf")}, r"delivered\.after_hours: inf is not 0 or more"),
        ({"after_hours": float("nan")}, r"delivered\.after_hours: nan is not 0 or more"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_its_key(values, told):
    with pytest.raises(ConfigurationError, match=told):
        Delivered(**{"matches": DAY, **values})


DAY = r"(?P<year>\d{2,4})-(?P<month>\d\d)-(?P<day>\d\d)"


def test_the_end_of_a_day_is_meant_on_the_clock_of_the_zone():
    october = Delivered(DAY, "Europe/London").moment_of("2011-10-30.csv")
    assert october.isoformat() == "2011-10-31T00:00:00+00:00"  # that day has 25 hours


def test_years_of_two_digits_are_of_this_century_and_no_moment_overflows():
    assert Delivered(DAY).moment_of("11-12-01.csv").isoformat() == "2011-12-02T00:00:00+00:00"
    assert Delivered(DAY).moment_of("9999-12-31.csv") is None
    assert Delivered(DAY, after_hours=1e12).moment_of("2011-12-01.csv") is None
