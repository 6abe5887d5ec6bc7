import pytest

from personalization.contracts.errors import ConfigurationError
from personalization.contracts.kinds import NOT_USED
from personalization.contracts.schemas import RAW_TABLES
from personalization.contracts.source_entries import build_description
from personalization.datasets.raw_files import RawFilesDataset

COLUMNS = {"order_ts": "Date", "item_id": "SKU", "quantity": "Qty", "price": "Unit"}
ORDERS = {"table": "orders", "columns": COLUMNS}
EVENTS = {"table": "events"}
NAMED = {"matches": r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)"}

CORRECTED = {
    "table": "orders",
    "columns": {**COLUMNS, "country": "Land"},
    "key": ["item_id"],
    "changed_rows": "correct",
    "delivered": NAMED,
}
GONE = {"column": "country", "matches": "X"}


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ({"table": "invoices"}, "table: 'invoices' is not one of users, products, events"),
        ({**ORDERS, "colums": {}}, "colums: no such key; there are table, format"),
        ({"columns": COLUMNS}, "table: missing"),
        ({**ORDERS, "columns": "Date"}, "columns: 'Date' is not keys"),
        ({**ORDERS, "columns": {**COLUMNS, "shop": "x"}}, "columns: shop is no column of orders"),
        ({**ORDERS, "columns": {"order_ts": "Date"}}, "orders needs item_id, quantity, price"),
        ({**ORDERS, "columns": {**COLUMNS, "price": 4}}, "columns.price: '4' is not a name"),
        ({**ORDERS, "columns": {**COLUMNS, "price": ""}}, "columns.price: '' is not a name"),
        ({**ORDERS, "format": {"header": False}}, "columns.order_ts: 'Date' is not a position"),
        (
            {**ORDERS, "columns": dict.fromkeys(COLUMNS, 0), "format": {"header": False}},
            "columns.order_ts: '0' is not a position from 1",
        ),
        ({**ORDERS, "format": "csv"}, "format: 'csv' is not a list of keys"),
        ({**ORDERS, "format": None}, "format: empty is not keys with values"),
        ({**ORDERS, "format": {"kind": "xml"}}, "format.kind: 'xml' is not csv or json_lines"),
        ({**ORDERS, "format": {"delimiter": ";"}}, "format.delimiter: no such key"),
        ({**ORDERS, "format": {"separator": "||"}}, "format.separator: '||' is not one character"),
        ({**ORDERS, "format": {"separator": "\n"}}, "format.separator"),
        ({**ORDERS, "format": {"separator": 5}}, "format.separator: '5' is not text"),
        ({**ORDERS, "format": {"quote": ""}}, "format.quote: '' is not one character"),
        ({**ORDERS, "format": {"quote": ","}}, "format.quote: ',' is the separator as well"),
        ({**ORDERS, "format": {"header": "no"}}, "format.header: 'no' is not true or false"),
        ({**ORDERS, "format": {"encoding": "utf-9"}}, "format.encoding: 'utf-9'"),
        ({**ORDERS, "format": {"encoding": "idna"}}, "format.encoding: 'idna'"),
        ({**ORDERS, "null_values": "NaN"}, "null_values: 'NaN' is not a list of text"),
        ({**ORDERS, "format": {"encoding": "zip"}}, "format.encoding: 'zip'"),
        ({**ORDERS, "format": {"row_characters": 0}}, "format.row_characters must be positive"),
        ({**ORDERS, "format": {"row_characters": 1.5}}, "row_characters: '1.5' is not a whole"),
        ({**ORDERS, "format": {"row_characters": True}}, "row_characters: 'True' is not a whole"),
        ({**ORDERS, "format": {"lines_per_record": 0}}, "format.lines_per_record must be positive"),
        ({**ORDERS, "format": {"final_newline": "any"}}, "format.final_newline: 'any' is not"),
        ({**ORDERS, "types": {"price": "money"}}, "types.price: 'money' is not id or"),
        ({**ORDERS, "types": {"cost": "number"}}, "types: cost is no column of orders"),
        ({**ORDERS, "types": {"order_ts": "text"}}, "types.order_ts: cannot be text, only"),
        ({**ORDERS, "fixed": {"shop": "x"}}, "fixed: shop is no column of orders"),
        ({**ORDERS, "fixed": {"price": "1"}}, "fixed: price stands in columns as well"),
        ({**ORDERS, "fixed": {"country": False}}, "fixed.country: 'False' is not .*quote it"),
        ({**ORDERS, "changed_files": False}, r"changed_files: 'False' is not refuse or .*null\.$"),
        ({**ORDERS, "columns": {"item_id": False}}, "columns.item_id: 'False' is not .*quote it"),
        ({**ORDERS, "upper_case": ["sku"]}, "upper_case: sku is no column of orders"),
        ({**ORDERS, "upper_case": ["order_id"]}, "upper_case: order_id is not in columns"),
        ({**ORDERS, "types": {"order_id": "text"}}, "types: order_id is not in columns"),
        ({**ORDERS, "format": {"separator": "\\t"}}, 'one character .a tab is "\\\\t", double'),
        ({**ORDERS, "upper_case": "item_id"}, "upper_case: 'item_id' is not a list of text"),
        ({**ORDERS, "timestamps": {"time_zone": "Mars/Base"}}, "no zone 'Mars/Base'"),
        ({**ORDERS, "timestamps": {"time_zone": "../etc"}}, "no zone '../etc'"),
        ({**ORDERS, "timestamps": {"format": "YYYY-MM-DD"}}, "timestamps.format: 'YYYY-MM-DD'"),
        ({**ORDERS, "timestamps": {"format": "yyyy-mm-dd"}}, "timestamps.format: 'yyyy-mm-dd'"),
        ({**ORDERS, "timestamps": {"format": "%Y-%m-%d"}}, "timestamps.format: '%Y-%m-%d'"),
        ({**ORDERS, "timestamps": {"format": "EEE yyyy-MM-dd"}}, "format: 'EEE yyyy-MM-dd'"),
        ({**ORDERS, "timestamps": {"format": "y-M-d"}}, "timestamps.format: 'y-M-d'"),
        ({**ORDERS, "timestamps": {"earliest": "once"}}, "timestamps.earliest: 'once' is no mom"),
        ({**ORDERS, "timestamps": {"latest": "1990-01-01"}}, "earliest is not before"),
        ({**ORDERS, "timestamps": {"latest": "2030-01-01T00:00+01:00"}}, "without an offset"),
        ({**ORDERS, "format": {"decimal_mark": ";"}}, "format.decimal_mark: ';' is not . or ,"),
        ({**ORDERS, "optional": "currency"}, "optional: 'currency' is not a list of text"),
        ({**ORDERS, "optional": ["coupon"]}, "optional: coupon is no column of orders"),
        ({**ORDERS, "optional": ["currency"]}, "optional: currency is not in columns"),
        ({**ORDERS, "optional": ["price"]}, "optional: orders needs price"),
        ({**ORDERS, "key": "item_id"}, "key: 'item_id' is not a list of text"),
        ({**ORDERS, "key": ["sku"]}, "key: sku is no column of orders"),
        ({**ORDERS, "key": ["order_id"]}, "key: order_id is not in columns"),
        ({"table": "users", "key": ["user_id"]}, "key: only of events and orders, not of users"),
        (
            {**ORDERS, "changed_rows": "correct"},
            "changed_rows: order_id, line_number is not in columns; name in 'key'",
        ),
        (
            {**ORDERS, "key": ["item_id"], "changed_rows": "correct"},
            "changed_rows: without 'delivered' nothing says which file came last",
        ),
        (
            {**CORRECTED, "key": ["country"], "optional": ["country"]},
            "optional: country tells which row is corrected",
        ),
        (
            {**CORRECTED, "cancellation": {**GONE, "treat_as": "rejected"}},
            "changed_rows: a cancellation that is rejected replaces nothing",
        ),
        ({**ORDERS, "changed_rows": "keep"}, "changed_rows: 'keep' is not refuse or correct"),
        (
            {"table": "users", "changed_rows": "correct"},
            "changed_rows: only events and orders; the newest row of users holds anyway",
        ),
        (
            {"table": "search_logs", "changed_rows": "correct"},
            "changed_rows: only events and orders, not search_logs",
        ),
        ({**ORDERS, "cancellation": {"column": "status"}}, "cancellation.matches: missing"),
        ({**ORDERS, "cancellation": {"column": "x", "matches": "C"}}, "column: x is no column"),
        ({**ORDERS, "cancellation": {"column": "status", "matches": "("}}, "cancellation.matches"),
        (
            {**ORDERS, "cancellation": {"column": "status", "matches": "C", "treat_as": "lost"}},
            "cancellation.treat_as: 'lost' is not return or rejected",
        ),
        (
            {"table": "users", "cancellation": {"column": "name", "matches": "C"}},
            "cancellation: users sells nothing",
        ),
        ({**ORDERS, "negative_quantity": "keep"}, "negative_quantity: 'keep' is not rejected or"),
        ({"table": "users", "negative_quantity": "return"}, "users has no quantity"),
        ({**EVENTS, "kinds": {"buy": "sale"}}, "kinds: sale is not one of impression, view"),
        (
            {**EVENTS, "kinds": {True: "view"}},
            "kinds, a key: 'True' is not text; in YAML .*quote it",
        ),
        ({**ORDERS, "kinds": {"buy": "purchase"}}, "kinds: orders has no event_kind"),
        ({**ORDERS, "item_matches": "["}, "item_matches: '\\[' is no regular expression"),
        ({"table": "users", "item_matches": "a"}, "item_matches: users has no item_id"),
        ({**ORDERS, "known_after_hours": -1}, "known_after_hours: -1 is not 0 or more"),
        ({**ORDERS, "known_after_hours": float("nan")}, "known_after_hours: nan is not 0"),
        ({**ORDERS, "known_after_hours": float("inf")}, "known_after_hours: inf is not 0"),
        ({**ORDERS, "known_after_hours": "6"}, "known_after_hours: '6' is not a number"),
        ({**ORDERS, "changed_files": "ignore"}, "changed_files: 'ignore' is not refuse or correct"),
        ({**ORDERS, "delivered": "2011"}, "delivered: '2011' is not a list of keys"),
        ({**ORDERS, "delivered": {"time_zone": "UTC"}}, "delivered.matches: missing"),
        ({**ORDERS, "delivered": {"matches": "a", "zone": "UTC"}}, "delivered.zone: no such key"),
        ({**ORDERS, "delivered": {"matches": "a"}}, "delivered.matches needs the named groups"),
        (
            {**ORDERS, "delivered": {**NAMED, "after_hours": "1"}},
            "delivered.after_hours: '1' is not a number",
        ),
    ],
)
def test_value_that_cannot_be_used_is_refused_by_name_when_the_catalog_is_built(entry, told):
    with pytest.raises(ConfigurationError, match=told) as caught:
        RawFilesDataset(filepath="/shop/orders.csv", **entry)
    known = entry.get("table") in tuple(RAW_TABLES)
    name = f"raw_{entry['table']}" if known else "raw files"
    assert caught.value.message.startswith(f"{name} (/shop/orders.csv): ")


