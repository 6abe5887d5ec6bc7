"""What events, order lines and searches tell becomes interactions of one table."""

from datetime import date, datetime

import pytest

from personalization.pipelines.data_processing.derivation import (
    Bots,
    Derivation,
    InteractionWeights,
    Visits,
)
from personalization.pipelines.data_processing.interactions import (
    INTERACTION_COLUMNS,
    build_interactions,
    keep_days_together,
)
from personalization.pipelines.data_processing.options import Batch

pytestmark = pytest.mark.spark

BATCH = Batch("b1", "2026-06-30 12:00:00")
WEIGHTS = InteractionWeights(view=1, search_click=2, cart=3, purchase=4, returned=5)


@pytest.fixture(scope="module")
def build(good):
    """Interactions of the rows given by table."""

    def interactions(visits=None, **given):
        rows = {table: good(table, *of_table) for table, of_table in given.items()}
        derivation = Derivation(WEIGHTS, visits or Visits())
        return build_interactions(rows, BATCH, derivation, most_rows=9).collect()

    return interactions


KINDS = ("view", "cart", "purchase", "return", "impression")
DELIVERED = {
    "events": [{"event_kind": kind, "session_id": "s1", "user_id": "u1"} for kind in KINDS],
    "orders": [{"order_id": "o1", "price": "2.5", "quantity": "3", "currency": "GBP"}],
    "search_logs": [
        {"search_id": "q1", "clicked_item_id": "i9", "clicked_position": "1"},
        {"search_id": "q2"},
    ],
}


@pytest.fixture(scope="module")
def mart(build):
    return build(**DELIVERED)


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


def test_an_interaction_has_the_name_of_the_row_that_tells_it(mart, typed):
    names = {r.row_id for table, given in DELIVERED.items() for r in typed(table, *given)}
    found = [row.interaction_id for row in mart]
    assert len(found) == len(set(found)) == 4 + 1 + 1
    assert set(found) <= names


def test_a_shop_without_some_of_the_tables_has_the_interactions_of_the_others(build):
    assert [row.source for row in build(orders=[{}])] == ["orders"]
    assert build(search_logs=[{"search_id": "q2"}]) == []


def test_visits_are_those_of_all_tables_together_cut_as_asked(build):
    given = {
        "events": [{"user_id": "u1", "session_id": "s1", "event_ts": "2011-12-01 10:00:00"}],
        "orders": [{"user_id": "u1", "order_ts": "2011-12-01 10:20:00"}, {"user_id": "u2"}],
    }
    found = {(r.source, r.user_id): r.session_id for r in build(**given)}
    assert found["orders", "u1"] == "s1"
    assert found["orders", "u2"] not in {"s1", None}
    apart = {(r.source, r.user_id): r.session_id for r in build(Visits(10), **given)}
    assert apart["orders", "u1"] not in {"s1", None}


def test_looks_of_all_tables_together_give_a_machine_away_by_the_limits_asked(build):
    given = {
        "events": [{"user_id": "u1"}, {"user_id": "u2"}],
        "orders": [{"user_id": "u1"}],
        "search_logs": [{"user_id": "u1", "clicked_item_id": "i1"}],
    }
    rows = build(Visits(bots=Bots(looks_per_day=1)), **given)
    assert {(row.user_id, row.is_bot) for row in rows} == {("u1", True), ("u2", False)}
    assert {row.is_bot for row in build(**given)} == {False}


@pytest.mark.parametrize(("most_rows", "partitions"), [(0, 1), (4, 1), (5, 2), (12, 3)])
def test_a_day_is_in_one_partition_and_neighbours_are_side_by_side(
    good, monkeypatch, most_rows, partitions
):
    module = "personalization.pipelines.data_processing.interactions"
    monkeypatch.setattr(f"{module}.ROWS_PER_PARTITION", 4)
    given = [
        {"order_ts": f"2011-12-{1 + n % 3:02} 10:00:00", "order_id": str(n)} for n in range(12)
    ]
    rows = keep_days_together(good("orders", *given), most_rows)
    assert rows.rdd.getNumPartitions() == partitions
    placed = rows.selectExpr("spark_partition_id() AS place", "interaction_date").collect()
    assert len(placed) == 12
    by_day = sorted({(row.interaction_date, row.place) for row in placed})
    assert len(by_day) == 3
    places = [place for _, place in by_day]
    assert places == sorted(places)
    assert len(set(places)) == partitions
