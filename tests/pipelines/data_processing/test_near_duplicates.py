"""Events that come so soon after one another that they were meant once."""

from datetime import datetime, timedelta

import pytest

from personalization.pipelines.data_processing.derivation import NearDuplicates
from personalization.pipelines.data_processing.repeats import REPEAT_COLUMNS, find_near_duplicates

pytestmark = pytest.mark.spark

SCHEMA = (
    "source string, source_file string, file_version long, row_number long, "
    "interaction_date date, row_id string, row_key string, "
    "event_ts timestamp, interaction_type string, user_id string, session_id string, item_id string"
)
MIDNIGHT = datetime(2011, 12, 1)  # noqa: DTZ001 - as Spark takes it
PLACE = {"source": "events", "source_file": "a.csv", "file_version": 1, "row_key": None}
USUAL = {"interaction_type": "view", "user_id": "u1", "session_id": None, "item_id": "i1"}


@pytest.fixture
def rejected(spark):
    """Names of the events rejected; given are ``(name, seconds after midnight, columns)``."""

    def names(*given, seconds=2.0, **options):
        data = []
        for number, (name, second, told) in enumerate(given):
            moment = MIDNIGHT + timedelta(seconds=second)
            row = {"row_number": number, "row_id": name, "event_ts": moment, **PLACE, **USUAL}
            row |= told
            row["interaction_date"] = moment.date()
            data.append(tuple(row[part.split()[0]] for part in SCHEMA.split(", ")))
        near = NearDuplicates(seconds, **options)
        found = find_near_duplicates(spark.createDataFrame(data, SCHEMA), near)
        assert found.columns == list(REPEAT_COLUMNS)
        rows = found.collect()
        assert {row.rejected_by for row in rows} <= {"near_duplicate"}
        return sorted(row.row_id for row in rows)

    return names


def test_an_event_at_most_so_long_after_the_last_one_is_rejected_and_a_later_one_is_not(rejected):
    assert rejected(("a", 10, {}), ("b", 12, {}), ("c", 14.000001, {})) == ["b"]
    assert rejected(("a", 10, {}), ("b", 10.5, {}), seconds=0.5) == ["b"]


def test_the_last_one_counts_although_it_was_rejected_itself(rejected):
    assert rejected(("a", 10, {}), ("b", 11, {}), ("c", 13, {}), ("d", 15.5, {})) == ["b", "c"]


@pytest.mark.parametrize(
    "other",
    [{"user_id": "u2"}, {"item_id": "i2"}, {"interaction_type": "cart"}],
    ids=["visitor", "item", "kind"],
)
def test_events_of_another_visitor_item_or_kind_are_meant_as_they_are(rejected, other):
    assert rejected(("a", 10, {}), ("b", 10, other), ("c", 11, {})) == ["c"]


def test_unknown_visitors_are_told_apart_by_their_sessions_and_others_are_left_alone(rejected):
    nobody = {"user_id": None}
    known = {"user_id": None, "session_id": "s1"}
    given = [("a", 10, known), ("b", 11, known), ("c", 11, {**known, "session_id": "s2"})]
    assert rejected(*given, ("d", 10, nobody), ("e", 10, nobody)) == ["b"]


def test_a_user_is_one_visitor_whatever_the_session(rejected):
    assert rejected(("a", 10, {"session_id": "s1"}), ("b", 11, {"session_id": "s2"})) == ["b"]


def test_the_end_of_the_day_parts_a_pair(rejected):
    assert rejected(("a", 24 * 3600 - 1, {}), ("b", 24 * 3600, {})) == []


def test_of_events_at_one_moment_the_smallest_name_stays_whatever_their_order(rejected):
    given = [("b", 10, {}), ("a", 10, {}), ("c", 10, {})]
    assert rejected(*given) == rejected(*given[::-1]) == ["b", "c"]


def test_kinds_that_are_not_judged_are_left_alone(rejected):
    given = [
        (f"{kind} {n}", n, {"interaction_type": kind})
        for kind in ("view", "cart", "impression", "purchase")
        for n in (1, 2)
    ]
    assert rejected(*given) == ["cart 2", "view 2"]
    assert rejected(*given, kinds=["impression"]) == ["impression 2"]
