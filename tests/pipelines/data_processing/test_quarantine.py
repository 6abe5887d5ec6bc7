from datetime import datetime

import pytest

from personalization.contracts.source_entries import build_description
from personalization.datasets.raw_rows import RawFiles
from personalization.pipelines.data_processing.quarantine import collect_rejected_rows, type_rows

pytestmark = pytest.mark.spark


def test_exact_duplicates_are_rejected_but_the_first_nulls_equal_across_files(reasons):
    line = {"order_id": "1", "user_id": None}
    given = [
        line,
        line,
        {**line, "source_file": "b.csv", "row_number": 1},
        {**line, "user_id": "u1"},
        {**line, "price": "2.50"},
        {**line, "price": "3"},
    ]
    # In the order of files, then of rows.
    expected = [None, "duplicate", None, "duplicate", None, "duplicate"]
    assert reasons("orders", *given) == expected


def test_a_rejected_row_makes_no_other_one_a_duplicate(reasons):
    assert reasons("orders", {"price": "x"}, {"price": "x"}) == ["price_unreadable"] * 2
    # Typed, the first is equal to the second: what cannot be read is null.
    assert reasons("orders", {"line_number": "x"}, {}) == ["line_number_unreadable", None]
    given = [{"problem": "too_few_fields", "item_id": None}, {"item_id": None}, {}]
    assert reasons("orders", *given) == ["too_few_fields", "item_id_missing", None]


@pytest.mark.parametrize("table", ["users", "products"])
def test_newest_delivery_of_an_entity_holds(typed, table):
    key = "user_id" if table == "users" else "item_id"
    told = "country" if table == "users" else "brand"
    given = [
        {key: "a", told: "old", "source_file": "2011-01.csv"},
        {key: "a", told: "older still", "source_file": "2010-01.csv"},
        {key: "a", told: "new", "source_file": "2011-02.csv", "row_number": 7},
        {key: "a", told: "new, first", "source_file": "2011-02.csv", "row_number": 6},
        {key: "b", told: "old", "source_file": "2011-01.csv", "row_number": 9},
        {key: "a", told: "new", "source_file": "2011-03.csv"},
        {key: None, told: "new", "source_file": "2011-03.csv", "row_number": 2},
    ]
    by_row = [(r.source_file, r.row_number, r.rejected_by) for r in typed(table, *given)]
    assert by_row == [
        ("2010-01.csv", 3, "superseded"),
        ("2011-01.csv", 2, "superseded"),
        ("2011-01.csv", 9, None),
        ("2011-02.csv", 6, "superseded"),
        ("2011-02.csv", 7, None),
        ("2011-03.csv", 2, f"{key}_missing"),
        ("2011-03.csv", 7, "duplicate"),
    ]


def test_a_key_that_came_earlier_with_other_content_is_a_conflict(reasons):
    """Earlier by file, then by row; a row that equals the first one is a duplicate as ever."""
    one = {"order_id": "1", "line_number": "1"}
    given = [
        {**one, "price": "3", "source_file": "b.csv"},
        {**one, "price": "2"},
        {**one, "price": "2", "source_file": "b.csv"},
        {**one, "price": "x", "source_file": "_first.csv"},
    ]
    assert reasons("orders", *given) == ["price_unreadable", None, "key_conflict", "duplicate"]


@pytest.mark.parametrize("lacking", ["order_id", "line_number"])
def test_rows_without_a_whole_key_conflict_with_nothing(reasons, lacking):
    given = [{"order_id": "1", "line_number": "1", lacking: None, "price": p} for p in "23"]
    assert reasons("orders", *given) == [None, None]


def test_rejected_rows_keep_their_text_and_good_ones_do_not_carry_it(typed):
    rows = typed("orders", {"row_text": "good"}, {"row_text": "bad,", "price": "x"})
    assert [row.row_text for row in rows] == [None, "bad,"]


@pytest.mark.parametrize(
    ("hours", "known_at"),
    [
        (0, datetime(2011, 12, 1, 10)),  # noqa: DTZ001 - as Spark hands it over
        (6, datetime(2011, 12, 1, 16)),  # noqa: DTZ001
        (0.25, datetime(2011, 12, 1, 10, 15)),  # noqa: DTZ001
        (30, datetime(2011, 12, 2, 16)),  # noqa: DTZ001
    ],
)
def test_row_is_known_at_its_moment_and_the_stated_hours_later(typed, hours, known_at):
    rows = typed("orders", {}, {"order_ts": "x"}, known_after_hours=hours)
    assert [row.known_at for row in rows] == [known_at, None]


def test_rejected_rows_of_all_sources_are_collected_with_where_and_why(settle):
    bad = {"users": {"user_id": None}, "orders": {"price": "x"}}
    frames = {
        f"int_{table}": type_rows(RawFiles(build_description({"table": table}), ()))
        for table in ("products", "events", "search_logs")
    }
    for table, row in bad.items():
        frames[f"int_{table}"] = settle(table, {"row_text": "bad", **row}, {})
    collected = collect_rejected_rows(**frames)
    assert collected.columns == ["source", "source_file", "row_number", "rejected_by", "row_text"]
    assert {tuple(row) for row in collected.collect()} == {
        ("users", "a.csv", 2, "user_id_missing", "bad"),
        ("orders", "a.csv", 2, "price_unreadable", "bad"),
    }
