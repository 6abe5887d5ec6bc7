"""Which rows are rejected or told, and why: by the description of a source, then by its rules."""

from datetime import datetime, timedelta

import pytest

pytestmark = pytest.mark.spark

MOMENT = datetime(2011, 12, 1, 10)  # noqa: DTZ001 - of every row that says no other one


def kinds_and_quantities(rows):
    return [(row.interaction_type, row.quantity, row.rejected_by) for row in rows]


def test_each_reason_of_an_order_line_and_the_first_one_that_holds(reasons):
    cases = [
        ({}, None),
        ({"problem": "too_few_fields", "item_id": None}, "too_few_fields"),
        ({"item_id": None, "order_ts": "x"}, "item_id_missing"),
        ({"order_ts": "x", "price": "x"}, "order_ts_unreadable"),
        ({"line_number": "x"}, "line_number_unreadable"),
        ({"order_ts": "1970-01-01", "item_id": "POST"}, "time_out_of_range"),
        ({"item_id": "POST", "quantity": "0"}, "not_a_product"),
        ({"quantity": "0", "price": "0"}, "quantity_not_positive"),
        ({"quantity": "-1"}, "quantity_not_positive"),
        ({"price": "0"}, "price_not_positive"),
        ({"price": "-0.01"}, "price_not_positive"),
        ({"user_id": None}, None),
    ]
    found = reasons("orders", *(row for row, _ in cases), item_matches="^i[0-9]$")
    assert found == [expected for _, expected in cases]


CANCELS = {"column": "order_id", "matches": "^C"}


def test_cancelled_line_is_a_return_of_a_positive_quantity(typed):
    given = [
        {"order_id": "C1", "quantity": "-3"},
        {"order_id": "C2", "quantity": "3"},
        {"order_id": "C3", "quantity": "0"},
        {"order_id": "1", "quantity": "-3"},
        {"order_id": None, "quantity": "3"},
    ]
    assert kinds_and_quantities(typed("orders", *given, cancellation=CANCELS)) == [
        ("return", 3.0, None),
        ("return", 3.0, None),
        ("return", 0.0, "quantity_not_positive"),
        ("purchase", -3.0, "quantity_not_positive"),
        ("purchase", 3.0, None),
    ]


def test_cancelled_line_is_rejected_where_the_shop_says_so_and_a_negative_one_still_returns(typed):
    given = [
        {"order_id": "C1", "quantity": "3"},
        {"order_id": "1", "quantity": "-3"},
        {"order_id": "2", "quantity": "3"},
    ]
    entry = {"cancellation": {**CANCELS, "treat_as": "rejected"}, "negative_quantity": "return"}
    found = [(row.interaction_type, row.rejected_by) for row in typed("orders", *given, **entry)]
    assert found == [("return", "cancelled"), ("return", None), ("purchase", None)]


def test_event_kinds_are_mapped_and_others_told(typed):
    words = {"view": "view", "addtocart": "cart", "9": "purchase", "ping": "not_used"}
    rows = [{"event_kind": kind} for kind in (*words, "View", "unknown")]
    found = typed("events", *rows, {"event_kind": None}, kinds=words)
    assert [(row.interaction_type, row.rejected_by) for row in found] == [
        ("view", None),
        ("cart", None),
        ("purchase", None),
        ("not_used", "kind_not_used"),
        (None, "event_kind_unknown"),
        (None, "event_kind_unknown"),
        (None, "event_kind_missing"),
    ]


def test_our_own_kinds_need_no_mapping(typed):
    kinds = ["impression", "view", "cart", "purchase", "return"]
    rows = typed("events", *({"event_kind": kind} for kind in kinds))
    assert [row.interaction_type for row in rows] == kinds


def test_only_what_is_traded_needs_a_positive_quantity_and_price(reasons):
    cases = [
        ({"event_kind": "view", "price": "0", "quantity": "0"}, None),
        ({"event_kind": "cart"}, None),
        ({"event_kind": "cart", "quantity": "0"}, "quantity_not_positive"),
        ({"event_kind": "purchase", "price": "0"}, "price_not_positive"),
        ({"event_kind": "purchase", "quantity": "-1"}, "quantity_not_positive"),
        ({"event_kind": "return", "quantity": "-1"}, None),
    ]
    assert reasons("events", *(row for row, _ in cases)) == [expected for _, expected in cases]


def test_only_a_purchase_is_taken_back_by_a_negative_quantity_or_a_cancellation(typed):
    given = [
        {"event_kind": "purchase", "quantity": "-2"},
        {"event_kind": "view", "quantity": "-2"},
        {"event_kind": "purchase", "order_id": "C1"},
        {"event_kind": "view", "order_id": "C1"},
    ]
    entry = {"cancellation": CANCELS, "negative_quantity": "return"}
    assert kinds_and_quantities(typed("events", *given, **entry)) == [
        ("return", 2.0, None),
        ("view", -2.0, None),
        ("return", None, None),
        ("view", None, None),
    ]


