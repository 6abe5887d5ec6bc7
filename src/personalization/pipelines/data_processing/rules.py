"""Which rows of a source are rejected, and why: the first reason that holds."""

from __future__ import annotations

from pyspark.sql import Column
from pyspark.sql import functions as F  # noqa: N812 - Spark's own custom

from personalization.contracts import checks, kinds
from personalization.contracts import columns as c
from personalization.contracts.schemas import EVENTS, ORDERS
from personalization.contracts.sources import NOT_USED, SourceDescription

Columns = dict[str, tuple[Column, Column]]


def cancels(columns: Columns, description: SourceDescription) -> Column:
    """True where a row takes a purchase back, by the shop's rule; never null."""
    rule = description.cancellation
    says_so = columns[rule.column][0].rlike(rule.matches) if rule else F.expr("false")
    negative = F.expr("false")
    if description.negative_quantity == "return" and c.QUANTITY in columns:
        negative = columns[c.QUANTITY][1] < 0
    return F.coalesce(says_so | negative, F.expr("false"))


def our_kind(columns: Columns, description: SourceDescription) -> Column:
    """Kind of an event in our words; null where the shop's word is not known."""
    text = columns[c.EVENT_KIND][0]
    words = description.kinds or {kind: kind for kind in kinds.EVENT_KINDS}
    return F.coalesce(*(F.when(text == theirs, F.lit(ours)) for theirs, ours in words.items()))


def interaction_kind(columns: Columns, description: SourceDescription) -> Column:
    """Kind of interaction that an event or order line is; null for other tables."""
    returned = F.when(cancels(columns, description), F.lit(kinds.RETURN))
    if description.table == EVENTS.name:
        return F.coalesce(returned, our_kind(columns, description))
    if description.table == ORDERS.name:
        return F.coalesce(returned, F.lit(kinds.PURCHASE))
    return F.lit(None).cast("string")


def shape_reasons(columns: Columns, description: SourceDescription) -> list[Column]:
    """Reasons that hold for every table: empty, unreadable, impossible time."""
    table = description.raw_table
    times = description.timestamps
    return [
        *(checks.reject_missing(name, columns[name][0]) for name in table.required),
        *(checks.reject_unreadable(name, *columns[name]) for name in table.types),
        checks.reject_outside(columns[table.moment][1], times.earliest, times.latest),
    ]


def event_reasons(columns: Columns, description: SourceDescription) -> list[Column]:
    """Reasons of events: kind unknown or not used, values that no impression can have."""
    kind = our_kind(columns, description)
    return [
        checks.reject_where(kind.isNull(), checks.KIND_UNKNOWN),
        checks.reject_where(kind == NOT_USED, checks.KIND_NOT_USED),
        checks.reject_not_positive(columns[c.POSITION][1], checks.POSITION_OUT_OF_RANGE),
        checks.reject_not_a_share(columns[c.PROPENSITY][1], checks.PROPENSITY_OUT_OF_RANGE),
    ]


def order_reasons(columns: Columns, description: SourceDescription) -> list[Column]:
    """Reasons of order lines: cancelled, nothing sold, nothing paid."""
    returned = cancels(columns, description)
    rule = description.cancellation
    reasons = []
    if rule is not None and rule.treat_as == "rejected":
        reasons.append(checks.reject_where(returned, checks.CANCELLED))
    quantity = F.when(returned, F.abs(columns[c.QUANTITY][1])).otherwise(columns[c.QUANTITY][1])
    return [
        *reasons,
        checks.reject_not_positive(quantity, checks.QUANTITY_NOT_POSITIVE),
        checks.reject_not_positive(columns[c.PRICE][1], checks.PRICE_NOT_POSITIVE),
    ]


def rejection(columns: Columns, description: SourceDescription) -> Column:
    """The first reason for which a row is rejected, null where it is good.

    The order is fixed: the file, the shape of the row, what it is about, what it says.
    """
    reasons = [F.col("problem"), *shape_reasons(columns, description)]
    if description.item_matches is not None:
        product = columns[c.ITEM_ID][1].rlike(description.item_matches)
        reasons.append(checks.reject_where(~product, checks.NOT_A_PRODUCT))
    if description.table == EVENTS.name:
        reasons += event_reasons(columns, description)
    if description.table == ORDERS.name:
        reasons += order_reasons(columns, description)
    return F.coalesce(*reasons)
