import pytest

from personalization.contracts.errors import ConfigurationError
from personalization.contracts.row_rules import RowRule, build_rules, check_rule

ABOVE = {"rule": "above", "column": "price", "value": 0}
KEY = "data_processing.rules.orders"


def build(table="orders", **rules):
    return build_rules(table, rules, f"data_processing.rules.{table}")


def test_rules_keep_the_order_of_yaml_and_those_that_are_off_ask_nothing():
    found = build(
        z_price={**ABOVE},
        m_off={**ABOVE, "severity": "off"},
        a_item={"rule": "matches", "column": "item_id", "value": "^i", "severity": "warn"},
    )
    assert list(found) == ["z_price", "a_item"]
    assert found["z_price"] == RowRule("above", "price", 0)
    assert (found["z_price"].severity, found["z_price"].fault) == ("reject", True)
    assert found["a_item"].severity == "warn"


def test_no_rules_are_no_rules():
    assert build() == {}


@pytest.mark.parametrize(
    ("table", "values"),
    [
        ("orders", {"rule": "at_least", "column": "line_number", "value": 1}),
        ("orders", {"rule": "below", "column": "quantity", "value": 1.5, "kinds": ["purchase"]}),
        ("orders", {"rule": "one_of", "column": "currency", "value": ["EUR", "GBP"]}),
        ("orders", {"rule": "present", "column": "user_id", "fault": False}),
        ("users", {"rule": "matches", "column": "country", "value": "^[A-Z]{2}$"}),
        ("search_logs", {"rule": "at_most", "column": "clicked_position", "value": 100}),
    ],
)
def test_rules_that_can_be_meant_are_taken(table, values):
    assert list(build(table, reason=values)) == ["reason"]


@pytest.mark.parametrize(
    ("values", "told"),
    [
        (None, "reason: empty is not a list of keys with values"),
        ("above 0", "reason: 'above 0' is not a list of keys with values"),
        ({"rule": "above"}, r"reason\.column: missing"),
        ({"column": "price"}, r"reason\.rule: missing"),
        ({**ABOVE, "limit": 1}, r"reason\.limit: no such key; there are rule, column, value"),
        ({**ABOVE, "rule": "over"}, r"reason\.rule: 'over' is not above or at_least"),
        ({**ABOVE, "severity": "drop"}, r"reason\.severity: 'drop' is not reject or warn or off"),
        ({**ABOVE, "fault": "no"}, r"reason\.fault: 'no' is not true or false"),
        ({**ABOVE, "column": "cost"}, r"reason\.column: 'cost' is no column of orders that can"),
        ({**ABOVE, "value": "0"}, r"reason\.value: '0' is no number"),
        ({**ABOVE, "value": None}, r"reason\.value: 'None' is no number"),
        ({**ABOVE, "value": True}, r"reason\.value: 'True' is not"),
        ({**ABOVE, "column": "status"}, r"reason\.rule: status is no number; take matches or"),
        ({**ABOVE, "column": "order_ts"}, r"reason\.rule: order_ts is no number"),
        ({"rule": "matches", "column": "status", "value": 1}, r"reason\.value: '1' is no text"),
        ({"rule": "matches", "column": "status"}, r"reason\.value: 'None' is no text"),
        (
            {"rule": "matches", "column": "status", "value": "("},
            r"reason\.value: '\(' is no regular expression",
        ),
        ({"rule": "one_of", "column": "status", "value": []}, r"reason\.value: '\[\]' is no list"),
        ({"rule": "one_of", "column": "status", "value": "x"}, r"reason\.value: 'x' is no list"),
        ({"rule": "one_of", "column": "status", "value": [1]}, r"reason\.value: '\[1\]' is not"),
        ({**ABOVE, "rule": "present"}, r"reason\.value: 'present' takes none"),
        ({**ABOVE, "kinds": ["sale"]}, r"reason\.kinds: sale is not one of impression, view"),
        ({**ABOVE, "kinds": "cart"}, r"reason\.kinds: 'cart' is not a list of text"),
    ],
)
def test_a_rule_that_cannot_be_meant_is_refused_by_its_full_key(values, told):
    with pytest.raises(ConfigurationError, match=rf"^data_processing\.rules\.orders\.{told}"):
        build(reason=values)


def test_a_rule_that_is_off_is_checked_as_well():
    with pytest.raises(ConfigurationError, match=r"reason\.column: 'cost'"):
        build(reason={**ABOVE, "column": "cost", "severity": "off"})


def test_kinds_are_for_tables_whose_rows_have_one():
    rule = {"rule": "above", "column": "price", "value": 0, "kinds": ["view"]}
    assert list(build("events", reason=rule)) == ["reason"]
    with pytest.raises(ConfigurationError, match=r"products\.reason\.kinds: rows of products have"):
        build("products", reason=rule)


@pytest.mark.parametrize("column", ["name", "email", "address"])
def test_what_says_who_somebody_is_cannot_be_judged(column):
    with pytest.raises(ConfigurationError, match=rf"^here\.column: '{column}' .*there are user_id"):
        check_rule(RowRule("present", column), "users", "here")


def test_columns_that_are_offered_are_none_that_would_be_refused():
    with pytest.raises(ConfigurationError) as caught:
        check_rule(RowRule("present", "nick"), "users", "here")
    offered = caught.value.message.rpartition("there are ")[2].rstrip(".").split(", ")
    assert offered == ["user_id", "city", "country", "device", "signed_up_ts"]
    for column in offered:
        check_rule(RowRule("present", column), "users", "here")
