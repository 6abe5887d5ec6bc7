from datetime import date, datetime

import pytest

from personalization.contracts.source_entries import build_description
from personalization.datasets.raw_rows import RawFiles
from personalization.pipelines.data_processing.interactions import (
    INTERACTION_COLUMNS,
    build_interactions,
    hash_key,
)
from personalization.pipelines.data_processing.options import Batch, InteractionWeights
from personalization.pipelines.data_processing.quarantine import type_rows

pytestmark = pytest.mark.spark

BATCH = Batch("b1", "2026-06-30 12:00:00")
WEIGHTS = InteractionWeights(view=1, search_click=2, cart=3, purchase=4, returned=5)


@pytest.fixture(scope="module")
def build(settle):
    """Interactions of the rows given by table."""

    def interactions(**given):
        typed = {
            table: type_rows(RawFiles(build_description({"table": table}), ()))
            for table in {"events", "orders", "search_logs"} - given.keys()
        }
        typed |= {table: settle(table, *rows) for table, rows in given.items()}
        return build_interactions(typed, BATCH, WEIGHTS).collect()

    return interactions


def ids_of(rows):
    return {row.interaction_id for row in rows}


@pytest.fixture(scope="module")
def mart(build):
    kinds = ("view", "cart", "purchase", "return", "impression")
    return build(
        events=[{"event_kind": kind, "session_id": "s1", "user_id": "u1"} for kind in kinds],
        orders=[{"order_id": "o1", "price": "2.5", "quantity": "3", "currency": "GBP"}],
        search_logs=[
            {"search_id": "q1", "clicked_item_id": "i9", "clicked_position": "1"},
            {"search_id": "q2"},
        ],
    )


def test_everything_done_is_an_interaction_with_the_weight_of_its_kind(mart):
    assert sorted((row.source, row.interaction_type, row.weight) for row in mart) == [
        ("events", "cart", 3.0),
        ("events", "purchase", 4.0),
        ("events", "return", 5.0),
        ("events", "view", 1.0),
        ("orders", "purchase", 4.0),
        ("search_logs", "search_click", 2.0),
    ]


def test_click_on_a_search_result_is_about_the_item_clicked(mart):
    (click,) = (row for row in mart if row.interaction_type == "search_click")
    assert (click.item_id, click.quantity, click.price, click.order_id) == ("i9", None, None, None)


def test_order_line_keeps_what_was_paid_and_is_stamped(mart):
    (line,) = (row for row in mart if row.source == "orders")
    assert line.__fields__ == list(INTERACTION_COLUMNS)
    assert (line.quantity, line.price, line.currency, line.user_id) == (3.0, 2.5, "GBP", None)
    moment = datetime(2011, 12, 1, 10)  # noqa: DTZ001 - as Spark hands it over
    assert (line.interaction_ts, line.known_at, line.interaction_date) == (
        *(moment, moment),
        date(2011, 12, 1),
    )
    assert (line.batch_id, line.ingested_at) == ("b1", datetime(2026, 6, 30, 12))  # noqa: DTZ001


def test_keys_differ_where_any_part_differs(build):
    line = {"order_id": "o1", "session_id": "s1", "user_id": "u1", "item_id": "i1"}
    others = [
        {"order_id": "o2"},
        {"order_id": None},
        {"order_id": None, "session_id": "s2"},
        {"user_id": "u2"},
        {"user_id": None},
        {"item_id": "i2"},
        {"order_ts": "2011-12-01 10:00:00.000001"},
        {"order_ts": "2011-12-01 10:00:00.000002"},
        {"price": "9"},  # the second line of that order: told apart by its position
    ]
    rows = build(
        orders=[line, *({**line, **other} for other in others)],
        events=[{**line, "event_kind": "purchase"}, {**line, "event_kind": "cart"}],
    )
    assert len(ids_of(rows)) == len(rows) == 1 + len(others) + 2


def test_parts_of_a_key_do_not_run_into_one_another(spark):
    values = spark.sql(
        "SELECT * FROM VALUES ('a', 'bc'), ('ab', 'c'), ('abc', NULL), (NULL, 'abc'), "
        "('a\",\"', 'c'), ('a', '\",\"c') AS t(x, y)"
    )
    keys = [row.key for row in values.select(hash_key(values.x, values.y).alias("key")).collect()]
    assert len(set(keys)) == len(keys) == 6
    assert {len(key) for key in keys} == {32}


def test_equal_lines_of_an_order_stay_the_same_when_files_are_renamed_and_shuffled(build):
    def line(price, title, file, row):
        told = {"order_id": "o1", "user_id": "u1", "price": price, "title": title}
        return {**told, "source_file": file, "row_number": row}

    before = [
        line("3", "x", "a.csv", 2),
        line("2", "x", "a.csv", 3),
        line("2", "y", "b.csv", 2),
        line("2", "y", "b.csv", 3),  # an exact duplicate
    ]
    after = [
        line("2", "y", "0.csv", 2),
        line("2", "x", "0.csv", 9),
        line("2", "y", "z.csv", 2),
        line("3", "x", "c.csv", 2),
    ]
    found = [
        sorted((row.interaction_id, row.price) for row in build(orders=rows))
        for rows in (before, after)
    ]
    assert found[0] == found[1]
    assert sorted(price for _, price in found[0]) == [2.0, 2.0, 3.0]
