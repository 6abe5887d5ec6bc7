"""How a shop's mart looks beside the bands of realistic ones: generated, or a shop's own."""

# Annotations are evaluated here: Kedro reads a node's type hints.
from typing import Any, Final

from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F  # noqa: N812 - the name every Spark reader knows

from personalization.contracts import columns as c
from personalization.contracts import kinds
from personalization.simulation import realism

DAY_SECONDS: Final = 86_400
BINS_PER_LOG: Final = 8
HOURS: Final = 24
WEEKDAYS: Final = 7
COLOURS: Final = {"pass": "#2f5d8a", "fail": "#c0622d"}

Values = dict[str, float | None]


def of_kind(interactions: DataFrame, kind: str) -> DataFrame:
    """The interactions of one kind."""
    return interactions.filter(F.col(c.INTERACTION_TYPE) == kind)


def count_times(interactions: DataFrame) -> tuple[dict[str, int], list[int], list[int]]:
    """Interactions by kind, by hour of the day and by weekday."""
    moment = F.col(c.INTERACTION_TS)
    groups = (c.INTERACTION_TYPE, F.hour(moment).alias("hour"), F.dayofweek(moment).alias("day"))
    kind_counts: dict[str, int] = {}
    hours, days = [0] * HOURS, [0] * WEEKDAYS
    # At most one row per kind, hour and weekday.
    for kind, hour, day, rows in interactions.groupBy(*groups).count().collect():
        kind_counts[kind] = kind_counts.get(kind, 0) + rows
        hours[hour] += rows
        days[day - 1] += rows
    return kind_counts, hours, days


def histogram(values: DataFrame, column: str) -> dict[int, int]:
    """How often each number of a column of counts occurs; as many rows as different numbers."""
    return dict(values.groupBy(column).count().collect())


def measure_times(interactions: DataFrame) -> Values:
    """Funnel, hours and weekdays."""
    by_kind, hours, days = count_times(interactions)
    views, carts, bought = (
        by_kind.get(kind, 0) for kind in (kinds.VIEW, kinds.CART, kinds.PURCHASE)
    )
    return {
        "cart_per_view": realism.ratio(carts, views, 100),
        "purchase_per_view": realism.ratio(bought, views, 100),
        "purchase_per_cart": realism.ratio(bought, carts, 100),
        "hour_peak_to_trough": realism.peak_to_trough(hours),
        "weekday_max_to_min": realism.peak_to_trough(days),
    }


def measure_items(interactions: DataFrame) -> Values:
    """How unequally items sell, and how many lines repeat an earlier one of the same user."""
    bought = of_kind(interactions, kinds.PURCHASE)
    sold = histogram(bought.groupBy(c.ITEM_ID).agg(F.count("*").alias("n")), "n")
    known = bought.filter(F.col(c.USER_ID).isNotNull())
    per_pair = known.groupBy(c.USER_ID, c.ITEM_ID).count()
    lines, pairs = per_pair.agg(F.sum("count"), F.count("*")).head() or (0, 0)
    repeat = realism.ratio((lines or 0) - pairs, lines or 0, 100)
    return {**realism.measure_popularity(sold), "repeat_share": repeat}


def measure_visits(interactions: DataFrame) -> Values:
    """Lengths of sessions, the seconds between their views, and how many nobody is known in."""
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
    return {
        **realism.measure_sessions(lengths),
        "unknown_sessions": realism.ratio(unknown, sum(lengths.values()), 100),
        **measure_log(gaps, F.col("gap"), "view_gap", (realism.GAP_LOG_MEAN, realism.GAP_LOG_SD)),
    }


def measure_log(
    rows: DataFrame, value: Column, name: str, published: tuple[float, float] | None = None
) -> Values:
    """Mean and standard deviation of a logarithm, and the distance to a log-normal distribution.

    Args:
        rows: with positive values.
        value: whose logarithm is taken.
        name: begins the names of the measures.
        published: mean and standard deviation to compare with; None: the shop's own.
    """
    logs = rows.select(F.log(value).alias("log"))
    end = (F.ceil(F.col("log") * BINS_PER_LOG) / BINS_PER_LOG).alias("end")
    mean, sd = logs.agg(F.avg("log"), F.stddev_samp("log")).head() or (None, None)
    found: Values = {f"{name}_log_mean": mean, f"{name}_log_sd": sd}
    if mean is not None and sd:
        # A few dozen bins: logarithms of seconds, days or money.
        bins: dict[float, int] = dict(logs.groupBy(end).count().collect())
        found[f"{name}_ks"] = realism.ks_to_normal(bins, *(published or (mean, sd)))
    return found


