"""Orders: how many items and how much money, and which items are bought together."""

from __future__ import annotations

import math
from typing import Final

import pandas as pd
from matplotlib.figure import Figure
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F  # noqa: N812 - Spark's own custom

from personalization.contracts import columns as c
from personalization.contracts import kinds
from personalization.exploration import figures
from personalization.exploration.frames import (
    cap_counts,
    collect_groups,
    is_kind,
    weighted_quantile,
)
from personalization.exploration.wording import number, percent

ITEMS: Final = "items"
ORDERS: Final = "orders"
VALUE_FROM: Final = "value_from"
ORDER: Final = "order"
MOST_ITEMS: Final = 15  # in a figure; larger orders stand together
MOST_ITEMS_PAIRED: Final = 50  # larger orders are stock, not taste, and have very many pairs
BINS_PER_DOUBLING: Final = 2
NOTHING: Final = "No orders in this shop."
UNKNOWN_CURRENCY: Final = "(currency unknown)"


def name_order() -> Column:
    """The order of a purchase; where the shop names none, its session; null where neither is."""
    return F.coalesce(F.col(c.ORDER_ID), F.col(c.SESSION_ID))


def keep_order_lines(interactions: DataFrame) -> DataFrame:
    """Purchases with the order that they belong to, as ``order``."""
    named = interactions.filter(is_kind(kinds.PURCHASE)).withColumn(ORDER, name_order())
    return named.filter(F.col(ORDER).isNotNull())


def count_sizes(interactions: DataFrame) -> pd.DataFrame:
    """Count orders by the number of different items in them.

    Grain: one row per number: ``items``, ``orders``.
    """
    sizes = keep_order_lines(interactions).groupBy(ORDER)
    per_order = sizes.agg(F.count_distinct(c.ITEM_ID).alias(ITEMS))
    return collect_groups(per_order.groupBy(ITEMS).agg(F.count("*").alias(ORDERS)), ITEMS)


def count_values(interactions: DataFrame) -> pd.DataFrame:
    """Count orders by their value, in bins of half a doubling.

    Orders without a positive value are left out, returns are not taken off.

    Grain: one row per currency and bin that occur: ``currency`` (null where unknown),
    ``value_from`` (lower end of the bin, in the currency), ``orders``.
    """
    value = F.sum(F.col(c.PRICE) * F.coalesce(F.col(c.QUANTITY), F.lit(1.0))).alias("value")
    values = keep_order_lines(interactions).groupBy(c.CURRENCY, ORDER).agg(value)
    place = F.floor(F.log2("value") * BINS_PER_DOUBLING).alias("place")
    binned = values.filter("value > 0").groupBy(c.CURRENCY, place)
    small = collect_groups(binned.agg(F.count("*").alias(ORDERS)), c.CURRENCY, "place")
    small[VALUE_FROM] = 2.0 ** (small.pop("place").astype(float) / BINS_PER_DOUBLING)
    return small[[c.CURRENCY, VALUE_FROM, ORDERS]]


