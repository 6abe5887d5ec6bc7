"""Global time windows: what was known before the cut, and what was bought after it."""

from datetime import datetime
from typing import Final

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F  # noqa: N812 - Spark's own custom

from personalization.contracts import columns as c
from personalization.contracts.kinds import PURCHASE
from personalization.pipelines.training.options import LEAVE_OUT, Signals, Windows

COLUMNS: Final = (
    *(c.USER_ID, c.ITEM_ID, c.INTERACTION_TS, c.KNOWN_AT, c.INTERACTION_TYPE),
    *(c.QUANTITY, c.WEIGHT),
)


def known_before(cut: datetime) -> Column:
    """True where a row happened before ``cut`` and was known by then.

    What is delivered at midnight is known to a fit at midnight: that is the day before.
    """
    moment = F.lit(cut)
    return (F.col(c.KNOWN_AT) <= moment) & (F.col(c.INTERACTION_TS) < moment)


def happened_within(start: datetime, end: datetime) -> Column:
    """True where a row happened from ``start`` to before ``end``."""
    return (F.col(c.INTERACTION_TS) >= F.lit(start)) & (F.col(c.INTERACTION_TS) < F.lit(end))


def only_purchases(interactions: DataFrame) -> DataFrame:
    """The purchases."""
    return interactions.filter(F.col(c.INTERACTION_TYPE) == PURCHASE)


def split_interactions(
    interactions: DataFrame, windows: Windows, signals: Signals
) -> dict[str, DataFrame]:
    """Cut the mart into what models may learn from and what they are judged by.

    Rows without a user are left out: they count for items, never for users.

    Grain: one row per interaction.

    Returns:
        ``signals``: everything models learn from, to the end of the data, for fits that cut it
        by ``learn_before``;
        ``train``: purchases known before the test window; ``test``: purchases within it.
    """
    known = interactions.filter(F.col(c.USER_ID).isNotNull())
    purchases = only_purchases(known).select(*COLUMNS)
    learned = known.filter(F.col(c.INTERACTION_TYPE).isin(*signals.read_kinds))
    if signals.bots == LEAVE_OUT:
        learned = learned.filter(~F.col(c.IS_BOT))
    return {
        "signals": learned.select(*COLUMNS),
        "train": purchases.filter(known_before(windows.test)),
        "test": purchases.filter(happened_within(windows.test, windows.end)),
    }
