"""A mart in the numbers that a fit needs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F  # noqa: N812 - the name every Spark reader knows

from personalization.contracts import columns as c
from personalization.contracts import kinds
from personalization.pipelines.evaluation.shop_sums import (
    histogram,
    in_main_currency,
    of_kind,
    sum_items,
)
from personalization.simulation.clock import DAY_SECONDS, HOURS
from personalization.simulation.profile import CartVisits, ShopProfile
from personalization.spark.frames import persisted

VISIT = "visit"


def name_visit(*, records_views: bool) -> Column:
    """What tells visits apart: the session, or the order where a shop records orders only."""
    if records_views:
        return F.col(c.SESSION_ID)
    return F.coalesce(F.col(c.ORDER_ID), F.col(c.SESSION_ID), F.col(c.INTERACTION_ID))


def happens(kind: str) -> Column:
    """True where an interaction is of that kind."""
    return F.col(c.INTERACTION_TYPE) == kind


def pair_visits(interactions: DataFrame, *, records_views: bool) -> DataFrame:
    """What happened to each item in each visit.

    Grain: one row per visit and item. Columns: ``visit``, ``item_id``, ``user_id``, ``ts`` (of the
    first look), ``known`` (then), ``views``, ``carted``, ``bought``, ``fresh``: the user had not
    bought the item in an earlier visit.
    """
    told = interactions.withColumn(VISIT, name_visit(records_views=records_views)).filter(
        F.col(VISIT).isNotNull()
        & F.col(c.INTERACTION_TYPE).isin(kinds.VIEW, kinds.CART, kinds.PURCHASE)
    )
    moment = F.col(c.INTERACTION_TS)
    pairs = told.groupBy(VISIT, c.ITEM_ID).agg(
        F.max(c.USER_ID).alias(c.USER_ID),
        F.min(moment).alias("ts"),
        F.min_by(F.col(c.USER_ID).isNotNull(), moment).alias("known"),
        F.sum(happens(kinds.VIEW).cast("int")).alias("views"),
        F.max(happens(kinds.CART)).alias("carted"),
        F.max(happens(kinds.PURCHASE)).alias("bought"),
    )
    # Nobody known has no earlier visit; a window by null would put all strangers in one place.
    of_pair = Window.partitionBy(F.coalesce(c.USER_ID, VISIT), c.ITEM_ID)
    first = F.min(F.when(F.col("bought"), F.col("ts"))).over(of_pair)
    return pairs.withColumn("fresh", first.isNull() | (first >= F.col("ts")))


def gather_visits(pairs: DataFrame, *, records_views: bool) -> DataFrame:
    """Visits, but those that only repeat a purchase, or add one item to an order of that day.

    Habits and additions follow rules of their own: who adds looks at one item, buys it, and leaves.

    Grain: one row per visit. Columns: ``user_id``, ``ts``, ``known`` (at the start), ``length``,
    and of the fresh items ``seen``, ``in_cart``, ``bought``.
    """
    fresh = F.col("fresh")
    seen, carted = fresh & (F.col("views") > 0), fresh & F.col("carted")
    length = F.sum("views") if records_views else F.count("*")
    visits = pairs.groupBy(VISIT).agg(
        F.max(c.USER_ID).alias(c.USER_ID),
        F.min("ts").alias("ts"),
        F.min_by("known", "ts").alias("known"),
        length.alias("length"),
        F.max(fresh).alias("fresh"),
        F.sum(seen.cast("int")).alias("seen"),
        F.sum(carted.cast("int")).alias("in_cart"),
        F.sum((carted & F.col("bought")).cast("int")).alias("bought"),
        F.max("bought").alias("orders"),
    )
    if not records_views:
        return visits.drop("orders")
    # Nobody known has no earlier order; a window by null would put all strangers in one place.
    before = Window.partitionBy(F.coalesce(c.USER_ID, VISIT)).orderBy("ts", VISIT)
    before = before.rowsBetween(Window.unboundedPreceding, -1)
    ordered = F.max(F.when(F.col("orders"), F.unix_timestamp("ts"))).over(before)
    alone = ordered.isNull() | (F.unix_timestamp("ts") - ordered >= DAY_SECONDS)
    adds = ~alone & (F.col("length") == 1) & F.col("orders")
    kept = visits.withColumn("adds", adds).filter("fresh AND length > 0 AND NOT adds")
    return kept.drop("orders", "adds")


def list_carts(visits: DataFrame) -> list[CartVisits]:
    """Visits with a cart, by what is in it; a few dozen rows."""
    rows = (
        visits.filter("in_cart > 0")
        .groupBy("known", "in_cart", (F.col("bought") > 0).alias("paid"))
        .agg(F.count("*"), F.sum("bought"))
        .orderBy("known", "in_cart", "paid")
    )
    return [CartVisits(*row) for row in rows.collect()]


def count_times(visits: DataFrame) -> tuple[str, list[int], list[int]]:
    """First day, visits of each day from then on, and of each hour."""
    moment = F.col("ts")
    # As many rows as the shop has days and hours.
    rows = visits.groupBy(F.to_date(moment), F.hour(moment)).count().collect()
    days: list[date] = [row[0] for row in rows]
    first = min(days)
    daily, hourly = [0] * ((max(days) - first).days + 1), [0] * HOURS
    for day, hour, times in rows:
        daily[(day - first).days] += times
        hourly[hour] += times
    return first.isoformat(), daily, hourly


def count_middles(
    visits: DataFrame, first_day: str, daily: list[int]
) -> tuple[dict[int, int], tuple[float, float]]:
    """Users by visits in the middle of the period, and the ends' traffic relative to it."""
    start, end = len(daily) // 4, len(daily) - len(daily) // 4
    day = F.date_diff(F.to_date("ts"), F.lit(first_day))
    users = (
        visits.filter(F.col(c.USER_ID).isNotNull())
        .groupBy(c.USER_ID)
        .agg(
            F.sum((day < start).cast("int")).alias("before"),
            F.sum(((day >= start) & (day < end)).cast("int")).alias("n"),
            F.sum((day >= end).cast("int")).alias("after"),
        )
        .filter("before > 0 AND after > 0")
    )
    middle = max(sum(daily[start:end]), 1)
    edges = (sum(daily[:start]) / middle, sum(daily[end:]) / middle)
    return histogram(users, "n"), edges


