"""Rejected rows as received: which ones a run tells anew, and where their text comes from."""

import sqlite3
from datetime import date

import pytest

from personalization.datasets.raw_files import RawFilesDataset
from personalization.datasets.raw_rows import FileFacts
from personalization.pipelines.data_processing.ledger import Entry
from personalization.pipelines.data_processing.options import Batch
from personalization.pipelines.data_processing.planning import Plan, Taken
from personalization.pipelines.data_processing.rejected import (
    REJECTED_COLUMNS,
    rejected_as_repeats,
    rejected_in_themselves,
    where_rejected,
)
from personalization.pipelines.data_processing.scope import Scope

DAY, OTHER_DAY = date(2011, 12, 1), date(2011, 12, 2)
HEADER = "order_ts,item_id,quantity,price"


def facts(name, version=0):
    return FileFacts(name, f"/shop/{name}", 1, "", None, (), version=version)


def plan_of(taken=(), kept=(), withdrawn=()):
    """A plan from sources with facts, and from lines of the ledger."""
    return Plan(
        batch=Batch("b1", "2026-06-30 12:00:00"),
        taken=tuple(Taken(source, one, None) for source, one in taken),
        withdrawn=tuple(withdrawn),
        kept=tuple(kept),
        touched=(),
        read_by={},
        derived_by="",
        derives_all=False,
    )


def scope_of(*days, described=()):
    dated = frozenset({"orders"})
    return Scope(frozenset(days), frozenset(described), dated, {}, dated_rows=9)


# What an earlier run left: source, file, day, and whether the reason is another row.
LEFT = [
    ("orders", "a.csv", DAY, False),
    ("orders", "a.csv", DAY, True),
    ("orders", "a.csv", OTHER_DAY, True),
    ("orders", "b.csv", DAY, False),
    ("orders", "b.csv", DAY, True),
    ("events", "a.csv", None, False),
    ("users", "a.csv", None, False),
    ("users", "a.csv", DAY, True),
]


def told_anew(plan, scope):
    """Places in ``LEFT`` of the rows for which the condition holds, by another SQL engine."""
    with sqlite3.connect(":memory:") as base:
        base.execute("CREATE TABLE t (n, source, source_file, interaction_date, repeats)")
        rows = [(n, *row[:2], row[2] and str(row[2]), row[3]) for n, row in enumerate(LEFT)]
        base.executemany("INSERT INTO t VALUES (?, ?, ?, ?, ?)", rows)
        condition = (where_rejected(plan, scope) or "true").replace("DATE'", "'")
        return {n for (n,) in base.execute(f"SELECT n FROM t WHERE {condition}")}


def test_a_run_tells_anew_what_its_files_hold_and_what_repeats_on_its_days():
    plan = plan_of(taken=[("orders", facts("a.csv"))], kept=[Entry("orders", "b.csv")])
    assert told_anew(plan, scope_of(DAY)) == {0, 1, 4}


def test_what_came_in_a_file_that_was_taken_back_is_told_anew_too():
    plan = plan_of(withdrawn=[Entry("orders", "b.csv")], kept=[Entry("orders", "a.csv")])
    assert told_anew(plan, scope_of(DAY)) == {1, 3, 4}


def test_a_file_of_another_source_has_the_same_name_and_stays():
    plan = plan_of(taken=[("users", facts("a.csv"))], kept=[Entry("orders", "a.csv")])
    assert told_anew(plan, scope_of(described=["users"])) == {6, 7}


def test_where_all_days_are_derived_all_that_repeats_is_told_anew():
    everything = Scope(None, frozenset({"users", "products"}), frozenset(), {}, dated_rows=9)
    assert told_anew(plan_of(kept=[Entry("orders", "a.csv")]), everything) == {1, 2, 4, 7}
    first = plan_of(taken=[("orders", facts("a.csv"))])
    assert where_rejected(first, everything) is None


REPEATS = (
    "source string, source_file string, row_number long, interaction_date date, rejected_by string"
)
BEFORE = "source string, source_file string, row_number long, row_text string, repeats boolean"


