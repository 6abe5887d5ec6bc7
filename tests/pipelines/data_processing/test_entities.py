import pytest

from personalization.pipelines.data_processing.entities import (
    build_impressions,
    build_items,
    build_searches,
    build_users,
)
from personalization.pipelines.data_processing.options import Batch

pytestmark = pytest.mark.spark

BATCH = Batch("b1", "2026-06-30 12:00:00")


def test_users_hold_no_personal_data_and_only_good_rows(settle):
    given = [
        {"user_id": "u1", "name": "Ann", "email": "a@b.c", "address": "1 Road", "city": "York"},
        {"user_id": "u2", "signed_up_ts": "x"},
    ]
    users = build_users(settle("users", *given), BATCH)
    assert users.columns == [
        *("user_id", "country", "device", "signed_up_ts"),
        *("source", "source_file", "batch_id", "ingested_at"),
    ]
    assert [row.user_id for row in users.collect()] == ["u1"]


def test_items_are_the_newest_good_rows(settle):
    given = [{"title": "old"}, {"title": "new"}, {"title": "newest", "price": "x"}]
    items = build_items(settle("products", *given), BATCH).collect()
    assert [(row.item_id, row.title, row.batch_id) for row in items] == [("i1", "new", "b1")]


def test_impressions_are_what_was_shown_each_with_a_key_of_its_own(settle):
    shown = {"event_kind": "impression", "request_id": "r1", "position": "1", "propensity": "0.5"}
    given = [
        shown,
        {**shown, "event_ts": "2011-12-01 10:00:00.000001"},
        {**shown, "event_ts": "2011-12-01 10:00:00.000002"},
        {**shown, "event_id": "e9"},  # the same, logged twice under two ids
        {**shown, "position": "2"},
        {**shown, "propensity": "0.25"},
        {"event_kind": "view"},
    ]
    rows = build_impressions(settle("events", *given), BATCH).collect()
    assert len(rows) == 6
    assert len({row.impression_id for row in rows}) == 6
    assert {row.item_id for row in rows} == {"i1"}


def test_searches_keep_their_id_and_get_one_where_it_is_missing_or_given_twice(settle):
    click = {"search_id": "q1", "clicked_item_id": "i1"}
    given = [
        {**click, "clicked_item_id": "i2"},
        click,
        {"search_id": "q2"},
        {"search_id": None},
        {"search_id": None, "query": "cup"},
    ]
    shuffled = [{**row, "source_file": f"{9 - n}.csv"} for n, row in enumerate(given)]
    found = [
        {
            (row.search_id, row.query, row.clicked_item_id)
            for row in build_searches(settle("search_logs", *rows), BATCH).collect()
        }
        for rows in (given, shuffled)
    ]
    assert found[0] == found[1]
    assert len({search_id for search_id, _, _ in found[0]}) == len(given)
    assert {("q1", "mug", "i1"), ("q2", "mug", None)} <= found[0]
    assert not [one for one in found[0] if one[0] is None]
