"""How unevenly interactions fall on items or users: the long tail."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812 - Spark's own custom

from personalization.exploration import figures
from personalization.exploration.frames import ROWS, collect_groups, is_kind, weighted_quantile
from personalization.exploration.wording import number, percent

HOLDERS: Final = "holders"  # items or users
HOLDER_PERCENT: Final = "holder_percent"
ROW_PERCENT: Final = "row_percent"
TOP_PERCENT: Final = 10.0
ALL: Final = 100.0


def count_per(interactions: DataFrame, key: str, kind: str) -> pd.DataFrame:
    """How many items (or users) have how many interactions of a kind.

    Those without any are not in it; interactions without the key are left out.

    Args:
        interactions: the mart.
        key: ``item_id`` or ``user_id``.
        kind: of interaction.

    Grain: one row per number of interactions: ``rows``, ``holders`` with exactly as many.
    """
    of_kind = interactions.filter(is_kind(kind)).filter(F.col(key).isNotNull())
    per_holder = of_kind.groupBy(key).agg(F.count("*").alias(ROWS))
    return collect_groups(per_holder.groupBy(ROWS).agg(F.count("*").alias(HOLDERS)), ROWS)


def trace_concentration(counts: pd.DataFrame) -> pd.DataFrame:
    """The share of interactions that the most active holders have together.

    Columns: ``holder_percent``, ``row_percent``, both from 0 to 100; the most active come first.
    """
    falling = counts.sort_values(ROWS, ascending=False)
    holders = falling[HOLDERS].cumsum() / falling[HOLDERS].sum()
    rows = (falling[ROWS] * falling[HOLDERS]).cumsum() / (counts[ROWS] * counts[HOLDERS]).sum()
    traced = {HOLDER_PERCENT: ALL * holders, ROW_PERCENT: ALL * rows}
    start = pd.DataFrame({HOLDER_PERCENT: [0.0], ROW_PERCENT: [0.0]})
    return pd.concat([start, pd.DataFrame(traced)], ignore_index=True)


def share_of_top(counts: pd.DataFrame, top_percent: float = TOP_PERCENT) -> float:
    """Percent of the interactions that fall on the most active ``top_percent`` of holders.

    Holders with equally many interactions share evenly, so that a part of one counts in part.

    >>> share_of_top(pd.DataFrame({"rows": [1, 6], "holders": [4, 1]}), 20)
    60.0
    """
    traced = trace_concentration(counts)
    return float(np.interp(top_percent, traced[HOLDER_PERCENT], traced[ROW_PERCENT]))


def compute_gini(counts: pd.DataFrame) -> float:
    """Gini coefficient of the interactions over holders: 0 is equal shares, NaN of nothing.

    Towards 1 all fall on one. Computed as twice the area between the curve and equal shares.
    Reference: Gini (1912).

    >>> round(compute_gini(pd.DataFrame({"rows": [1, 6], "holders": [4, 1]})), 12)
    0.4
    """
    if counts.empty:
        return float("nan")
    traced = trace_concentration(counts) / ALL
    area = np.trapezoid(traced[ROW_PERCENT], traced[HOLDER_PERCENT])
    return float(2 * area - 1)


def tell_concentration(counts: pd.DataFrame, holder: str, what: str) -> str:
    """Median, largest number and inequality.

    Args:
        counts: of ``count_per``.
        holder: "item" or "user".
        what: the interactions in words, such as "views".
    """
    if counts.empty:
        return f"No {what} in this shop that tell the {holder}."
    holders = counts[HOLDERS].sum()
    once = counts.loc[counts[ROWS] == 1, HOLDERS].sum()
    median = weighted_quantile(counts[ROWS], counts[HOLDERS], 0.5)
    return (
        f"{number(holders, holder)} with {what}: the median has {median:,.0f}, the most "
        f"{counts[ROWS].max():,}, and {percent(once, holders)} have one only. The first "
        f"{TOP_PERCENT:.0f} % have {share_of_top(counts):.1f} % of all {what} "
        f"(Gini {compute_gini(counts):.2f})."
    )


def draw_concentration(counts: pd.DataFrame, holder: str, what: str) -> Figure:
    """Rank against number on logarithmic axes, and the share of the most active.

    Args:
        counts: of ``count_per``.
        holder: "item" or "user".
        what: the interactions in words, such as "views".
    """
    if counts.empty:
        return figures.draw_nothing(tell_concentration(counts, holder, what))
    top = share_of_top(counts)
    title = f"{TOP_PERCENT:.0f} % of the {holder}s have {top:.0f} % of the {what}"
    figure, (ranks, shares) = figures.start_figure(title, 3.2, 2)
    falling = counts.sort_values(ROWS, ascending=False)
    ranks.loglog(falling[HOLDERS].cumsum(), falling[ROWS], color=figures.BLUE, marker=".")
    figures.label(ranks, f"rank of the {holder}", f"{what} per {holder}", "the long tail")
    figures.count_in_thousands(ranks, "xy")
    traced = trace_concentration(counts)
    shares.plot(traced[HOLDER_PERCENT], traced[ROW_PERCENT], color=figures.BLUE)
    shares.plot([0, ALL], [0, ALL], color=figures.GREY, linewidth=1, linestyle=":")
    shares.plot(TOP_PERCENT, top, "o", color=figures.RED)
    shares.annotate(f"{top:.0f} %", (TOP_PERCENT, top), (6, -12), textcoords="offset points")
    figures.label(
        *(shares, f"{holder}s, the most active first (%)", f"share of {what} (%)"),
        "dotted: all equal",
    )
    return figure