def spread_prices(interactions: DataFrame, items: DataFrame) -> float | None:
    """Standard deviation of the items' log prices within their category; None without any."""
    priced = in_main_currency(interactions.filter(F.col(c.PRICE) > 0))
    logs = priced.groupBy(c.ITEM_ID).agg(F.avg(F.log(c.PRICE)).alias("log"))
    known = items.select(c.ITEM_ID, c.CATEGORY_PATH).dropna()
    per_category = (
        logs.join(known, c.ITEM_ID, how="inner")
        .groupBy(c.CATEGORY_PATH)
        .agg(F.var_pop("log").alias("variance"), F.count("*").alias("n"))
    )
    totals = per_category.agg(
        F.sum(F.col("variance") * F.col("n")), F.sum("n"), F.count("*")
    ).head() or (None, 0, 0)
    squares, n_items, n_categories = totals
    if squares is None or n_items <= n_categories:
        return None
    return float((squares / (n_items - n_categories)) ** 0.5)


def count_visits(visits: DataFrame, *, records_views: bool) -> dict[str, Any]:
    """The fields of a profile that visits tell; none where there is no visit."""
    told = (F.count("*"), F.count(c.USER_ID), F.count_distinct(c.USER_ID), F.count_if("known"))
    totals = visits.agg(*told).head()
    if totals is None or not totals[0]:
        return {}
    # machines are never known; they look at a lot and buy nothing
    people = visits.filter("known") if records_views and totals[1] else visits
    seen, carted = people.agg(F.sum("seen"), F.sum("in_cart")).head() or (0, 0)
    first_day, daily, hourly = count_times(visits)
    middle, edges = count_middles(visits, first_day, daily)
    return {
        "records_views": records_views,
        "first_day": first_day,
        "daily_visits": daily,
        "hourly_visits": hourly,
        "n_users": totals[2],
        "visits": totals[0],
        "known_visits": totals[1],
        "signed_in_visits": totals[3],
        "middle_visits": middle,
        "edge_traffic": edges,
        "lengths": histogram(people, "length"),
        "seen": seen or 0,
        "carted": carted or 0,
        "carts": list_carts(visits),
    }


def read_gaps(report: Mapping[str, Any]) -> tuple[float, float] | None:
    """Mean and standard deviation of the log gaps between views, where both were measured."""
    values = {row["measure"]: row["value"] for row in report["bands"]}
    mean, sd = values["view_gap_log_mean"], values["view_gap_log_sd"]
    return None if mean is None or sd is None else (mean, sd)


def count_returned(interactions: DataFrame) -> dict[tuple[int, int], int]:
    """Items by order lines of known users, and by how many of these were sent back.

    As many entries as there are different pairs of numbers.
    """
    lines = F.count_if(happens(kinds.PURCHASE)).alias("lines")
    back = F.least(F.count_if(happens(kinds.RETURN)), lines).alias("back")
    known = interactions.filter(F.col(c.USER_ID).isNotNull())
    per_item = known.groupBy(c.ITEM_ID).agg(lines, back).filter("lines > 0")
    rows = per_item.groupBy("lines", "back").count().collect()
    return {(row["lines"], row["back"]): row["count"] for row in rows}


def profile_shop(
    interactions: DataFrame, items: DataFrame, report: Mapping[str, Any]
) -> ShopProfile | None:
    """The shop's log in numbers; None of a shop without visits or orders.

    Args:
        interactions: the mart.
        items: ``prm_items``, for the categories.
        report: ``report_realism`` of the shop, for what has been measured already.
    """
    views = of_kind(interactions, kinds.VIEW).filter(F.col(c.SESSION_ID).isNotNull())
    records_views = not views.isEmpty()
    pairs = pair_visits(interactions, records_views=records_views)
    with persisted(gather_visits(pairs, records_views=records_views)) as visits:
        counted = count_visits(visits, records_views=records_views)
    if not counted:
        return None
    sold = sum_items(interactions)
    return ShopProfile(
        **counted,
        n_items=interactions.select(c.ITEM_ID).distinct().count(),
        gap_log=read_gaps(report),
        lines_per_item=sold.lines_per_item,
        returned=count_returned(interactions),
        price_log_sd=spread_prices(interactions, items),
    )
