"""What of the received rows is not in the mart, and why."""

from __future__ import annotations

from typing import Final

import pandas as pd
from matplotlib.figure import Figure
from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812 - Spark's own custom

from personalization.contracts import columns as c
from personalization.contracts.checks import AFTER_DELIVERY, DELIVERED_AGAIN, TIME_OUT_OF_RANGE
from personalization.exploration import figures
from personalization.exploration.frames import ROWS, collect_groups, read_row, read_rows
from personalization.exploration.wording import number, percent

RECEIVED: Final = "received"
REJECTED: Final = "rejected"
AGAIN: Final = "delivered_again"
USED: Final = "used"
REJECTED_PERCENT: Final = "rejected_percent"
WEEK: Final = "week"
TOTAL: Final = "all"
IMPOSSIBLE_MOMENTS: Final = (TIME_OUT_OF_RANGE, AFTER_DELIVERY)
MOST_REASONS: Final = 6  # with a panel of their own
NOTHING: Final = "No files in this shop."
NO_REASONS: Final = "No rejected rows in this shop."


def count_received(ledger: DataFrame) -> pd.DataFrame:
    """Count files and rows that came, by source.

    Args:
        ledger: ``report_ingested_files``.

    Grain: one row per source: ``source``, ``files``, ``received``.
    """
    published = ledger.filter(F.col("sha256").isNotNull()).groupBy(c.SOURCE)
    counted = published.agg(F.count("*").alias("files"), F.sum(RECEIVED).alias(RECEIVED))
    return collect_groups(counted, c.SOURCE)


def count_reasons(rejected: DataFrame, repeated: DataFrame) -> pd.DataFrame:
    """Count rows that are not in the mart, by source, reason and week.

    Args:
        rejected: ``int_rejected_rows``.
        repeated: ``int_repeated_rows``, for rows that a later file delivers again.

    Grain: one row per source, reason and week.
    Columns: ``source``, ``rejected_by``, ``week`` (its Monday; NaT where the row has no day that
    can be read or believed), ``rows``.
    """
    names = (c.SOURCE, c.REJECTED_BY, c.INTERACTION_DATE)
    again = repeated.filter(F.col(c.REJECTED_BY) == DELIVERED_AGAIN)
    rows = rejected.select(*names).unionByName(again.select(*names))
    is_impossible = F.col(c.REJECTED_BY).isin(*IMPOSSIBLE_MOMENTS)
    week = F.when(~is_impossible, F.trunc(c.INTERACTION_DATE, "week"))
    counted = rows.groupBy(c.SOURCE, c.REJECTED_BY, week.alias(WEEK)).agg(F.count("*").alias(ROWS))
    return collect_groups(counted, c.SOURCE, c.REJECTED_BY, WEEK)


def account_for_rows(received: pd.DataFrame, reasons: pd.DataFrame) -> pd.DataFrame:
    """What became of the rows of each source: received = used + rejected + delivered again.

    Args:
        received: of ``count_received``.
        reasons: of ``count_reasons``.

    Grain: one row per source, and ``all``.
    Columns: ``source``, ``files``, ``received``, ``used``, ``rejected``, ``delivered_again``
    (the same row is there from another file), ``rejected_percent`` of the received.
    """
    is_again = reasons[c.REJECTED_BY] == DELIVERED_AGAIN
    told = received.set_index(c.SOURCE)
    for name, part in ((REJECTED, reasons[~is_again]), (AGAIN, reasons[is_again])):
        told[name] = part.groupby(c.SOURCE)[ROWS].sum().reindex(told.index).fillna(0).astype(int)
    told.loc[TOTAL] = told.sum()
    told[USED] = told[RECEIVED] - told[REJECTED] - told[AGAIN]
    told[REJECTED_PERCENT] = 100 * told[REJECTED] / told[RECEIVED].where(told[RECEIVED] > 0)
    names = ["files", RECEIVED, USED, REJECTED, AGAIN, REJECTED_PERCENT]
    return told[names].reset_index()


def sum_reasons(reasons: pd.DataFrame) -> pd.DataFrame:
    """Rows by source and reason, the most first: ``source``, ``rejected_by``, ``rows``."""
    summed = reasons.groupby([c.SOURCE, c.REJECTED_BY])[[ROWS]].sum().reset_index()
    return summed.sort_values(ROWS, ascending=False, kind="stable", ignore_index=True)


