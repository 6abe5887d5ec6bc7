"""Orders and pairs of items, counted by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from personalization.exploration import baskets
from tests.exploration.marts import mart, table

ITEM = "item_id STRING, title STRING"


def order(name, *items, **changes):
    line = {"quantity": 1, "price": 1, "currency": "EUR", **changes}
    moment = "2026-01-05 10:00:00"
    return [("u", item, moment, "purchase", None, name, *line.values()) for item in items]


@pytest.mark.spark
def test_orders_are_counted_by_different_items(people) -> None:
    # o1 holds a and b; o2 and o3 hold a
    assert baskets.count_sizes(people).to_dict("list") == {"items": [1, 2], "orders": [2, 1]}


@pytest.mark.spark
def test_a_purchase_without_an_order_belongs_to_its_session(spark) -> None:
    moment = "2026-01-05 10:00:00"
    lines = [("u", item, moment, "purchase", "s1") for item in ("a", "b", "b")]
    assert baskets.count_sizes(mart(spark, *lines)).to_dict("list") == {"items": [2], "orders": [1]}


@pytest.mark.spark
def test_orders_are_binned_by_value_in_half_doublings(people, spark) -> None:
    # o1 is worth 1 * 10 + 2 * 3 = 16 = 2 ** 4; o2 10 lies from 2 ** 3 to 2 ** 3.5; o3 12 above it
    values = baskets.count_values(people)
    assert values["value_from"].tolist() == [2**3.0, 2**3.5, 2**4.0]
    assert values["orders"].tolist() == [1, 1, 1]
    lines = [*order("o1", "a", price=None), *order("o2", "a", price=0)]
    assert baskets.count_values(mart(spark, *lines)).empty


@pytest.mark.spark
def test_pairs_have_titles_orders_and_lift(spark) -> None:
    shop = mart(
        spark,
        *order("o1", "a", "b"),
        *order("o2", "a", "b", "b"),
        *order("o3", "a", "c"),
        *order("o4", "d"),
    )
    items = table(spark, ITEM, [("a", "Anvil"), ("b", "Bell"), ("c", None)])
    pairs = baskets.find_pairs(shop, items)
    assert pairs["item"].tolist() == ["Anvil", "Anvil"]
    assert pairs["other_item"].tolist() == ["Bell", "c"]
    assert pairs["orders"].tolist() == [2, 1]
    # a is in 3 of 4 orders, b in 2, c in 1
    assert pairs["lift"].tolist() == pytest.approx([(2 / 4) / (3 / 4 * 2 / 4), (1 / 4) / (3 / 16)])
    assert len(baskets.find_pairs(shop, items, most=1)) == 1


@pytest.mark.spark
def test_orders_of_stock_are_no_pairs(spark) -> None:
    shop = mart(spark, *order("o1", *(f"i{n}" for n in range(51))), *order("o2", "a", "b"))
    pairs = baskets.find_pairs(shop, table(spark, ITEM, []), most=2000)
    assert pairs[["item", "other_item"]].to_numpy().tolist() == [["a", "b"]]
    assert pairs["lift"].tolist() == [1.0]


@pytest.mark.spark
def test_a_shop_without_orders_says_so(nothing, spark) -> None:
    sizes, values = baskets.count_sizes(nothing), baskets.count_values(nothing)
    assert baskets.tell_baskets(sizes, values) == baskets.NOTHING
    assert baskets.draw_baskets(sizes, values).axes[0].texts[0].get_text() == baskets.NOTHING
    assert baskets.find_pairs(nothing, table(spark, ITEM, [])).empty


SIZES = pd.DataFrame({"items": [1, 2, 40], "orders": [6, 3, 1]})
VALUES = pd.DataFrame(
    {"currency": ["EUR", "EUR", None], "value_from": [8.0, 16.0, 1.0], "orders": [7, 2, 1]}
)


def test_the_sentence_has_the_mean_and_the_bin_of_the_median() -> None:
    mean = (6 * 1 + 3 * 2 + 1 * 40) / 10
    assert baskets.tell_baskets(SIZES, VALUES) == (
        f"10 orders: 60.0 % hold one item only, the mean is {mean:.2f} different items. "
        "The median value lies from 8 to 11 EUR, in which 90.0 % of the order values are."
    )
    assert baskets.tell_baskets(SIZES, VALUES[:2]).endswith("from 8 to 11 EUR.")
    yen = VALUES.replace({"currency": {None: "JPY"}, "value_from": {1.0: 4096.0}})
    assert "from 8 to 11 EUR" in baskets.tell_baskets(SIZES, yen)
    assert baskets.tell_baskets(SIZES, VALUES[:0]).endswith("Their values are not known.")


def test_values_are_drawn_in_the_currency_of_most_orders() -> None:
    by_size, by_value = baskets.draw_baskets(SIZES, VALUES).axes
    assert [bar.get_height() for bar in by_size.patches] == [60, 30, *[0] * 12, 10]
    assert [bar.get_height() for bar in by_value.patches] == pytest.approx([700 / 9, 200 / 9])
    ends = [bar.get_x() + bar.get_width() for bar in by_value.patches]
    assert ends == pytest.approx([8 * 2**0.5, 16 * 2**0.5])
    assert by_value.get_xlabel() == "value of the order (EUR)"
    assert len(baskets.draw_baskets(SIZES, VALUES[:0]).axes) == 2
