"""A visitor's day cut into visits, and visitors that no person is."""

from datetime import date, datetime, timedelta

import pytest

from personalization.pipelines.data_processing.derivation import Bots, Visits
from personalization.pipelines.data_processing.visits import add_visits

pytestmark = pytest.mark.spark

SCHEMA = (
    "interaction_id string, interaction_date date, interaction_ts timestamp, "
    "interaction_type string, user_id string, session_id string, item_id string"
)
MIDNIGHT = datetime(2011, 12, 1)  # noqa: DTZ001 - as Spark takes it
FAR = dict.fromkeys(("looks_per_10_minutes", "looks_per_day", "items_per_day"), 10_000)
NO_BOTS = Bots(**FAR, hours_per_day=24)
HALF_HOUR = 30 * 60


@pytest.fixture
def visits_of(spark):
    """Rows by id, from ``(seconds after midnight, columns)``; ids count from 0."""

    def found(*given, idle_minutes=30.0, bots=NO_BOTS):
        data = []
        for number, (seconds, told) in enumerate(given):
            moment = MIDNIGHT + timedelta(seconds=seconds)
            row = {"id": f"{number:03}", "user": None, "session": None, "type": "view", **told}
            who, item = (row["user"], row["session"]), row.get("item", f"of {row['id']}")
            data.append((row["id"], moment.date(), moment, row["type"], *who, item))
        rows = add_visits(spark.createDataFrame(data, SCHEMA), Visits(idle_minutes, bots))
        return sorted(rows.collect(), key=lambda row: row.interaction_id)

    return found


def sessions(rows):
    return [row.session_id for row in rows]


def flags(rows):
    return [row.is_bot for row in rows]


ANN, BOB = {"user": "ann"}, {"user": "bob"}


def test_rows_come_back_as_they_were_with_one_column_more(visits_of):
    (row,) = visits_of((60, ANN))
    assert row.__fields__ == [*(part.split()[0] for part in SCHEMA.split(", ")), "is_bot"]
    assert (row.interaction_id, row.interaction_date, row.user_id) == (
        *("000", date(2011, 12, 1), "ann"),
    )
    assert row.interaction_ts == MIDNIGHT + timedelta(seconds=60)
    assert row.is_bot is False
    assert len(row.session_id) == 32


def test_a_pause_of_the_idle_limit_belongs_to_the_visit_and_a_longer_one_ends_it(visits_of):
    end = 3600 + HALF_HOUR
    a, b, c = sessions(visits_of((3600, ANN), (end, ANN), (end + HALF_HOUR + 0.000001, ANN)))
    assert a == b != c


def test_the_idle_limit_is_the_one_asked_for(visits_of):
    a, b, c = sessions(visits_of((0, ANN), (90, ANN), (181, ANN), idle_minutes=1.5))
    assert a == b != c


def test_the_end_of_the_day_ends_a_visit(visits_of):
    a, b = sessions(visits_of((24 * 3600 - 1, ANN), (24 * 3600, ANN)))
    assert a != b


def test_visits_of_other_users_days_and_hours_have_other_names(visits_of):
    day = 24 * 3600
    rows = visits_of((0, ANN), (0, BOB), (day, ANN), (day, BOB), (7200, ANN), (7200, BOB))
    assert len(set(sessions(rows))) == len(rows)


def test_a_visit_has_the_same_name_whatever_follows_in_it(visits_of):
    """Else a row that comes late would rewrite the rows of all its visit."""
    assert sessions(visits_of((0, ANN)))[0] == sessions(visits_of((0, ANN), (60, ANN)))[0]


def test_what_a_shop_calls_a_session_stays_however_long_its_pauses(visits_of):
    rows = visits_of(
        *((0, {**ANN, "session": "s1"}), (10, {**ANN, "session": "s2"})),
        *((9999, {**ANN, "session": "s1"}), (9999, {"session": "s3"})),
    )
    assert sessions(rows) == ["s1", "s2", "s1", "s3"]


def test_a_row_without_session_joins_the_first_one_of_its_user_s_visit(visits_of):
    rows = visits_of(
        (0, ANN),
        (60, {**ANN, "session": "s1"}),
        (120, {**ANN, "session": "s2"}),
        (180, ANN),
        (60, BOB),
        (180 + HALF_HOUR + 1, ANN),
    )
    *visit, bobs, later = sessions(rows)
    assert visit == ["s1", "s1", "s2", "s1"]
    assert len({bobs, later, "s1", "s2"}) == 4


def test_rows_of_an_unknown_user_stay_without_a_session_or_keep_theirs(visits_of):
    rows = visits_of((0, {}), (0, {}), (1, {"session": "s1"}), (2, {}))
    assert sessions(rows) == [None, None, "s1", None]