def test_columns_that_are_not_stated_are_our_own_but_the_fixed_ones():
    description = build_description({"table": "users", "fixed": {"country": "DE"}})
    assert description.theirs == [
        *("user_id", "name", "email", "address", "city", "device", "signed_up_ts"),
    ]


def test_markers_of_nothing_are_what_cells_hold_once_trimmed():
    entry = {**ORDERS, "null_values": [None, " NaN ", 0, "-"]}
    assert build_description(entry).null_values == ("NULL", "NaN", "0", "-")


def test_numbers_in_yaml_stand_for_the_text_in_the_files():
    columns = {key: value for key, value in COLUMNS.items() if key != "quantity"}
    entry = {"table": "orders", "columns": columns, "fixed": {"quantity": 1}}
    assert build_description(entry).fixed == {"quantity": "1"}
    events = {**EVENTS, "kinds": {1: "view", 2: NOT_USED}}
    assert build_description(events).kinds == {"1": "view", "2": "not_used"}


def test_corrections_of_rows_need_a_key_and_a_delivery_and_no_more():
    assert build_description({**CORRECTED, "cancellation": GONE}).changed_rows == "correct"
    entry = {**CORRECTED, "optional": ["country"]}
    assert build_description(entry).key == ("item_id",)


def test_files_may_lack_what_only_optional_columns_are_made_of():
    columns = {**COLUMNS, "currency": "Cur", "country": ["Land", "SKU"], "status": "State"}
    entry = {"table": "orders", "columns": columns, "optional": ["currency", "country", "status"]}
    assert build_description(entry).may_lack == {"Cur", "Land", "State"}
    rows = {"column": "State", "matches": "x"}
    assert build_description({**entry, "rows": rows}).may_lack == {"Cur", "Land"}
    assert build_description({"table": "orders", "columns": columns}).may_lack == set()


