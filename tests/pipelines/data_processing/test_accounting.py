from dataclasses import replace
from datetime import date

import pytest

from personalization.contracts.checks import BUSINESS_REASONS
from personalization.contracts.errors import RejectedShareError
from personalization.contracts.schemas import RAW_TABLES
from personalization.datasets.file_facts import FileFacts
from personalization.pipelines.data_processing.accounting import (
    Counted,
    FileCounts,
    Repeats,
    add_reasons,
    add_repeats,
    days_of,
    file_counts,
    find_conflicts,
    name_cut_files,
)
from personalization.pipelines.data_processing.limits import check_conflicts, check_limits
from personalization.pipelines.data_processing.options import Limits

REASONS = frozenset({*BUSINESS_REASONS, "price_not_positive"})
BUSINESS = dict.fromkeys(RAW_TABLES, REASONS)
LIMITS = Limits(fault_share=0.1, rejected_share=0.5, file_fault_share=0.5, file_rows=10)
D1, D2 = date(2011, 12, 1), date(2011, 12, 2)


def counts(received=100, source="orders", name="a.csv", good=None, version=0, **rejected):
    facts = FileFacts(name, f"/shop/{name}", 7, "5ba", ("x",), ("new",), version=version)
    return FileCounts(source, facts, received, rejected, good or {})


def test_groups_of_a_file_add_up_to_what_was_received():
    groups = [
        Counted(None, D1, None, 5, ["EUR"]),
        Counted(None, D1, ["odd", "far"], 2, ["EUR", "GBP"], 9),
        Counted(None, D2, ["odd"], 1, (), 4),
        Counted(None, D2, ["odd", "far"], 2, (), 11),
        Counted("too_few_fields", None, None, 2),
        Counted("duplicate_price", D1, ["odd"], 3, ["USD"], 2),
        Counted("duplicate_price", D2, None, 4),
    ]
    found = file_counts("orders", counts().facts, groups)
    assert found.received == 5 + 2 + 1 + 2 + 2 + 3 + 4
    assert found.good == {D1: 5 + 2, D2: 1 + 2}
    assert list(found.rejected.items()) == [("duplicate_price", 3 + 4), ("too_few_fields", 2)]
    assert found.warned == {"odd": 2 + 1 + 2, "far": 2 + 2}  # of rows that are kept
    assert found.first_warned == {"odd": 4, "far": 9}
    assert found.currencies == {"EUR", "GBP"}
    assert found.again == 0


def test_rows_of_users_without_a_moment_are_good_as_well():
    found = file_counts("users", counts().facts, [Counted(None, None, None, 3)])
    assert (found.received, found.good) == (3, {None: 3})


def test_a_file_without_rows_counts_nothing():
    found = file_counts("orders", counts().facts, ())
    assert (found.received, found.good, found.rejected, found.warned) == (0, {}, {}, {})


def test_faults_are_rows_rejected_for_no_reason_of_business():
    one = counts(price_unreadable=3, key_conflict=1, duplicate=5, price_not_positive=7)
    assert one.faults(BUSINESS) == 3 + 1
    assert one.faults({"orders": frozenset()}) == 3 + 1 + 5 + 7


def test_days_of_a_source_are_those_of_all_its_files():
    files = [
        counts(name="a.csv", good={D1: 1, None: 2}),
        counts(name="b.csv", good={D2: 1}),
        counts(source="users", good={None: 3}),
    ]
    assert days_of(files) == {"orders": {D1, D2}, "users": frozenset()}


def test_reasons_are_added_over_files_most_first_and_ties_by_name():
    files = [counts(b=2, a=1), counts(a=1, c=5)]
    assert list(add_reasons(files).items()) == [("c", 5), ("a", 2), ("b", 2)]


def test_files_that_end_too_early_are_named():
    files = [
        counts(name="whole.csv", duplicate=3),
        counts(name="cut.csv.gz", truncated_file=1),
        counts(name="torn.parquet", unreadable_file=2, duplicate=1),
    ]
    assert name_cut_files(files) == ["cut.csv.gz", "torn.parquet"]


@pytest.mark.parametrize(
    "files",
    [
        [],
        [counts(received=0)],
        [counts(price_unreadable=10)],
        [counts(not_a_product=50)],
        [counts(price_not_positive=50)],
        [counts(duplicate=100)],
        [counts(duplicate=40, not_a_product=50)],
        [counts(kind_not_used=60, not_a_product=40)],
        [counts(near_duplicate=60, of_another_table=40)],
        [counts(source="products", superseded=90)],  # a history of daily dumps
        [counts(received=9, price_unreadable=9), counts(name="b.csv")],
        [counts(received=10, price_unreadable=5), counts(name="b.csv")],
    ],
)
def test_shares_up_to_the_limit_pass(files):
    check_limits(files, LIMITS, BUSINESS)


