import pandas as pd
import pytest

from personalization.contracts import kinds
from personalization.contracts.schemas import RAW_TABLES


@pytest.fixture(scope="module")
def events(tables):
    return tables["events"]


@pytest.fixture(scope="module")
def in_visits(events):
    """Events other than returns, with the day on which they happened."""
    rows = events[events["event_kind"] != kinds.RETURN]
    return rows.assign(day=rows["event_ts"].str[:10])


def of_kind(events, kind):
    return events[events["event_kind"] == kind]


@pytest.mark.parametrize("name", RAW_TABLES)
def test_columns_are_those_of_the_contract_in_its_order(tables, name):
    assert list(tables[name].columns) == list(RAW_TABLES[name].types)


@pytest.mark.parametrize("name", RAW_TABLES)
def test_every_value_is_text_and_every_required_one_is_given(tables, name):
    assert tables[name].map(lambda value: isinstance(value, str)).all().all()
    assert (tables[name][list(RAW_TABLES[name].required)] != "").all().all()


@pytest.mark.parametrize("name", RAW_TABLES)
def test_keys_are_unique(tables, name):
    assert not tables[name].duplicated(list(RAW_TABLES[name].key)).any()


@pytest.mark.parametrize("name", RAW_TABLES)
def test_moments_and_numbers_can_be_read(tables, name):
    for column, kind in RAW_TABLES[name].types.items():
        given = tables[name][column][tables[name][column] != ""]
        if kind == "timestamp":
            assert given.str.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d").all()
        if kind in ("number", "integer"):
            assert (pd.to_numeric(given) > 0).all()


@pytest.mark.parametrize("name", ["events", "orders", "search_logs"])
def test_every_reference_leads_to_a_row(tables, name):
    table = tables[name]
    assert table["user_id"].isin([*tables["users"]["user_id"], ""]).all()
    item = "clicked_item_id" if name == "search_logs" else "item_id"
    assert table[item].isin([*tables["products"]["item_id"], ""]).all()
    if name != "events":
        assert table["session_id"].isin(tables["events"]["session_id"]).all()


def test_events_are_in_time_order_and_know_every_kind(events):
    assert events["event_ts"].is_monotonic_increasing
    assert events["event_id"].is_monotonic_increasing
    assert set(events["event_kind"]) == set(kinds.EVENT_KINDS)


def test_purchases_and_order_lines_match_one_to_one(tables, events):
    shared = ["order_id", "item_id", "quantity", "price", "user_id", "session_id"]
    bought = of_kind(events, kinds.PURCHASE).rename(columns={"event_ts": "order_ts"})
    columns = [*shared, "order_ts", "country", "currency"]
    left = bought[columns].sort_values(columns, ignore_index=True)
    right = tables["orders"][columns].sort_values(columns, ignore_index=True)
    pd.testing.assert_frame_equal(left, right)
    assert not bought.duplicated(["order_id", "item_id"]).any()


def test_returns_name_the_order_line_that_comes_back(tables, events):
    back = of_kind(events, kinds.RETURN)
    assert len(back) > 3
    found = back.merge(tables["orders"], on=["order_id", "item_id", "quantity", "price"])
    assert len(found) == len(back)
    assert (found["status"] == kinds.COMPLETED).all()
    assert (found["event_ts"] > found["order_ts"]).all()
    assert set(back["session_id"]) == {""}


def test_each_kind_fills_the_columns_that_belong_to_it(events):
    filled = (events != "").groupby(events["event_kind"]).mean()
    always = {"impression": ["request_id", "policy", "position", "propensity"]}
    always |= {"cart": ["quantity"], "view": ["session_id"]}
    always |= {kind: ["quantity", "order_id"] for kind in ("purchase", "return")}
    for kind, columns in always.items():
        assert (filled.loc[kind, columns] == 1).all()
    for column in ("policy", "position", "propensity"):
        assert (filled[column].drop("impression") == 0).all()
    assert (filled["order_id"].drop(["purchase", "return"]) == 0).all()
    assert 0 < filled.loc["view", "request_id"] < 0.05


