"""From search to purchase: what is found, clicked, put into the cart and bought."""

from __future__ import annotations

from typing import Final

import pandas as pd
from matplotlib.figure import Figure
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F  # noqa: N812 - Spark's own custom

from personalization.contracts import columns as c
from personalization.contracts import kinds
from personalization.exploration import figures
from personalization.exploration.frames import collect_groups, is_kind, read_rows
from personalization.exploration.wording import number, percent

SEARCHES: Final = "searches"
STAGES: Final = ("searched", "found", "clicked", "carted", "bought")
WORDS: Final = ("searched", "something found", "clicked", "then in the cart", "then bought")
CLICKS: Final = "clicks"
CLICK_PERCENT: Final = "click_percent"
MOST_POSITIONS: Final = 24
NO_SEARCHES: Final = "No searches in this shop."


def count_results() -> Column:
    """How many items a search showed; 0 where it found nothing."""
    shown = F.split(F.col(c.RESULTS), r"\|")
    return F.when(F.length(F.trim(c.RESULTS)) > 0, F.size(shown)).otherwise(0)


def find_later(interactions: DataFrame, kind: str) -> DataFrame:
    """The last moment at which an item came into a session by a kind of interaction.

    Grain: one row per session and item; the moment is named as the kind.
    """
    of_kind = interactions.filter(is_kind(kind)).filter(F.col(c.SESSION_ID).isNotNull())
    return of_kind.groupBy(c.SESSION_ID, c.ITEM_ID).agg(F.max(c.INTERACTION_TS).alias(kind))


def count_search_stages(searches: DataFrame, interactions: DataFrame) -> pd.DataFrame:
    """How many logged searches found something, were clicked, and led to a cart or a purchase.

    A search leads to what happens to the clicked item later in the same session.

    Args:
        searches: ``prm_searches``.
        interactions: the mart.

    Grain: one row per stage, in order.
    Columns: ``stage``, ``searches`` that reach it.
    """
    moment, found = F.col(c.SEARCH_TS), count_results() > 0
    clicked = searches.withColumnRenamed(c.CLICKED_ITEM_ID, c.ITEM_ID)
    for kind in (kinds.CART, kinds.PURCHASE):
        clicked = clicked.join(
            find_later(interactions, kind), [c.SESSION_ID, c.ITEM_ID], how="left"
        )
    has_click = F.col(c.ITEM_ID).isNotNull()
    counted = clicked.agg(
        F.count("*").alias("searched"),
        F.count_if(found | has_click).alias("found"),
        F.count_if(has_click).alias("clicked"),
        F.count_if(F.col(kinds.CART) >= moment).alias("carted"),
        F.count_if(F.col(kinds.PURCHASE) >= moment).alias("bought"),
    )
    wide = collect_groups(counted)
    reached = [int(wide[stage].iloc[0]) for stage in STAGES]
    return pd.DataFrame({"stage": STAGES, SEARCHES: reached})


def count_positions(searches: DataFrame) -> pd.DataFrame:
    """Searches that showed a place of the result list, and clicks on it.

    Grain: one row per place from 1, at most 24: ``position``, ``searches``, ``clicks``,
    ``click_percent``.
    """
    shown = F.sequence(F.lit(1), F.least(count_results(), F.lit(MOST_POSITIONS)))
    places = searches.filter(count_results() > 0).select(
        F.explode(shown).alias(c.POSITION), F.col(c.CLICKED_POSITION).alias("at")
    )
    is_clicked = F.count_if(F.col("at") == F.col(c.POSITION))
    counted = places.groupBy(c.POSITION).agg(F.count("*").alias(SEARCHES), is_clicked.alias(CLICKS))
    small = collect_groups(counted, c.POSITION)
    return small.assign(**{CLICK_PERCENT: 100 * small[CLICKS] / small[SEARCHES]})


def find_empty_queries(searches: DataFrame, most: int = 10) -> pd.DataFrame:
    """The queries that most often found nothing, whatever their case.

    Grain: one row per query: ``query``, ``searches`` of it without a result.
    """
    nothing = searches.filter(count_results() == 0).filter(F.col(c.CLICKED_ITEM_ID).isNull())
    query = F.lower(F.trim(c.QUERY)).alias(c.QUERY)
    counted = nothing.groupBy(query).agg(F.count("*").alias(SEARCHES))
    top = counted.orderBy(F.desc(SEARCHES), c.QUERY).limit(most)
    found = collect_groups(top, c.QUERY)
    return found.sort_values(SEARCHES, ascending=False, kind="stable", ignore_index=True)


def tell_searches(stages: pd.DataFrame) -> str:
    """The shares of searches that find something, are clicked, and lead to a purchase."""
    reached = {row["stage"]: row[SEARCHES] for row in read_rows(stages)}
    n_searches = reached["searched"]
    if not n_searches:
        return NO_SEARCHES
    if not reached["clicked"]:
        return f"{number(n_searches, 'search', 'searches')}, none of them with a click."
    nothing = f"{percent(n_searches - reached['found'], n_searches)} found nothing and "
    if reached["found"] == reached["clicked"]:
        nothing = ""  # the shop logs no results
    return (
        f"Of {number(n_searches, 'search', 'searches')} {nothing}"
        f"{percent(reached['clicked'], n_searches)} were clicked. Of the clicked ones "
        f"{percent(reached['carted'], reached['clicked'])} put the item into the cart in the same "
        f"visit and {percent(reached['bought'], reached['clicked'])} bought it."
    )


def draw_searches(stages: pd.DataFrame, positions: pd.DataFrame) -> Figure:
    """How far searches come, and how often each place of the results is clicked."""
    reached = stages[SEARCHES].tolist()
    if not reached[0]:
        return figures.draw_nothing(NO_SEARCHES)
    title = f"{percent(reached[-1], reached[0])} of the searches end with a purchase of the result"
    figure, (funnel, places) = figures.start_figure(title, 2.9, 2)
    shares = [100 * one / reached[0] for one in reached]
    funnel.barh(WORDS, shares, color=figures.BLUE)
    funnel.invert_yaxis()
    for place, (count, share) in enumerate(zip(reached, shares, strict=True)):
        funnel.text(share + 1.5, place, f"{share:.1f} %  ({count:,})", va="center", fontsize=8)
    funnel.set_xlim(0, 145)
    funnel.set_xticks(range(0, 101, 25))
    figures.label(funnel, "share of searches (%)", "")
    funnel.grid(visible=False)
    places.plot(positions[c.POSITION], positions[CLICK_PERCENT], color=figures.RED, marker=".")
    places.set_ylim(bottom=0)
    figures.label(places, "place in the results", "clicked where shown (%)")
    return figure
