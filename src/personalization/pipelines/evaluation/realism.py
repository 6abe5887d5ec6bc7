"""How a shop's mart looks beside the bands of realistic ones: generated, or a shop's own."""

# Annotations are evaluated here: Kedro reads a node's type hints.
from typing import Any

from pyspark.sql import DataFrame

from personalization.contracts import columns as c
from personalization.contracts import kinds
from personalization.contracts.checks import CANCELLED, DUPLICATE
from personalization.pipelines.evaluation.shop_sums import (
    ItemSums,
    LogSums,
    OrderSums,
    TimeSums,
    VisitSums,
    of_kind,
    sum_items,
    sum_orders,
    sum_times,
    sum_visits,
)
from personalization.simulation import realism, shapes
from personalization.simulation.references import lay_beside
from personalization.spark.frames import persisted

COLUMNS = (
    *(c.USER_ID, c.ITEM_ID, c.INTERACTION_TS, c.INTERACTION_TYPE, c.QUANTITY, c.PRICE, c.CURRENCY),
    *(c.SESSION_ID, c.ORDER_ID, c.INTERACTION_ID),
)

Values = dict[str, float | None]


def measure_times(sums: TimeSums) -> Values:
    """Funnel, hours and weekdays."""
    views, carts, bought = (
        sums.by_kind.get(kind, 0) for kind in (kinds.VIEW, kinds.CART, kinds.PURCHASE)
    )
    return {
        "cart_per_view": realism.ratio(carts, views, 100),
        "purchase_per_view": realism.ratio(bought, views, 100),
        "purchase_per_cart": realism.ratio(bought, carts, 100),
        "hour_peak_to_trough": realism.peak_to_trough(sums.hours),
        "weekday_max_to_min": realism.peak_to_trough(sums.weekdays),
    }


def measure_items(sums: ItemSums) -> Values:
    """How unequally items sell, and how many lines repeat an earlier one of the same user."""
    repeat = realism.ratio(sums.known_lines - sums.known_pairs, sums.known_lines, 100)
    return {**realism.measure_popularity(sums.lines_per_item), "repeat_share": repeat}


def measure_log(
    sums: LogSums, name: str, published: tuple[float, float] | None = None, centre: float = 0.0
) -> Values:
    """Mean and standard deviation of a logarithm, and the distance to a log-normal distribution.

    Args:
        sums: of the logarithms.
        name: begins the names of the measures.
        published: mean and standard deviation to compare with; None: the shop's own.
        centre: what was taken off before binning.
    """
    found: Values = {f"{name}_log_mean": sums.mean, f"{name}_log_sd": sums.sd}
    if sums.mean is not None and sums.sd:
        normal = published or (sums.mean - centre, sums.sd)
        found[f"{name}_ks"] = realism.ks_to_normal(sums.bins, *normal)
    return found


def measure_visits(sums: VisitSums) -> Values:
    """Lengths of sessions, the seconds between their views, and how many nobody is known in."""
    published = (realism.GAP_LOG_MEAN, realism.GAP_LOG_SD)
    return {
        **realism.measure_sessions(sums.lengths),
        "unknown_sessions": realism.ratio(sums.unknown, sum(sums.lengths.values()), 100),
        **measure_log(sums.gaps, "view_gap", published),
    }


def measure_orders(sums: OrderSums) -> Values:
    """Value of orders, days between those of a user, and November beside January."""
    november, january = (sums.months[month - 1] for month in (realism.NOVEMBER, realism.JANUARY))
    return {
        **measure_log(sums.values, "order_value", centre=sums.values.mean or 0.0),
        **measure_log(sums.gaps, "order_gap"),
        "order_gap_log1p_sd": sums.gap_log1p_sd,
        "november_to_january": realism.ratio(november, january) if november else None,
    }


def measure_searchers(interactions: DataFrame, searches: DataFrame) -> Values:
    """How many of the users who look at items search."""
    seen = of_kind(interactions, kinds.VIEW).select(c.USER_ID).dropna().distinct()
    searchers = searches.select(c.USER_ID).dropna().distinct()
    users = seen.count()
    both = seen.join(searchers, c.USER_ID, how="left_semi").count()
    return {"searchers": realism.ratio(both, users, 100) if not searches.isEmpty() else None}


def list_distributions(
    times: TimeSums, items: ItemSums, visits: VisitSums, orders: OrderSums
) -> list[shapes.Distribution]:
    """The shop's distributions, each with a bounded number of points."""
    ascending = realism.spread_out(items.lines_per_item)
    return [
        shapes.concentrate("best_items", ascending),
        shapes.cumulate_counts("session_length", "views", visits.lengths),
        shapes.cumulate_logs("view_gap", "seconds", visits.gaps.bins),
        shapes.cumulate_counts("orders_per_user", "orders", orders.per_user),
        shapes.cumulate_logs("order_gap", "days", orders.gaps.bins),
        shapes.cumulate_logs("order_value", "times the geometric mean", orders.values.bins),
        shapes.share_out("hours", "hour, UTC", times.hours),
        shapes.share_out("weekdays", "weekday, 1 = Monday", times.weekdays, first=1),
        shapes.share_out("months", "month", orders.months, first=1),
    ]


def measure_dirt(ingestion: dict[str, Any], items: ItemSums) -> Values:
    """What is wrong with the files, in percent; None of what a shop does not have."""
    totals, orders = ingestion["totals"], ingestion["sources"].get("orders", {})
    duplicates = totals["rejected_by"].get(DUPLICATE, 0)
    cancelled = orders.get("rejected_by", {}).get(CANCELLED, 0)
    lines = sum(count * times for count, times in items.lines_per_item.items())
    return {
        "exact_duplicates": realism.ratio(duplicates, totals["received"], 100) or None,
        "missing_customers": realism.ratio(lines - items.known_lines, lines, 100),
        "cancelled_lines": realism.ratio(cancelled, orders.get("received", 0), 100) or None,
    }


def measure_realism(
    interactions: DataFrame, searches: DataFrame, ingestion: dict[str, Any], shop: str
) -> dict[str, Any]:
    """The shop's shape beside the bands and distributions of realistic shops.

    Args:
        interactions: the mart.
        searches: ``prm_searches``.
        ingestion: ``report_ingestion``.
        shop: its name.

    Returns:
        ``shop``; ``bands``: every band with value and verdict; ``others``: what has no band;
        ``distributions``: each with the published references and its distance to them.
    """
    with persisted(interactions.select(*COLUMNS)) as rows:
        times, items = sum_times(rows), sum_items(rows)
        visits, orders = sum_visits(rows), sum_orders(rows)
        values = {
            **measure_times(times),
            **measure_items(items),
            **measure_visits(visits),
            **measure_orders(orders),
            **measure_searchers(rows, searches),
            **measure_dirt(ingestion, items),
        }
    judged = {band.measure for band in realism.BANDS}
    return {
        "shop": shop,
        "bands": realism.judge(values),
        "others": {name: value for name, value in values.items() if name not in judged},
        "distributions": [
            {**one.as_dict(), "references": lay_beside(one)}
            for one in list_distributions(times, items, visits, orders)
        ],
    }