def test_a_view_with_a_request_shows_an_item_of_that_list(events):
    clicked = of_kind(events, kinds.VIEW)
    clicked = clicked[clicked["request_id"] != ""]
    shown = of_kind(events, kinds.IMPRESSION)
    keys = ["request_id", "item_id", "session_id", "user_id"]
    found = clicked.merge(shown, on=keys, suffixes=("", "_shown"))
    assert len(found) == len(clicked) > 10
    assert (found["event_ts"] > found["event_ts_shown"]).all()


def test_nothing_happens_before_the_launch_or_after_the_retirement(tables, in_visits):
    rows = in_visits.merge(tables["products"], on="item_id")
    assert (rows["event_ts"] >= rows["launched_ts"]).all()
    assert ((rows["event_ts"] < rows["retired_ts"]) | (rows["retired_ts"] == "")).all()
    assert (tables["products"]["retired_ts"] != "").any()


def out_of_stock(products):
    """One row per item and day out of stock."""
    outs = products[products["stock_outs"] != ""].set_index("item_id")["stock_outs"]
    spans = outs.str.split(";").explode().str.split("/", expand=True)
    days = [pd.date_range(first, last).strftime("%Y-%m-%d") for first, last in spans.to_numpy()]
    return pd.DataFrame({"item_id": spans.index, "day": days}).explode("day")


def test_nothing_happens_while_an_item_is_out_of_stock(tables, in_visits):
    outs = out_of_stock(tables["products"])
    assert len(outs) > 20
    assert in_visits.merge(outs, on=["item_id", "day"]).empty


def test_search_results_are_on_sale(tables):
    searches = tables["search_logs"]
    shown = searches.assign(
        day=searches["search_ts"].str[:10], item_id=searches["results"].str.split("|")
    )
    shown = shown.explode("item_id")
    shown = shown[shown["item_id"] != ""].merge(tables["products"], on="item_id", how="left")
    assert (shown["search_ts"] >= shown["launched_ts"]).all()
    assert ((shown["search_ts"] < shown["retired_ts"]) | (shown["retired_ts"] == "")).all()
    assert shown.merge(out_of_stock(tables["products"]), on=["item_id", "day"]).empty


def test_a_search_click_lies_at_its_position_and_opens_a_view(tables, events):
    searches = tables["search_logs"]
    clicked = searches[searches["clicked_item_id"] != ""]
    assert 0 < len(clicked) < len(searches)
    for results, item, position in clicked[
        ["results", "clicked_item_id", "clicked_position"]
    ].to_numpy():
        assert results.split("|")[int(position) - 1] == item
    views = of_kind(events, kinds.VIEW)[["session_id", "item_id", "event_ts"]]
    found = clicked.merge(
        views, left_on=["session_id", "clicked_item_id"], right_on=["session_id", "item_id"]
    )
    after = found[found["event_ts"] > found["search_ts"]]
    assert set(after["search_id"]) == set(clicked["search_id"])


def test_searches_without_a_click_leave_item_and_position_empty(tables):
    searches = tables["search_logs"]
    left = searches["clicked_item_id"] == ""
    assert left.any()
    assert (left == (searches["clicked_position"] == "")).all()


def test_category_paths_have_three_levels(tables):
    levels = tables["products"]["category_path"].str.split(" > ")
    assert (levels.map(len) == 3).all()


def test_an_order_line_carries_the_title_of_its_product(tables):
    lines = tables["orders"].merge(tables["products"], on="item_id", suffixes=("", "_product"))
    assert (lines["title"] == lines["title_product"]).all()


def test_visitors_who_are_not_signed_in_have_no_user_id(shop, tables):
    known = shop.scene.visits.frame["known"]
    visits = tables["events"].query("session_id != ''").groupby("session_id")["user_id"]
    assert (visits.min() == visits.max()).all()
    assert ((visits.min() == "").to_numpy() == ~known.to_numpy()).all()