def test_an_unknown_visitor_whose_session_has_a_user_s_name_is_somebody_else(visits_of):
    """Both are numbers where a shop counts them."""
    rows = visits_of((0, {"user": "17"}), (60, {"session": "17"}))
    assert sessions(rows)[1] == "17" != sessions(rows)[0]
    one_look = Bots(looks_per_10_minutes=1, looks_per_day=1, hours_per_day=24)
    rows = visits_of((0, {"user": "17"}), (60, {"session": "17"}), bots=one_look)
    assert flags(rows) == [False, False]


def looks(count, told=ANN, gap=1, **more):
    return [(n * gap, {**told, **more}) for n in range(count)]


def bots(**limits):
    return Bots(**{**FAR, "hours_per_day": 24, **limits})


@pytest.mark.parametrize(
    ("count", "gap", "limits"),
    [
        (3, 1, {"looks_per_10_minutes": 3}),
        (5, 3000, {"looks_per_day": 5}),
        (5, 3000, {"items_per_day": 5}),
        (4, 3600, {"hours_per_day": 4}),
    ],
    ids=["rate", "day", "items", "hours"],
)
def test_who_reaches_a_limit_is_a_person_and_who_passes_it_is_none(visits_of, count, gap, limits):
    rows = visits_of(*looks(count, ANN, gap), *looks(count + 1, BOB, gap), bots=bots(**limits))
    assert flags(rows) == [False] * count + [True] * (count + 1)


@pytest.mark.parametrize(
    ("last", "flagged"), [(599, True), (599.9, True), (600, False), (601, False)]
)
def test_the_rate_is_that_of_any_ten_minutes(visits_of, last, flagged):
    given = [(1000 + seconds, ANN) for seconds in (0, 300, last)]
    rows = visits_of(*given, bots=bots(looks_per_10_minutes=2))
    assert flags(rows) == [flagged] * 3


def test_clock_hours_count_once_however_much_they_hold(visits_of):
    given = [(second, ANN) for second in (0, 3599, 3600, 7199, 2 * 3600 + 1)]
    rows = visits_of(*given, bots=bots(hours_per_day=4))
    assert flags(rows) == [False] * 5


def test_different_items_count_however_often_each_is_looked_at(visits_of):
    seen = [{"item": "a"}, {"item": "b"}, {"item": "a"}, {"item": None}, {"item": None}]
    traded = [{"item": "c", "type": "purchase"}, {"item": "d", "type": "return"}]
    rows = [(n * 3600, {**ANN, **told}) for n, told in enumerate(seen + traded)]
    assert flags(visits_of(*rows, bots=bots(items_per_day=2))) == [False] * 7
    third = (9 * 3600, {**ANN, "item": "c", "type": "cart"})
    assert flags(visits_of(*rows, third, bots=bots(items_per_day=2))) == [True] * 8
    nothing = [(n, {**ANN, "item": None}) for n in range(3)]
    assert flags(visits_of(*nothing, bots=bots(items_per_day=1))) == [False] * 3


def test_views_carts_and_clicks_on_results_count_and_trade_does_not(visits_of):
    limits = bots(looks_per_10_minutes=3, looks_per_day=3, hours_per_day=3)
    kinds = ("view", "cart", "search_click", "cart")
    rows = visits_of(*((n, {**ANN, "type": kind}) for n, kind in enumerate(kinds)), bots=limits)
    assert flags(rows) == [True] * 4
    traded = [
        (n * 3600, {**ANN, "type": kind}) for n in range(6) for kind in ("purchase", "return")
    ]
    assert flags(visits_of(*traded, bots=limits)) == [False] * 12


def test_all_that_a_machine_does_on_its_day_is_flagged_and_no_other_day_or_visitor(visits_of):
    rows = visits_of(
        *looks(3),
        (9000, {**ANN, "type": "purchase"}),
        (24 * 3600, ANN),
        (1, BOB),
        bots=bots(looks_per_10_minutes=2),
    )
    assert flags(rows) == [True] * 4 + [False] * 2


def test_unknown_visitors_are_told_apart_by_their_sessions(visits_of):
    nobody = looks(3, {}) + looks(2, {"session": "s1"}) + looks(3, {"session": "s2"})
    rows = visits_of(*nobody, bots=bots(looks_per_10_minutes=2))
    assert flags(rows) == [False] * 3 + [False] * 2 + [True] * 3


def test_shuffled_rows_give_the_same_visits(visits_of):
    given = [
        *((0, ANN), (0, {**ANN, "session": "s1"}), (0, {**ANN, "session": "s2"}), (5, ANN)),
        *((9000, ANN), (9000, BOB), (1, {}), (2, {"session": "s3"})),
    ]
    named = [(seconds, {**told, "id": f"{n:03}"}) for n, (seconds, told) in enumerate(given)]
    rows = visits_of(*named)
    assert sessions(rows)[:4] == ["s1", "s1", "s2", "s1"]
    assert visits_of(*named[::-1]) == rows
    assert visits_of(*named[3:], *named[:3]) == rows