def measure_orders(interactions: DataFrame) -> Values:
    """Value of orders, days between those of a user, and November beside January."""
    bought = of_kind(interactions, kinds.PURCHASE)
    order = F.coalesce(F.col(c.ORDER_ID), F.col(c.SESSION_ID), F.col(c.INTERACTION_ID))
    orders = (
        bought.groupBy(order.alias(c.ORDER_ID))
        .agg(
            F.max(c.USER_ID).alias(c.USER_ID),
            F.min(c.INTERACTION_TS).alias(c.INTERACTION_TS),
            F.sum(F.col(c.QUANTITY) * F.col(c.PRICE)).alias("value"),
        )
        .persist()
    )
    of_user = Window.partitionBy(c.USER_ID).orderBy(c.INTERACTION_TS)
    seconds = F.unix_timestamp(c.INTERACTION_TS)
    known = orders.filter(F.col(c.USER_ID).isNotNull())
    days = known.select(((seconds - F.lag(seconds).over(of_user)) / DAY_SECONDS).alias("days"))
    months: dict[int, int] = dict(orders.groupBy(F.month(c.INTERACTION_TS)).count().collect())
    found = {
        **measure_log(orders.filter("value > 0"), F.col("value"), "order_value"),
        **measure_log(days.filter("days > 0"), F.col("days"), "order_gap"),
        "november_to_january": realism.ratio(
            months.get(realism.NOVEMBER, 0), months.get(realism.JANUARY, 0)
        )
        if realism.NOVEMBER in months
        else None,
    }
    orders.unpersist()
    return found


def measure_searchers(interactions: DataFrame, searches: DataFrame) -> Values:
    """How many of the users who look at items search."""
    seen = of_kind(interactions, kinds.VIEW).select(c.USER_ID).dropna().distinct()
    searchers = searches.select(c.USER_ID).dropna().distinct()
    users = seen.count()
    both = seen.join(searchers, c.USER_ID, how="left_semi").count()
    return {"searchers": realism.ratio(both, users, 100) if not searches.isEmpty() else None}


def measure_realism(interactions: DataFrame, searches: DataFrame) -> dict[str, Any]:
    """The shop's shape beside the bands of realistic shops.

    Args:
        interactions: the mart.
        searches: ``prm_searches``.

    Returns:
        ``bands``: every band with value and verdict; ``others``: what has no band.
    """
    columns = (
        *(c.USER_ID, c.ITEM_ID, c.INTERACTION_TS, c.INTERACTION_TYPE, c.QUANTITY, c.PRICE),
        *(c.SESSION_ID, c.ORDER_ID, c.INTERACTION_ID),
    )
    rows = interactions.select(*columns).persist()
    values = {
        **measure_times(rows),
        **measure_items(rows),
        **measure_visits(rows),
        **measure_orders(rows),
        **measure_searchers(rows, searches),
    }
    rows.unpersist()
    judged = {band.measure for band in realism.BANDS}
    return {
        "bands": realism.judge(values),
        "others": {name: value for name, value in values.items() if name not in judged},
    }


def draw_realism(report: dict[str, Any]) -> Figure:
    """Each measure on the scale of its band: the band is the grey bar, the shop is the point.

    A band that is open above is drawn up to twice its lower end. Measures without data are named
    and have no point. The figure belongs to nobody else: no pyplot state is touched.
    """
    rows = list(reversed(report["bands"]))
    figure = Figure(figsize=(8.5, 0.34 * len(rows) + 1.2), layout="constrained")
    axes = figure.subplots()
    for place, row in enumerate(rows):
        high = 2 * row["low"] if row["high"] is None else row["high"]
        axes.barh(place, 1.0, height=0.6, color="#d9dee3")
        told = "no data"
        if row["value"] is not None:
            inside = min(max((row["value"] - row["low"]) / (high - row["low"]), -0.5), 1.5)
            axes.plot(inside, place, "o", color=COLOURS[row["verdict"]], markersize=7)
            told = f"{row['value']:.2f}"
        limit = "" if row["high"] is None else f"{row['high']:g}"
        axes.text(1.62, place, f"{told}  ({row['low']:g} … {limit})", va="center", fontsize=8)
    axes.set_yticks(range(len(rows)), [row["measure"].replace("_", " ") for row in rows])
    axes.set_xlim(-0.6, 2.5)
    axes.set_xticks([0, 1], ["lowest", "highest"])
    axes.tick_params(axis="both", labelsize=8, length=0)
    axes.spines[:].set_visible(False)
    axes.set_title("The shop beside the bands of published shops", fontsize=11, loc="left")
    keys = [Line2D([], [], color=tint, marker="o", ls="", label=v) for v, tint in COLOURS.items()]
    figure.legend(handles=keys, loc="outside lower center", ncols=len(keys), frameon=False)
    return figure