@pytest.fixture(scope="module")
def texts(spark_session, tmp_path_factory):
    """Place of each repeated row to its text and the other columns, after one run."""
    folder = tmp_path_factory.mktemp("texts")
    names = ("kept.csv", "changed.csv", "taken.csv")
    for name in names:
        (folder / name).write_text(f"{HEADER}\n{name} 2\n{name} 3\n")
    columns = {name: name for name in HEADER.split(",")}
    raw = RawFilesDataset(filepath=f"{folder}/*", table="orders", columns=columns).load()
    now = {one.name: one.fingerprint for one in raw.listed}
    kept = [
        Entry("orders", "kept.csv", fingerprint=now["kept.csv"], version=1),
        Entry("orders", "changed.csv", fingerprint="of another content", version=2),
        Entry("orders", "gone.csv", fingerprint="of a file that is there no more", version=3),
    ]
    taken = [("orders", one) for one in raw.files if one.name == "taken.csv"]
    withdrawn = [Entry("orders", "withdrawn.csv", version=4, unsettled=())]
    rows = [
        ("orders", name, row, DAY, "duplicate")
        for name in (*names, "gone.csv", "withdrawn.csv")
        for row in (2, 3)
    ]
    rows.append(("orders", "kept.csv", 9, DAY, "delivered_again"))
    before = [
        ("orders", name, 2, f"earlier {name}", True)
        for name in ("kept.csv", "gone.csv", "taken.csv", "withdrawn.csv")
    ]
    before += [
        ("orders", "kept.csv", 3, "in itself", False),
        ("users", "gone.csv", 3, "a user", True),
    ]
    rejected = rejected_as_repeats(
        plan_of(taken, kept, withdrawn),
        spark_session.createDataFrame(rows, REPEATS),
        {"orders": raw},
        spark_session.createDataFrame(before, BEFORE),
    )
    assert rejected.columns == list(REJECTED_COLUMNS)
    found = rejected.collect()
    assert {(r.source, r.rejected_by, r.interaction_date, r.repeats) for r in found} == {
        ("orders", "duplicate", DAY, True)
    }
    assert len(found) == len(rows) - 1
    return {(row.source_file.removesuffix(".csv"), row.row_number): row.row_text for row in found}


@pytest.mark.spark
def test_the_text_of_an_earlier_run_is_kept_also_where_its_file_is_gone(texts):
    assert texts["kept", 2] == "earlier kept.csv"
    assert texts["gone", 2] == "earlier gone.csv"


@pytest.mark.spark
def test_a_text_that_no_run_kept_is_read_from_the_file_that_is_published(texts):
    assert texts["kept", 3] == "kept.csv 3"


@pytest.mark.spark
def test_a_text_is_unknown_where_the_file_is_gone_or_another_one_has_its_name(texts):
    assert (texts["gone", 3], texts["changed", 2], texts["changed", 3]) == (None, None, None)


@pytest.mark.spark
def test_of_a_file_that_is_taken_the_text_is_its_own_and_not_that_of_the_version_before(texts):
    assert (texts["taken", 2], texts["taken", 3]) == ("taken.csv 2", "taken.csv 3")


@pytest.mark.spark
def test_a_text_that_a_refused_version_left_is_not_that_of_the_one_before_it(texts):
    """The file was taken back: what is published is the version before."""
    assert (texts["withdrawn", 2], texts["withdrawn", 3]) == (None, None)


@pytest.mark.spark
def test_before_the_first_run_there_is_no_text_to_keep(spark):
    rows = spark.createDataFrame([("orders", "gone.csv", 2, DAY, "superseded")], REPEATS)
    raw = RawFilesDataset(filepath=None, table="orders").load()
    (row,) = rejected_as_repeats(plan_of(), rows, {"orders": raw}, None).collect()
    assert (row.rejected_by, row.row_text) == ("superseded", None)
    assert rejected_as_repeats(plan_of(), rows.limit(0), {"orders": raw}, None).isEmpty()


@pytest.mark.spark
def test_rows_rejected_in_themselves_are_those_of_files_taken_or_fallen_back_to(type_given):
    orders = type_given(
        "orders",
        *({"file_version": version, "price": price} for version in (7, 8) for price in ("x", "1")),
        {"file_version": 9, "price": None, "row_text": "as received"},
    )
    users = type_given("users", {"file_version": 8, "user_id": None})
    withdrawn = [Entry("orders", "b.csv", version=9), Entry("orders", "new.csv")]
    plan = plan_of(taken=[("orders", facts("a.csv", version=8))], withdrawn=withdrawn)
    rejected = rejected_in_themselves(plan, {"orders": orders, "users": users})
    assert rejected.columns == list(REJECTED_COLUMNS)
    rows = sorted(rejected.collect(), key=lambda row: row.row_number)
    assert [(r.row_number, r.rejected_by, r.repeats) for r in rows] == [
        (4, "price_unreadable", False),
        (6, "price_missing", False),
    ]
    assert rows[1].row_text == "as received"