def test_cancelled_purchase_among_events_is_rejected_where_the_shop_says_so(reasons):
    given = [{"event_kind": kind, "order_id": "C1"} for kind in ("purchase", "view")]
    entry = {"cancellation": {**CANCELS, "treat_as": "rejected"}}
    assert reasons("events", *given, **entry) == ["cancelled", None]


def test_positions_count_from_one_and_propensities_are_probabilities(reasons):
    cases = [
        ({"position": "1", "propensity": "1"}, None),
        ({"position": "2", "propensity": "0.001"}, None),
        ({"position": None, "propensity": None}, None),
        ({"position": "0"}, "position_out_of_range"),
        ({"position": "-1"}, "position_out_of_range"),
        ({"propensity": "0"}, "propensity_not_positive"),
        ({"propensity": "1.01"}, "propensity_above_one"),
    ]
    shown = ({"event_kind": "impression", **row} for row, _ in cases)
    assert reasons("events", *shown) == [expected for _, expected in cases]


def test_positions_of_clicks_on_results_count_from_one(reasons):
    given = [{"clicked_position": position} for position in ("1", None, "0")]
    assert reasons("search_logs", *given) == [None, None, "position_out_of_range"]


def test_what_happened_after_its_file_was_delivered_is_rejected_where_that_is_told(reasons):
    moments = [MOMENT, MOMENT - timedelta(microseconds=1), None]
    day = {"matches": r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)"}
    given = [{"delivered_at": moment} for moment in moments]
    assert reasons("orders", *given, delivered=day) == [None, "after_delivery", None]
    assert reasons("products", given[1], delivered=day) == [None]  # it may tell of plans


CHEAP = {"rule": "below", "column": "price", "value": 100}
MANY = {"rule": "at_least", "column": "quantity", "value": 5}


def test_a_shop_s_own_rules_take_the_place_of_the_project_s(reasons):
    given = [{"price": "99"}, {"price": "100"}, {"price": "0"}, {"price": "x"}]
    expected = [None, "dear", None, "price_unreadable"]
    assert reasons("orders", *given, rules={"dear": CHEAP}) == expected
    assert reasons("orders", {"price": "0"}, {"quantity": "-1"}, rules={}) == [None, None]


def test_of_several_broken_rules_the_first_one_in_the_file_is_the_reason(reasons):
    row = {"price": "100", "quantity": "4"}
    assert reasons("orders", row, rules={"dear": CHEAP, "few": MANY}) == ["dear"]
    assert reasons("orders", row, rules={"few": MANY, "dear": CHEAP}) == ["few"]


def test_what_the_description_rejects_is_told_before_any_rule(reasons):
    entry = {"rules": {"dear": CHEAP}, "item_matches": "^i"}
    assert reasons("orders", {"price": "100", "item_id": "POST"}, **entry) == ["not_a_product"]


def test_a_rule_that_only_warns_keeps_the_row_and_one_that_is_off_asks_nothing(typed):
    rules = {
        "dear": {**CHEAP, "severity": "warn"},
        "few": {**MANY, "severity": "warn"},
        "no_user": {"rule": "present", "column": "user_id", "severity": "off"},
        "untitled": {"rule": "present", "column": "title"},
    }
    titled = {"title": "mug", "quantity": "5"}
    given = [titled, {**titled, "price": "100"}, {**titled, "price": "100", "quantity": "4"}, {}]
    rows = typed("orders", *given, rules=rules)
    assert [(row.rejected_by, row.warned_by) for row in rows] == [
        (None, None),
        (None, ["dear"]),
        (None, ["dear", "few"]),
        ("untitled", ["few"]),
    ]


def test_rules_judge_a_return_by_the_pieces_that_came_back(typed):
    rules = {"few": {**MANY, "kinds": ["return"]}}
    given = [{"quantity": quantity} for quantity in ("-5", "-4", "4")]
    found = typed("orders", *given, rules=rules, negative_quantity="return")
    assert kinds_and_quantities(found) == [
        *(("return", 5.0, None), ("return", 4.0, "few"), ("purchase", 4.0, None)),
    ]


def test_tables_that_sell_nothing_have_no_interaction_type(typed):
    assert typed("products", {"title": "mug"})[0].interaction_type is None
    assert (
        typed("products", {"item_id": "POST"}, item_matches="^i")[0].rejected_by == "not_a_product"
    )
