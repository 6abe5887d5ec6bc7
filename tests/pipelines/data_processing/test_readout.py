import logging
from datetime import date

import pytest

from personalization.datasets.file_facts import FileFacts
from personalization.pipelines.data_processing.accounting import FileCounts
from personalization.pipelines.data_processing.ledger import Entry
from personalization.pipelines.data_processing.options import Batch
from personalization.pipelines.data_processing.planning import Plan, Taken
from personalization.pipelines.data_processing.published import FileBalance
from personalization.pipelines.data_processing.readout import (
    account_for_file,
    count_before,
    count_replaced,
    name_currencies,
    sum_ledger,
    summarise,
    tell_report,
    tell_totals,
)

DAY = date(2011, 12, 1)


def counts(received=10, source="orders", name="a.csv", again=0, **rejected):
    facts = FileFacts(name, f"/shop/{name}", 7, "5ba", ("x",), ("new",))
    return FileCounts(source, facts, received, rejected, again=again)


def balance(there, merged):
    return FileBalance(told=there, there=there, repeated=0, merged=merged, adds_up=True)


def test_entry_of_a_file_tells_what_was_merged_and_what_was_there_already():
    one = counts(price_unreadable=1, duplicate=2, again=1)
    assert account_for_file(one, balance(there=6, merged=4)) == {
        "file": "a.csv",
        "bytes": 7,
        "sha256": "5ba",
        "unread_columns": ["new"],
        "received": 10,
        "merged": 4,
        "unchanged": 6 - 4 + 1,
        "rejected": {"duplicate": 2, "price_unreadable": 1},
        "warned": {},
        "first_warned": {},
    }


def test_a_file_without_any_published_row_has_merged_nothing():
    entry = account_for_file(counts(received=3, too_few_fields=2, again=1), None)
    assert (entry["merged"], entry["unchanged"]) == (0, 1)


def test_replaced_rows_are_those_of_other_files_of_the_source():
    was, now = FileBalance(9, 7, 2, 0, True, replaced=2), FileBalance(9, 8, 1, 1, True, replaced=1)
    balances = {
        ("orders", "a.csv"): now,
        ("orders", "old.csv"): was,
        ("orders", "b.csv"): was,
        ("events", "old.csv"): was,
    }
    assert count_replaced(balances, "orders", [counts()]) == 4
    assert count_replaced(balances, "users", [counts()]) == 0


def test_files_that_are_read_again_tell_what_they_brought_before():
    entry = Entry("orders", "a.csv", version=1, received=10, good={DAY: 7, None: 1})
    lost = Entry("orders", "b.csv", received=10, good={DAY: 4})
    befores = [("orders", entry), ("orders", lost), ("orders", None), ("users", entry)]
    taken = tuple(Taken(source, counts().facts, before) for source, before in befores)
    batch = Batch("now", "2026-06-30 12:00:00")
    plan = Plan(batch, taken, (), (), (), {}, "d1", derives_all=False)
    assert count_before(plan, "orders") == {"files": 1, "good": 7 + 1}
    assert count_before(plan, "events") == {"files": 0, "good": 0}


def test_totals_add_files_and_show_the_identity():
    first = account_for_file(counts(duplicate=2), balance(there=8, merged=3))
    second = account_for_file(counts(5, duplicate=1, cancelled=3, again=1), None)
    found = summarise([first, second])
    assert found == {
        "files": 2,
        "received": 10 + 5,
        "merged": 3,
        "unchanged": 5 + 1,
        "rejected": 2 + 1 + 3,
        "rejected_by": {"cancelled": 3, "duplicate": 2 + 1},
        "warned_by": {},
        "identity": "received = merged + unchanged + rejected",
        "identity_holds": True,
    }
    assert summarise([{**first, "merged": 2}, second])["identity_holds"] is False


