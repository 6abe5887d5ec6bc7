from dataclasses import replace

import pytest

from personalization.contracts.errors import AccountingError, RejectedShareError
from personalization.datasets.raw_rows import FileFacts
from personalization.pipelines.data_processing.accounting import (
    FileCounts,
    account_for_file,
    file_counts,
    name_cut_files,
    summarise,
    tell_totals,
)
from personalization.pipelines.data_processing.limits import check_limits
from personalization.pipelines.data_processing.options import Limits

LIMITS = Limits(fault_share=0.1, rejected_share=0.5, file_fault_share=0.5, file_rows=10)


def counts(received=100, source="orders", name="a.csv", **rejected):
    facts = FileFacts(name, f"/shop/{name}", 7, "5ba", ("x",), ("new",))
    return FileCounts(source, facts, received, rejected)


def test_rows_without_a_reason_are_good():
    facts = counts().facts
    found = file_counts("orders", facts, {None: 5, "too_few_fields": 2, "duplicate": 1})
    assert found.received == 5 + 2 + 1
    assert found.accepted == 5
    assert found.faults == 2
    assert list(found.rejected) == ["duplicate", "too_few_fields"]
    assert file_counts("orders", facts, {}).received == 0


@pytest.mark.parametrize(
    "files",
    [
        [],
        [counts(received=0)],
        [counts(price_unreadable=10)],
        [counts(not_a_product=50)],
        [counts(duplicate=100)],
        [counts(duplicate=40, not_a_product=50)],
        [counts(kind_not_used=60, not_a_product=40)],
        [counts(received=9, price_unreadable=9), counts(name="b.csv")],
        [counts(received=10, price_unreadable=5), counts(name="b.csv")],
    ],
)
def test_shares_up_to_the_limit_pass(files):
    check_limits(files, LIMITS)


@pytest.mark.parametrize(
    ("files", "told"),
    [
        (
            [counts(price_unreadable=8, too_few_fields=3, duplicate=1)],
            r"orders: 11 of 100 .*unreadable 8, too_few_fields 3, duplicate 1\); .*fault_share 0.1",
        ),
        (
            [counts(not_a_product=30, cancelled=21)],
            r"orders: 51 of 100 rows .*not_a_product 30, cancelled 21.*rejected_share 0.5",
        ),
        (
            [counts(received=10, name="b.csv", price_unreadable=6), counts(received=10_000)],
            r"orders, file b.csv: 6 of 10 rows .*price_unreadable 6.*file_fault_share 0.5",
        ),
        (
            [counts(source="events"), counts(source="users", bad_encoding=11)],
            "users: 11 of 100 rows",
        ),
    ],
)
def test_shares_above_the_limit_stop_the_run_with_where_why_and_how_much(files, told):
    with pytest.raises(RejectedShareError, match=told):
        check_limits(files, LIMITS)


def test_one_key_with_other_content_stops_the_run_unless_it_is_allowed():
    files = [counts(received=10_000), counts(name="b.csv", key_conflict=1)]
    told = r"orders, file b.csv: a key came earlier with other content: 1 of 100 .*conflicts 0"
    with pytest.raises(RejectedShareError, match=told):
        check_limits(files, LIMITS)
    check_limits(files, replace(LIMITS, conflicts=1))
    two = [counts(name="a.csv", key_conflict=1), counts(name="b.csv", key_conflict=1)]
    with pytest.raises(RejectedShareError, match=r"orders, file a.csv and 1 more: "):
        check_limits(two, LIMITS)


def test_faults_of_one_source_are_not_thinned_by_another():
    files = [counts(price_unreadable=20), counts(source="events", received=10_000)]
    with pytest.raises(RejectedShareError, match="orders: 20 of 100"):
        check_limits(files, LIMITS)


def test_entry_of_a_file_adds_up():
    one = counts(received=10, duplicate=2, price_unreadable=1)
    found = {"merged": 4, "unchanged": 3, "stale": 2, "stamped": 0}
    assert account_for_file(one, found) == {
        "file": "a.csv",
        "bytes": 7,
        "sha256": "5ba",
        "unread_columns": ["new"],
        "received": 10,
        "merged": 4,
        "unchanged": 3,
        "rejected": {"duplicate": 2, "price_unreadable": 1},
        "no_longer_delivered": 2,
    }


def test_rows_that_are_lost_are_told_with_file_and_numbers():
    told = "orders, file a.csv: 10 rows received, 1 rejected, but 8 published instead of 9"
    with pytest.raises(AccountingError, match=told):
        account_for_file(counts(received=10, duplicate=1), {"merged": 8, "stale": 5})
    with pytest.raises(AccountingError, match="but 0 published instead of 10"):
        account_for_file(counts(received=10), {})


def test_batch_id_that_was_used_for_other_rows_is_told():
    told = "a.csv: 2 rows carry the batch id of this run, but the file does not hold them"
    with pytest.raises(AccountingError, match=told):
        account_for_file(counts(received=10), {"merged": 10, "stale": 2, "stamped": 2})


def test_totals_add_files_and_show_the_identity():
    files = [counts(received=10, duplicate=2), counts(received=5, duplicate=1, cancelled=3)]
    published = [{"merged": 3, "unchanged": 5}, {"merged": 1, "stale": 1}]
    entries = [account_for_file(*pair) for pair in zip(files, published, strict=True)]
    assert summarise(files, entries) == {
        "received": 15,
        "merged": 4,
        "unchanged": 5 + 0,
        "no_longer_delivered": 0 + 1,
        "rejected": 2 + 1 + 3,
        "rejected_by": {"cancelled": 3, "duplicate": 3},
        "identity": "received = merged + unchanged + rejected",
        "identity_holds": True,
    }
    entries[0]["merged"] -= 1
    assert summarise(files, entries)["identity_holds"] is False


def test_files_that_end_too_early_are_named():
    files = [
        counts(name="whole.csv", duplicate=3),
        counts(name="cut.csv.gz", truncated_file=1),
        counts(name="torn.parquet", unreadable_file=2, duplicate=1),
    ]
    assert name_cut_files(files) == ["cut.csv.gz", "torn.parquet"]


def test_the_account_of_a_run_is_one_line():
    totals = {
        "received": 1_110,
        "merged": 1_000,
        "unchanged": 100,
        "rejected": 10,
        "rejected_by": {"duplicate": 8, "price_unreadable": 2},
    }
    assert tell_totals(totals) == (
        "1,110 rows received = 1,000 merged + 100 there already + 10 rejected "
        "(duplicate 8, price_unreadable 2); see int_rejected_rows and report_ingestion"
    )
    nothing = {**totals, "rejected": 0, "rejected_by": {}}
    assert "0 rejected; see" in tell_totals(nothing)