def find_pairs(interactions: DataFrame, items: DataFrame, most: int = 10) -> pd.DataFrame:
    """Items that stand in one order most often.

    Args:
        interactions: the mart.
        items: ``prm_items``, for the titles.
        most: pairs that are returned.

    Grain: one row per pair: titles (ids where the shop has none) in ``item`` and ``other_item``,
    ``orders`` with both, ``lift``: how many times as often as if items came independently. Orders
    of more than 50 different items are left out.
    """
    lines = keep_order_lines(interactions).select(ORDER, c.ITEM_ID).distinct()
    sizes = lines.groupBy(ORDER).agg(F.count("*").alias(ITEMS))
    paired = lines.join(sizes.filter(F.col(ITEMS) <= MOST_ITEMS_PAIRED), ORDER, how="left_semi")
    left, right = (paired.withColumnRenamed(c.ITEM_ID, name) for name in ("a", "b"))
    together = left.join(right, ORDER, how="inner").filter("a < b").groupBy("a", "b")
    top = together.agg(F.count("*").alias(ORDERS)).orderBy(F.desc(ORDERS), "a", "b").limit(most)
    alone = paired.groupBy(c.ITEM_ID).agg(F.count("*").alias("n"))
    n_orders = paired.agg(F.count_distinct(ORDER).alias("n_orders"))
    titles = items.select(c.ITEM_ID, c.TITLE)
    for name in ("a", "b"):
        named = alone.join(titles, c.ITEM_ID, how="left").select(
            F.col(c.ITEM_ID).alias(name),
            F.coalesce(F.col(c.TITLE), F.col(c.ITEM_ID)).alias(f"title_{name}"),
            F.col("n").alias(f"n_{name}"),
        )
        top = top.join(named, name, how="inner")
    lift = F.col(ORDERS) * F.col("n_orders") / (F.col("n_a") * F.col("n_b"))
    told = top.crossJoin(n_orders).select(
        F.col("title_a").alias("item"),
        F.col("title_b").alias("other_item"),
        ORDERS,
        lift.alias("lift"),
    )
    found = collect_groups(told, "item", "other_item")
    return found.sort_values(ORDERS, ascending=False, kind="stable", ignore_index=True)


def tell_baskets(sizes: pd.DataFrame, values: pd.DataFrame) -> str:
    """Orders, how many hold one item only, and the middle of their values."""
    if sizes.empty:
        return NOTHING
    orders = sizes[ORDERS].sum()
    single = sizes.loc[sizes[ITEMS] == 1, ORDERS].sum()
    mean = (sizes[ITEMS] * sizes[ORDERS]).sum() / orders
    told = (
        f"{number(orders, 'order')}: {percent(single, orders)} hold one item only, the mean is "
        f"{mean:.2f} different items."
    )
    if values.empty:
        return f"{told} Their values are not known."
    currency, of_currency = in_main_currency(values)
    middle = weighted_quantile(of_currency[VALUE_FROM], of_currency[ORDERS], 0.5)
    width = 2 ** (1 / BINS_PER_DOUBLING)
    told += f" The median value lies from {middle:,.0f} to {middle * width:,.0f} {currency}"
    if len(of_currency) == len(values):
        return f"{told}."
    part = percent(of_currency[ORDERS].sum(), values[ORDERS].sum())
    return f"{told}, in which {part} of the order values are."


def in_main_currency(values: pd.DataFrame) -> tuple[str, pd.DataFrame]:
    """The currency that most orders have, and its bins: amounts in others are not comparable."""
    named = values[c.CURRENCY].fillna(UNKNOWN_CURRENCY)
    totals = values.groupby(named)[ORDERS].sum()
    currency = str(totals.idxmax()) if len(totals) else ""
    return currency, values[named == currency]


def draw_baskets(sizes: pd.DataFrame, values: pd.DataFrame) -> Figure:
    """Orders by different items, and by value in the currency that most have."""
    if sizes.empty:
        return figures.draw_nothing(NOTHING)
    orders = sizes[ORDERS].sum()
    single = sizes.loc[sizes[ITEMS] == 1, ORDERS].sum()
    title = f"{percent(single, orders)} of the orders hold one item only"
    figure, (by_size, by_value) = figures.start_figure(title, 3.0, 2)
    capped = cap_counts(sizes, ITEMS, MOST_ITEMS)
    by_size.bar(capped[ITEMS], 100 * capped[ORDERS] / orders, color=figures.GREEN)
    figures.label(
        by_size, f"different items in the order ({MOST_ITEMS}: or more)", "share of orders (%)"
    )
    currency, shown = in_main_currency(values)
    width = math.expm1(math.log(2) / BINS_PER_DOUBLING) * shown[VALUE_FROM]
    share = 100 * shown[ORDERS] / max(shown[ORDERS].sum(), 1)
    by_value.bar(
        *(shown[VALUE_FROM], share, width), align="edge", color=figures.BLUE, edgecolor="white"
    )
    by_value.set_xscale("log")
    figures.count_in_thousands(by_value, "x")
    figures.label(by_value, f"value of the order ({currency})", "share of orders (%)")
    return figure