def test_reasons_and_warnings_are_told_most_rows_first():
    entry = account_for_file(counts(), None)
    entries = [
        {**entry, "rejected": {"a": 1, "b": 1}, "warned": {"x": 2, "w": 1}},
        {**entry, "rejected": {"b": 1}, "warned": {"w": 4}},
    ]
    found = summarise(entries)
    assert list(found["rejected_by"].items()) == [("b", 2), ("a", 1)]
    assert list(found["warned_by"].items()) == [("w", 5), ("x", 2)]


def test_no_file_at_all_adds_up():
    found = summarise([])
    assert (found["files"], found["received"], found["identity_holds"]) == (0, 0, True)


@pytest.mark.parametrize(
    ("rejected_by", "told"),
    [
        (
            {"duplicate": 8, "price_unreadable": 2},
            "10 rejected (duplicate 8, price_unreadable 2)",
        ),
        ({}, "10 rejected"),
        (dict.fromkeys("abcdef", 2), "10 rejected (a 2, b 2, c 2, d 2, e 2)"),
    ],
)
def test_the_account_of_a_run_is_one_line(rejected_by, told):
    totals = {"received": 1_110, "merged": 1_000, "unchanged": 100, "rejected": 10}
    assert tell_totals({**totals, "rejected_by": rejected_by}) == (
        f"1,110 rows received = 1,000 merged + 100 there already + {told}"
    )


def test_all_files_are_those_of_earlier_runs_that_stay_and_those_of_this_one():
    kept = [
        Entry("orders", "a.csv", version=1, received=10, good={None: 7}),
        Entry("users", "u.csv", version=2, received=4, good={None: 4}),
        Entry("orders", "begun.csv", received=99),
    ]
    facts = counts().facts
    now = [FileCounts("orders", facts, 5, {"duplicate": 1}, {None: 4})]
    assert sum_ledger(kept, now) == {
        "orders": {"files": 2, "received": 10 + 5, "good": 7 + 4},
        "users": {"files": 1, "received": 4, "good": 4},
    }


def test_more_than_one_currency_is_told_wherever_it_came_from(caplog):
    kept = [Entry("orders", "a.csv", currencies=("GBP",))]
    facts = counts().facts
    euro = FileCounts("orders", facts, 1, currencies=frozenset({"EUR"}))
    with caplog.at_level(logging.WARNING):
        assert name_currencies(kept, []) == ["GBP"]
        assert caplog.text == ""
        assert name_currencies(kept, [euro]) == ["EUR", "GBP"]
    assert "Prices in ['EUR', 'GBP'] stand side by side" in caplog.text


def test_empty_files_and_rows_that_may_name_somebody_are_told():
    empty = account_for_file(counts(received=0, name="empty.csv"), None)
    entries = [account_for_file(counts(too_few_fields=10), None), empty]
    report = {
        "totals": summarise(entries),
        "sources": {
            "orders": {
                **summarise(entries),
                "replaced": 1_200,
                "before": {"files": 2, "good": 1_001},
                "files": entries,
            }
        },
        "examples": {"orders": {"too_few_fields": [{"file": "a.csv", "row": 2, "text": None}]}},
        "currencies": [],
    }
    written, dry = tell_report(report), tell_report(report, is_dry=True)
    assert written[0] == f"{dry[0]}; see int_rejected_rows and report_ingestion"
    assert written[1:] == dry[1:]
    assert written[2:] == [
        "orders: 2 files, 10 rows",
        "  rejected as too_few_fields: 10",
        "    a.csv, row 2: (not shown, it may name somebody)",
        "  read again: 2, good rows before: 1,001",
        "  in place of rows of earlier files: 1,200",
        "  without a row: empty.csv",
    ]


@pytest.mark.parametrize(
    ("all_files", "derives_all", "told"),
    [
        ({}, True, "No source has a file"),
        ({"orders": {"files": 1}}, True, "All days were derived anew"),
        ({"orders": {"files": 1}}, False, "Nothing new: no file has come or changed"),
    ],
)
def test_a_run_without_files_says_why(all_files, derives_all, told):
    report = {"totals": {"files": 0}, "all_files": all_files, "derives_all": derives_all}
    (line,) = tell_report(report)
    assert told in line
