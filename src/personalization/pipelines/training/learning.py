"""What models learn from at a moment: purchases less what came back, old ones worth less."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F  # noqa: N812 - Spark's own custom

from personalization.contracts import columns as c
from personalization.contracts.kinds import PURCHASE, RETURN
from personalization.pipelines.training.options import NET, Signals
from personalization.pipelines.training.splits import known_before

DAY_SECONDS: Final = 86_400
UNITS: Final = "units"
OWED: Final = "owed"  # returned later than a row, less bought later: what still finds no purchase
LEFT: Final = "left"  # owed, but never below nothing
KEPT_UNITS: Final = "kept_units"
QUANTITY_DECIMALS: Final = 6


def learn_before(signals: DataFrame, cut: datetime, options: Signals) -> DataFrame:
    """What could be known before ``cut``, as models shall weigh it.

    Grain: one row per interaction, none of which is a return; where returns are netted, without
    purchases that came back whole.
    Requires: the columns of ``split_interactions``.
    Changes: ``weight``.
    """
    before = signals.filter(known_before(cut))
    if options.returns == NET:
        before = net_returns(before)
    kept = before.filter(F.col(c.INTERACTION_TYPE) != RETURN)
    if options.half_life_days is None:
        return kept
    share = share_left(F.col(c.INTERACTION_TS), cut, options.half_life_days)
    return kept.withColumn(c.WEIGHT, F.col(c.WEIGHT) * share)


def share_left(moment: Column, cut: datetime, half_life_days: float) -> Column:
    """What is left at ``cut`` of the weight of a moment: half of it for each half-life between."""
    age_seconds = F.lit(cut).cast("timestamp").cast("double") - moment.cast("double")
    return F.pow(F.lit(2.0), -age_seconds / (half_life_days * DAY_SECONDS))


def net_returns(interactions: DataFrame) -> DataFrame:
    """Take what a user sent back off the latest purchases of the item before it.

    Each returned unit meets the newest unit that its user had bought of the item by then and that
    no other return has met (last in, first out). A return that finds no purchase, because that
    lies before the data, changes nothing. A row without a quantity is one unit.

    Grain: as given, without purchases that came back whole.
    Requires: ``user_id`` (not null), ``item_id``, ``interaction_ts``, ``interaction_type``,
    ``quantity``, ``weight``.
    Changes: ``weight`` of purchases, by the share of their units that was kept.
    """
    told = F.col(c.INTERACTION_TYPE)
    units = F.coalesce(F.col(c.QUANTITY), F.lit(1.0))
    signed = F.when(told == RETURN, units).when(told == PURCHASE, -units).otherwise(F.lit(0.0))
    # Backwards in time, returns before purchases of one moment: the units that are owed to returns
    # are a queue that purchases serve. Its length is the walk less its lowest point (Lindley).
    backwards = Window.partitionBy(c.USER_ID, c.ITEM_ID).orderBy(
        F.desc(c.INTERACTION_TS), F.desc(UNITS), c.WEIGHT
    )
    so_far = backwards.rowsBetween(Window.unboundedPreceding, Window.currentRow)
    walked = interactions.withColumn(UNITS, signed).withColumn(OWED, F.sum(UNITS).over(so_far))
    lowest = F.least(F.min(OWED).over(so_far), F.lit(0.0))
    queued = walked.withColumn(LEFT, F.round(F.col(OWED) - lowest, QUANTITY_DECIMALS))
    before = F.coalesce(F.lag(LEFT).over(backwards), F.lit(0.0))
    kept = F.round(units - (before - F.col(LEFT)), QUANTITY_DECIMALS)
    bought = told == PURCHASE
    share = F.when(bought & (units > 0), F.col(KEPT_UNITS) / units).otherwise(F.lit(1.0))
    return (
        queued.withColumn(KEPT_UNITS, kept)
        .filter(~bought | (F.col(KEPT_UNITS) > 0))
        .withColumn(c.WEIGHT, F.col(c.WEIGHT) * share)
        .select(*interactions.columns)
    )