def tell_rejections(account: pd.DataFrame, reasons: pd.DataFrame) -> str:
    """How many rows came, how many are rejected, and the most frequent reason."""
    total = read_row(account, c.SOURCE, TOTAL)
    if not total[RECEIVED]:
        return NOTHING
    told = (
        f"{number(total[RECEIVED], 'row')} in {number(total['files'], 'file')}: "
        f"{percent(total[USED], total[RECEIVED])} are used, "
        f"{percent(total[REJECTED], total[RECEIVED])} rejected, "
        f"{percent(total[AGAIN], total[RECEIVED])} delivered again by another file."
    )
    summed = sum_reasons(reasons[reasons[c.REJECTED_BY] != DELIVERED_AGAIN])
    if summed.empty:
        return told
    source, reason, rows = (summed[name].iloc[0] for name in (c.SOURCE, c.REJECTED_BY, ROWS))
    return (
        f"{told} The most frequent reason is {reason} of {source}: {number(rows, 'row')}, "
        f"{percent(rows, total[REJECTED])} of the rejected."
    )


def draw_reasons(account: pd.DataFrame, reasons: pd.DataFrame) -> Figure:
    """A bar for each source and reason: rows per thousand received of the source."""
    summed = sum_reasons(reasons)
    if summed.empty:
        return figures.draw_nothing(NO_REASONS)
    received = account.set_index(c.SOURCE)[RECEIVED]
    shares = 1000 * summed[ROWS] / summed[c.SOURCE].map(received)
    names = summed[c.SOURCE] + ": " + summed[c.REJECTED_BY]
    total = read_row(account, c.SOURCE, TOTAL)
    share = percent(total[REJECTED], total[RECEIVED])
    title = f"{share} of the received rows are rejected; {names.iloc[0]} has most rows"
    figure, (axes,) = figures.start_figure(title, 0.9 + 0.26 * len(summed))
    again = summed[c.REJECTED_BY] == DELIVERED_AGAIN
    colours = [figures.GREY if one else figures.RED for one in again]
    axes.barh(names, shares, color=colours)
    axes.invert_yaxis()
    for place, (rows, share) in enumerate(zip(summed[ROWS], shares, strict=True)):
        axes.text(share, place, f"  {rows:,}", va="center", fontsize=8)
    axes.margins(x=0.12)
    figures.label(axes, "rows per 1,000 received of the source; numbers: rows; grey: used once", "")
    axes.grid(visible=False)
    return figure


def title_of_weeks(dated: pd.DataFrame, top: pd.DataFrame) -> str:
    """The week that has the largest share of the rows of one of the reasons.

    Args:
        dated: of ``count_reasons``, with a week.
        top: of ``sum_reasons``, what is drawn.
    """
    keys = [c.SOURCE, c.REJECTED_BY]
    both = dated.merge(top, on=keys, suffixes=("", "_in_all"))
    share = both[ROWS] / both[f"{ROWS}_in_all"]
    largest = read_rows(both.assign(share=share).nlargest(1, "share"))[0]
    return (
        f"{100 * largest['share']:.0f} % of the rows '{largest[c.SOURCE]}: "
        f"{largest[c.REJECTED_BY]}' fall into one week, from {largest[WEEK]:%Y-%m-%d}"
    )


def draw_reasons_by_week(reasons: pd.DataFrame) -> Figure:
    """The most frequent reasons over time, one panel each with a scale of its own from zero."""
    dated = reasons.dropna(subset=[WEEK])
    if dated.empty:
        return figures.draw_nothing("No rejected rows with a day in this shop.")
    top = sum_reasons(dated).head(MOST_REASONS)
    title = title_of_weeks(dated, top)
    figure, panels = figures.start_figure(title, 0.7 + 1.05 * len(top), rows=len(top), share_x=True)
    weeks = pd.date_range(dated[WEEK].min(), dated[WEEK].max(), freq="7D")
    for axes, source, reason in zip(panels, top[c.SOURCE], top[c.REJECTED_BY], strict=True):
        chosen = dated[(dated[c.SOURCE] == source) & (dated[c.REJECTED_BY] == reason)]
        rows = chosen.set_index(WEEK)[ROWS].reindex(weeks, fill_value=0)
        axes.plot(weeks, rows, color=figures.RED, marker=".")
        axes.set_ylim(bottom=0)
        figures.label(axes, "", "rows", f"{source}: {reason}")
        figures.count_in_thousands(axes)
    panels[-1].set_xlabel("week, by its Monday (UTC)", fontsize=9)
    return figure
