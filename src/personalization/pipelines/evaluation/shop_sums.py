"""What leaves the cluster of a shop's mart: counts and bins, bounded whatever the shop's size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F  # noqa: N812 - the name every Spark reader knows

from personalization.contracts import columns as c
from personalization.contracts import kinds
from personalization.simulation.clock import DAY_SECONDS, HOURS, MONTHS, WEEKDAYS
from personalization.simulation.shapes import Counts

BINS_PER_LOG: Final = 8


@dataclass(frozen=True)
class LogSums:
    """Logarithms of positive numbers.

    Attributes:
        mean: None of nothing.
        sd: sample standard deviation; None of one number.
        bins: upper end of each bin to the logarithms in it; of centred ones where said so.
    """

    mean: float | None = None
    sd: float | None = None
    bins: Mapping[float, int] = field(default_factory=dict)


@dataclass(frozen=True)
class TimeSums:
    """Interactions by kind, by hour of the day and by weekday from Monday, UTC."""

    by_kind: Mapping[str, int]
    hours: Sequence[int]
    weekdays: Sequence[int]


@dataclass(frozen=True)
class ItemSums:
    """Sales: items by number of lines; lines of known users, and different items of each."""

    lines_per_item: Counts
    known_lines: int
    known_pairs: int


@dataclass(frozen=True)
class VisitSums:
    """Visits: sessions by views, those of nobody known, and seconds between two views."""

    lengths: Counts
    unknown: int
    gaps: LogSums


@dataclass(frozen=True)
class OrderSums:
    """Orders: users by orders, days between two, values around their mean, orders by month.

    ``gap_log1p_sd`` is the standard deviation of ``ln(1 + days)``, orders at one moment included.
    """

    per_user: Counts
    gaps: LogSums
    gap_log1p_sd: float | None
    values: LogSums
    months: Sequence[int]


def of_kind(interactions: DataFrame, kind: str) -> DataFrame:
    """The interactions of one kind."""
    return interactions.filter(F.col(c.INTERACTION_TYPE) == kind)


def histogram(values: DataFrame, column: str) -> dict[int, int]:
    """How often each number of a column of counts occurs; as many rows as different numbers."""
    return dict(values.groupBy(column).count().collect())


def sum_times(interactions: DataFrame) -> TimeSums:
    """Count interactions by kind, hour and weekday."""
    moment = F.col(c.INTERACTION_TS)
    groups = (c.INTERACTION_TYPE, F.hour(moment).alias("hour"), F.weekday(moment).alias("day"))
    by_kind: dict[str, int] = {}
    hours, days = [0] * HOURS, [0] * WEEKDAYS
    # At most one row per kind, hour and weekday.
    for kind, hour, day, rows in interactions.groupBy(*groups).count().collect():
        by_kind[kind] = by_kind.get(kind, 0) + rows
        hours[hour] += rows
        days[day] += rows
    return TimeSums(by_kind, hours, days)


def sum_items(interactions: DataFrame) -> ItemSums:
    """Count what is sold by item, and what the same user buys again."""
    bought = of_kind(interactions, kinds.PURCHASE)
    sold = histogram(bought.groupBy(c.ITEM_ID).agg(F.count("*").alias("n")), "n")
    known = bought.filter(F.col(c.USER_ID).isNotNull())
    per_pair = known.groupBy(c.USER_ID, c.ITEM_ID).count()
    lines, pairs = per_pair.agg(F.sum("count"), F.count("*")).head() or (0, 0)
    return ItemSums(sold, lines or 0, pairs)


def sum_logs(rows: DataFrame, value: Column, *, centred: bool = False) -> LogSums:
    """Mean, standard deviation and bins of the logarithm of positive values.

    Args:
        rows: with the values.
        value: whose logarithm is taken.
        centred: bins are of the logarithms minus their mean, so that units do not matter.
    """
    logs = rows.select(F.log(value).alias("log"))
    mean, sd = logs.agg(F.avg("log"), F.stddev_samp("log")).head() or (None, None)
    if mean is None:
        return LogSums()
    around = F.col("log") - F.lit(mean if centred else 0.0)
    end = (F.ceil(around * BINS_PER_LOG) / BINS_PER_LOG).alias("end")
    # A few dozen bins: logarithms of seconds, days or money.
    return LogSums(mean, sd, dict(logs.groupBy(end).count().collect()))


def sum_visits(interactions: DataFrame) -> VisitSums:
    """Count sessions by views, and bin the seconds between their views."""
    views = of_kind(interactions, kinds.VIEW).filter(F.col(c.SESSION_ID).isNotNull())
    sessions = views.groupBy(c.SESSION_ID).agg(
        F.count("*").alias("n"), F.max(F.col(c.USER_ID).isNotNull()).alias("known")
    )
    lengths: dict[int, int] = {}
    unknown = 0
    for length, known, times in sessions.groupBy("n", "known").count().collect():
        lengths[length] = lengths.get(length, 0) + times
        unknown += 0 if known else times
    within = Window.partitionBy(c.SESSION_ID).orderBy(c.INTERACTION_TS)
    seconds = F.unix_timestamp(c.INTERACTION_TS)
    gaps = views.select((seconds - F.lag(seconds).over(within)).alias("gap")).filter("gap > 0")
    return VisitSums(lengths, unknown, sum_logs(gaps, F.col("gap")))


def in_main_currency(rows: DataFrame) -> DataFrame:
    """The rows in the currency that most of them have: amounts of different ones do not compare.

    Rows without one are taken to have a currency of their own. Of equally many the first by name.
    """
    by_currency = rows.groupBy(c.CURRENCY).count().orderBy(F.desc("count"), c.CURRENCY)
    most = by_currency.head()
    return rows.filter(F.col(c.CURRENCY).eqNullSafe(F.lit(most[0]))) if most else rows


def group_orders(interactions: DataFrame) -> DataFrame:
    """Orders with their user, first moment, lines, value and currency.

    Grain: one row per order; lines without its number are an order by session, else by themselves.
    The value of an order in several currencies is null.
    """
    bought = of_kind(interactions, kinds.PURCHASE)
    told = F.coalesce(F.col(c.CURRENCY), F.lit(""))
    order = F.coalesce(F.col(c.ORDER_ID), F.col(c.SESSION_ID), F.col(c.INTERACTION_ID))
    return bought.groupBy(order.alias(c.ORDER_ID)).agg(
        F.max(c.USER_ID).alias(c.USER_ID),
        F.min(c.INTERACTION_TS).alias(c.INTERACTION_TS),
        F.count("*").alias("n_lines"),
        F.when(
            F.min(told).eqNullSafe(F.max(told)), F.sum(F.col(c.QUANTITY) * F.col(c.PRICE))
        ).alias("value"),
        F.min(c.CURRENCY).alias(c.CURRENCY),
    )


def sum_orders(interactions: DataFrame) -> OrderSums:
    """Count orders by user and month, and bin the days between them and their values."""
    orders = group_orders(interactions).persist()
    of_user = Window.partitionBy(c.USER_ID).orderBy(c.INTERACTION_TS)
    seconds = F.unix_timestamp(c.INTERACTION_TS)
    known = orders.filter(F.col(c.USER_ID).isNotNull())
    days = known.select(((seconds - F.lag(seconds).over(of_user)) / DAY_SECONDS).alias("days"))
    months: dict[int, int] = dict(orders.groupBy(F.month(c.INTERACTION_TS)).count().collect())
    spread = days.agg(F.stddev_samp(F.log1p("days"))).head() or (None,)
    found = OrderSums(
        per_user=histogram(known.groupBy(c.USER_ID).agg(F.count("*").alias("n")), "n"),
        gaps=sum_logs(days.filter("days > 0"), F.col("days")),
        gap_log1p_sd=spread[0],
        values=sum_logs(in_main_currency(orders.filter("value > 0")), F.col("value"), centred=True),
        months=[months.get(month, 0) for month in range(1, MONTHS + 1)],
    )
    orders.unpersist()
    return found
