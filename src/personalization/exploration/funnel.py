"""From view to cart to purchase, by visit and by item of a visit."""

from __future__ import annotations

from typing import Final

import pandas as pd
from matplotlib.figure import Figure
from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812 - Spark's own custom

from personalization.contracts import columns as c
from personalization.contracts import kinds
from personalization.exploration import figures
from personalization.exploration.frames import collect_groups, is_kind, read_row
from personalization.exploration.wording import number, percent

STAGES: Final = (kinds.VIEW, kinds.CART, kinds.PURCHASE)
VISIT: Final = "visits"
ITEM_OF_VISIT: Final = "items of visits"
GRAIN: Final = "grain"
BOUGHT: Final = "bought"  # with or without a view or cart before
NO_FUNNEL: Final = (
    "No views in this shop, so no funnel: it records only what was bought or returned."
)
NOTHING: Final = "No visits in this shop."


def count_funnel(interactions: DataFrame) -> pd.DataFrame:
    """How many visits reach each stage, and how many items within visits; in any order of time.

    A stage counts only what reached the stages before it. Interactions without a session are out.

    Grain: one row for visits, one for items of visits.
    Columns: ``grain``, ``units`` (with any interaction), ``view``, ``cart``, ``purchase``,
    ``bought`` (with a purchase, whatever came before).
    """
    staged = interactions.filter(F.col(c.SESSION_ID).isNotNull())
    flags = [F.max(is_kind(stage)).alias(stage) for stage in STAGES]
    pairs = staged.groupBy(c.SESSION_ID, c.ITEM_ID).agg(*flags)
    visits = pairs.groupBy(c.SESSION_ID).agg(*(F.max(stage).alias(stage) for stage in STAGES))
    viewed, carted, bought = (F.col(stage) for stage in STAGES)
    counted = [
        one.agg(
            F.lit(grain).alias(GRAIN),
            F.count("*").alias("units"),
            F.count_if(viewed).alias(kinds.VIEW),
            F.count_if(viewed & carted).alias(kinds.CART),
            F.count_if(viewed & carted & bought).alias(kinds.PURCHASE),
            F.count_if(bought).alias(BOUGHT),
        )
        for grain, one in ((VISIT, visits), (ITEM_OF_VISIT, pairs))
    ]
    return collect_groups(counted[0].unionByName(counted[1])).fillna(0)


def tell_funnel(funnel: pd.DataFrame) -> str:
    """The shares of visits that put something into the cart, and that buy."""
    visits = read_row(funnel, GRAIN, VISIT)
    if not visits["units"]:
        return NOTHING
    if not visits[kinds.VIEW]:
        return NO_FUNNEL
    without = visits[BOUGHT] - visits[kinds.PURCHASE]
    return (
        f"Of {number(visits[kinds.VIEW], 'visit')} with a view "
        f"{percent(visits[kinds.CART], visits[kinds.VIEW])} put something into the cart, and "
        f"{percent(visits[kinds.PURCHASE], visits[kinds.VIEW])} buy; of those with a cart "
        f"{percent(visits[kinds.PURCHASE], visits[kinds.CART])} buy. "
        f"{number(without, 'visit')} bought without a view or without a cart."
    )


def draw_funnel(funnel: pd.DataFrame) -> Figure:
    """A bar for each stage, with its share of the first one."""
    visits = read_row(funnel, GRAIN, VISIT)
    if not visits[kinds.VIEW]:
        return figures.draw_nothing(tell_funnel(funnel))
    bought = percent(visits[kinds.PURCHASE], visits[kinds.VIEW])
    figure, panels = figures.start_figure(f"{bought} of the visits with a view buy", 2.3, 2)
    for axes, (grain, *counts) in zip(
        panels, funnel[[GRAIN, *STAGES]].itertuples(index=False), strict=True
    ):
        shares = [100 * count / counts[0] for count in counts]
        axes.barh(STAGES, shares, color=[figures.KIND_COLOURS[stage] for stage in STAGES])
        axes.invert_yaxis()
        for place, (count, share) in enumerate(zip(counts, shares, strict=True)):
            axes.text(share + 1.5, place, f"{share:.1f} %  ({count:,.0f})", va="center", fontsize=8)
        axes.set_xlim(0, 140)
        axes.set_xticks(range(0, 101, 25))
        figures.label(axes, f"share of the {grain} with a view (%)", "", grain)
        axes.grid(visible=False)
    return figure