@pytest.mark.parametrize(
    ("files", "told"),
    [
        (
            [counts(price_unreadable=8, too_few_fields=3, duplicate=1)],
            r"orders: 11 of 100 .*unreadable 8, too_few_fields 3, duplicate 1\); .*fault_share 0.1",
        ),
        (
            [counts(not_a_product=30, price_not_positive=21)],
            r"orders: 51 of 100 rows .*product 30, price_not_positive 21.*rejected_share 0.5",
        ),
        (
            [counts(received=10, name="b.csv", price_unreadable=6), counts(received=10_000)],
            r"orders, file b.csv: 6 of 10 rows .*price_unreadable 6.*file_fault_share 0.5",
        ),
        (
            [counts(source="events"), counts(source="users", bad_encoding=11)],
            "users: 11 of 100 rows",
        ),
        (
            [counts(price_unreadable=20), counts(source="events", received=10_000)],
            "orders: 20 of 100",
        ),
    ],
)
def test_shares_above_the_limit_stop_the_run_with_where_why_and_how_much(files, told):
    with pytest.raises(RejectedShareError, match=told):
        check_limits(files, LIMITS, BUSINESS)


def test_what_is_no_fault_is_said_by_the_rules():
    files = [counts(price_not_positive=11)]
    check_limits(files, LIMITS, BUSINESS)
    with pytest.raises(RejectedShareError, match=r"orders: 11 of 100 .*fault_share"):
        check_limits(files, LIMITS, dict.fromkeys(RAW_TABLES, frozenset(BUSINESS_REASONS)))


def test_only_the_most_frequent_reasons_are_told():
    reasons = {f"r{n}_unreadable": n for n in range(1, 8)}
    with pytest.raises(RejectedShareError) as caught:
        check_limits([counts(**reasons)], LIMITS, BUSINESS)
    told = ", ".join(f"r{n}_unreadable {n}" for n in (7, 6, 5, 4, 3))
    assert f"({told});" in caught.value.message


@pytest.mark.parametrize(
    ("found", "told"),
    [
        ({"orders": {"b.csv": 1}}, r"orders, file b\.csv: a key .* in 1 row; .*conflicts 0\."),
        (
            {"events": {"b.csv": 2, "a.csv": 1}},
            r"events, file a\.csv and 1 more: a key came .* in 3 rows; ",
        ),
    ],
)
def test_a_key_with_other_content_stops_the_run(found, told):
    with pytest.raises(RejectedShareError, match=told):
        check_conflicts(found, LIMITS)


def test_conflicts_are_those_in_which_a_file_of_this_run_has_a_part():
    def conflict(name, version, rows=1, *, by_taken=False, reason="key_conflict"):
        return Repeats("orders", name, version, reason, by_taken, rows)

    found = [
        conflict("new.csv", 7, 2),
        conflict("new.csv", 7, 3, by_taken=True),
        conflict("old.csv", 1, by_taken=True),
        conflict("old.csv", 1, 50),
        conflict("new.csv", 7, 9, reason="delivered_again"),
    ]
    assert find_conflicts(found, [counts(name="new.csv", version=7)]) == {
        "orders": {"new.csv": 5, "old.csv": 1}
    }
    assert find_conflicts([conflict("old.csv", 1)], []) == {}


def test_conflicts_of_one_file_with_several_are_added_up():
    found = [Repeats("orders", "a.csv", 7, "key_conflict", held, 2) for held in (True, False)]
    found.append(Repeats("orders", "a.csv", 7, "delivered_again", False, 4))
    found.append(Repeats("orders", "a.csv", 6, "key_conflict", False, 9))
    (told,) = add_repeats([counts(version=7)], found)
    assert (told.repeated, told.again) == ({"key_conflict": 4}, 4)


def test_conflicts_of_a_source_are_counted_over_its_files_and_up_to_the_limit_allowed():
    two = {"orders": {"a.csv": 1, "b.csv": 1}}
    check_conflicts(two, replace(LIMITS, conflicts=2))
    with pytest.raises(RejectedShareError, match=r"limit is conflicts 1\."):
        check_conflicts(two, replace(LIMITS, conflicts=1))
    check_conflicts({"orders": {"a.csv": 1}, "events": {"a.csv": 1}}, replace(LIMITS, conflicts=1))
    check_conflicts({}, LIMITS)
