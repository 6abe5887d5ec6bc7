"""The other primary tables: who a user is, what an item is, what was shown and searched for."""

from datetime import datetime

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


def test_users_have_pseudonyms_in_place_of_what_is_personal_and_no_city(good):
    told = {"name": "p1", "email": "p2", "address": "p3", "city": "York", "country": "GB"}
    users = build_users(good("users", {"user_id": "u1", **told}, {"user_id": "u2"}), BATCH)
    assert users.columns == [
        *("user_id", "country", "device", "signed_up_ts"),
        *("name_pseudonym", "email_pseudonym", "address_pseudonym"),
        *("source", "source_file", "batch_id", "ingested_at"),
    ]
    first, second = sorted(users.collect(), key=lambda row: row.user_id)
    assert (first.country, first.name_pseudonym, first.email_pseudonym) == ("GB", "p1", "p2")
    assert (second.user_id, second.address_pseudonym) == ("u2", None)


def test_items_keep_what_describes_them_and_are_stamped(good):
    given = {"title": "mug", "price": "2.5", "currency": "GBP", "brand": "b", "retired_ts": None}
    (item,) = build_items(good("products", given), BATCH).collect()
    assert (item.item_id, item.title, item.price, item.currency) == ("i1", "mug", 2.5, "GBP")
    assert (item.source_file, item.batch_id) == ("a.csv", "b1")
    assert item.ingested_at == datetime(2026, 6, 30, 12)  # noqa: DTZ001 - as Spark hands it over


def test_impressions_are_what_was_shown_each_with_a_key_of_its_own(good):
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
    rows = build_impressions(good("events", *given), BATCH).collect()
    assert len(rows) == len({row.impression_id for row in rows}) == 6
    assert {(row.item_id, row.request_id) for row in rows} == {("i1", "r1")}


def test_searches_keep_the_shop_s_id_and_have_a_key_of_their_own_whatever_file_they_are_in(good):
    click = {"search_id": "q1", "clicked_item_id": "i1"}
    given = [
        {**click, "clicked_item_id": "i2"},
        click,
        {"search_id": "q2"},
        {"search_id": None},
        {"search_id": None, "query": "cup"},
    ]
    elsewhere = [{**row, "source_file": f"{9 - n}.csv"} for n, row in enumerate(given)]
    found = [
        {
            row.search_key: (row.search_id, row.query, row.clicked_item_id)
            for row in build_searches(good("search_logs", *rows), BATCH).collect()
        }
        for rows in (given, elsewhere)
    ]
    assert found[0] == found[1]
    assert sorted(found[0].values(), key=str) == [
        ("q1", "mug", "i1"),
        ("q1", "mug", "i2"),
        ("q2", "mug", None),
        (None, "cup", None),
        (None, "mug", None),
    ]
