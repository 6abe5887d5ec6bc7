"""Visitors who are flagged as machines: how much they do, and how they differ from people."""

from __future__ import annotations

from typing import Final

import pandas as pd
from matplotlib.figure import Figure
from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812 - Spark's own custom

from personalization.contracts import columns as c
from personalization.exploration import figures
from personalization.exploration.days import MACHINE_ROWS
from personalization.exploration.frames import ROWS, collect_groups
from personalization.exploration.overview import NOTHING
from personalization.exploration.wording import number, percent

VISITOR_DAYS: Final = "visitor_days"
NO_MACHINES: Final = "No visitors in this shop that are flagged as machines."


def count_visitor_days(interactions: DataFrame) -> pd.DataFrame:
    """Count days of visitors by their number of interactions, machines apart.

    A visitor is the user, else the session; rows with neither are left out.

    Grain: one row per ``is_bot`` and number: ``rows`` (from a power of two up to the next),
    ``visitor_days``.
    """
    visitor = F.coalesce(F.concat(F.lit("u"), c.USER_ID), F.concat(F.lit("s"), c.SESSION_ID))
    known = interactions.withColumn("visitor", visitor).filter(F.col("visitor").isNotNull())
    per_day = known.groupBy("visitor", c.INTERACTION_DATE).agg(
        F.count("*").alias("n"),
        F.coalesce(F.max(c.IS_BOT), F.lit(False)).alias(c.IS_BOT),  # noqa: FBT003
    )
    power = F.pow(F.lit(2), F.floor(F.log2("n"))).cast("long").alias(ROWS)
    counted = per_day.groupBy(c.IS_BOT, power).agg(F.count("*").alias(VISITOR_DAYS))
    return collect_groups(counted, c.IS_BOT, ROWS)


def tell_machines(days: pd.DataFrame, visitor_days: pd.DataFrame) -> str:
    """The share of interactions and of visitors' days that machines have.

    Args:
        days: of ``count_days``, machines included.
        visitor_days: of ``count_visitor_days``.
    """
    rows, machine_rows = days[ROWS].sum(), days[MACHINE_ROWS].sum()
    if not rows:
        return NOTHING
    if not machine_rows:
        return NO_MACHINES
    machines = visitor_days.loc[visitor_days[c.IS_BOT], VISITOR_DAYS].sum()
    return (
        f"Machines did {number(machine_rows, 'interaction')}, {percent(machine_rows, rows)} of "
        f"all, on {percent(machines, visitor_days[VISITOR_DAYS].sum())} of the visitors' days "
        f"({machines:,} of {visitor_days[VISITOR_DAYS].sum():,})."
    )


def draw_machines(days: pd.DataFrame, visitor_days: pd.DataFrame) -> Figure:
    """The share of machines by day, and interactions of a visitor on a day, machines apart."""
    told = tell_machines(days, visitor_days)
    if told in (NOTHING, NO_MACHINES):
        return figures.draw_nothing(told)
    by_day = days.groupby(c.INTERACTION_DATE)[[ROWS, MACHINE_ROWS]].sum()
    title = (
        f"Machines do {percent(by_day[MACHINE_ROWS].sum(), by_day[ROWS].sum())} of all interactions"
    )
    figure, (over_time, sizes) = figures.start_figure(title, 3.0, 2)
    over_time.plot(by_day.index, 100 * by_day[MACHINE_ROWS] / by_day[ROWS], color=figures.RED)
    over_time.set_ylim(bottom=0)
    over_time.tick_params(axis="x", rotation=30)
    figures.label(over_time, "day (UTC)", "interactions by machines (%)")
    for is_bot, colour, name in ((False, figures.BLUE, "people"), (True, figures.RED, "machines")):
        chosen = visitor_days[visitor_days[c.IS_BOT] == is_bot]
        sizes.plot(chosen[ROWS], chosen[VISITOR_DAYS], color=colour, marker="o", label=name)
    sizes.set_xscale("log", base=2)
    sizes.set_yscale("log")
    figures.count_in_thousands(sizes, "xy")
    sizes.legend(frameon=False, fontsize=9)
    figures.label(sizes, "interactions on a day, from … to the double", "visitors' days")
    return figure
