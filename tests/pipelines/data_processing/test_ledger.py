from datetime import date, datetime

import pytest
from pyspark.sql import Row

from personalization.pipelines.data_processing.ledger import (
    SCHEMA,
    Entry,
    read_entry,
    read_ledger,
    write_entry,
)

FIRST, SECOND = date(2011, 12, 1), date(2011, 12, 2)
FULL = Entry(
    source="orders",
    name="a.csv",
    bytes=7,
    sha256="5ba",
    fingerprint="f1",
    version=12,
    delivered_at=datetime(2011, 12, 3),  # noqa: DTZ001 - as Spark gives it
    received=6,
    rejected={"too_few_fields": 2, "duplicate": 1},
    good={SECOND: 1, FIRST: 2},
    currencies=("EUR", "GBP"),
    unsettled=(FIRST,),
    read_by="r1",
    derived_by="d1",
    batch_id="b1",
    ingested_at=datetime(2026, 6, 30, 12),  # noqa: DTZ001
)


def column_names():
    """Names of the ledger's columns, without those of structs."""
    depth, names, word = 0, [], ""
    for mark in f"{SCHEMA},":
        depth += (mark == "<") - (mark == ">")
        if mark == "," and depth == 0:
            names.append(word.split(maxsplit=1)[0])
            word = ""
        else:
            word += mark
    return names


def as_row(entry):
    """The row as Spark gives it back."""
    told = dict(zip(column_names(), write_entry(entry), strict=True))
    told["rejected"] = [Row(reason=reason, rows=rows) for reason, rows in told["rejected"]]
    told["good"] = [Row(day=day, rows=rows) for day, rows in told["good"]]
    return Row(**told)


@pytest.mark.parametrize(
    "entry",
    [
        FULL,
        Entry("users", "u.csv"),
        Entry("users", "u.csv", good={None: 3, FIRST: 1}, version=1),
        Entry("orders", "a.csv", unsettled=()),
    ],
)
def test_an_entry_comes_back_as_it_was_written(entry):
    assert read_entry(as_row(entry)) == entry


def test_lists_are_written_in_one_order_whatever_they_were_in():
    other = Entry(
        "orders",
        "a.csv",
        rejected={"b": 1, "a": 2},
        good={SECOND: 1, None: 3, FIRST: 2},
        currencies=("GBP", "EUR"),
        unsettled=(SECOND, FIRST),
    )
    same = Entry(
        "orders",
        "a.csv",
        rejected={"a": 2, "b": 1},
        good={None: 3, FIRST: 2, SECOND: 1},
        currencies=("EUR", "GBP"),
        unsettled=(FIRST, SECOND),
    )
    assert write_entry(other) == write_entry(same)
    written = dict(zip(column_names(), write_entry(other), strict=True))
    assert written["rejected"] == [("a", 2), ("b", 1)]
    assert written["unsettled"] == [FIRST, SECOND]


def test_a_file_is_settled_unless_a_run_has_begun_with_it_even_if_it_has_no_days():
    assert Entry("orders", "a.csv").is_settled
    assert not Entry("orders", "a.csv", unsettled=(FIRST,)).is_settled
    assert not Entry("orders", "a.csv", unsettled=()).is_settled


def test_days_are_those_of_good_rows_and_those_that_a_run_may_have_touched():
    entry = Entry("orders", "a.csv", good={FIRST: 2, None: 4}, unsettled=(SECOND, FIRST))
    assert entry.days == {FIRST, SECOND}
    assert Entry("users", "u.csv", good={None: 4}).days == frozenset()


def test_no_table_is_an_empty_ledger():
    assert read_ledger(None) == []