def test_columns_that_go_by_position_cannot_be_optional():
    entry = {
        "table": "orders",
        "columns": dict(zip((*COLUMNS, "currency"), range(1, 6), strict=False)),
    }
    entry |= {"format": {"header": False}, "optional": ["currency"]}
    with pytest.raises(ConfigurationError, match="optional: only where files name columns"):
        build_description(entry)


def test_positions_and_other_choices_are_taken():
    entry = {
        "table": "orders",
        "format": {"kind": "csv", "header": False, "separator": "\t", "encoding": "cp1252"},
        "columns": {"order_ts": 1, "item_id": 2, "quantity": 3, "price": 3},
        "fixed": {"status": "completed"},
        "types": {"quantity": "integer"},
        "timestamps": {"format": "dd.MM.yyyy HH:mm", "time_zone": "Europe/Berlin"},
        "upper_case": ["item_id"],
        "cancellation": {"column": "status", "matches": "^C"},
        "known_after_hours": 6,
    }
    description = build_description(entry)
    assert description.theirs == ["1", "2", "3"]
    assert description.column_types["quantity"] == "integer"
    assert description.column_types["price"] == "number"
    assert description.upper_case == ("item_id",)


def test_a_cancellation_rule_that_could_never_fire_is_refused():
    entry = {
        "table": "orders",
        "columns": {"order_ts": "At", "item_id": "Sku", "quantity": "Qty", "price": "Unit"},
        "cancellation": {"column": "order_id", "matches": "^X"},
    }
    with pytest.raises(ConfigurationError, match=r"cancellation\.column: order_id is not"):
        build_description(entry)


def test_delivery_is_told_by_the_name_only_where_that_is_said():
    assert build_description(ORDERS).delivered is None
    assert build_description({**ORDERS, "delivered": None}).delivered is None
    entry = {**ORDERS, "delivered": {**NAMED, "time_zone": "Europe/Berlin", "after_hours": 30}}
    delivered = build_description(entry).delivered
    assert (delivered.time_zone, delivered.after_hours) == ("Europe/Berlin", 30)


@pytest.mark.parametrize(
    ("table", "unsaid"),
    [
        ("users", True),
        ("products", True),
        ("events", False),
        ("orders", False),
        ("search_logs", False),
    ],
)
def test_dumps_are_corrected_and_days_are_not_unless_it_is_said(table, unsaid):
    def corrects(**said):
        return build_description({"table": table, **said}).corrects

    assert corrects() is unsaid
    assert corrects(changed_files=None) is unsaid
    assert corrects(changed_files="correct") is True
    assert corrects(changed_files="refuse") is False
