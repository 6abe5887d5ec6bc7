"""Which rows of a source are rejected, and why: the first reason that holds.

The columns spoken of are those of ``cleaning.add_values``: texts and typed values. What the
description of a source says comes first, then the rules of its table.
"""

from __future__ import annotations

from collections.abc import Mapping

from pyspark.sql import Column
from pyspark.sql import functions as F  # noqa: N812 - Spark's own custom

from personalization.contracts import checks, kinds
from personalization.contracts import columns as c
from personalization.contracts.row_rules import RowRule
from personalization.contracts.schemas import EVENTS, ORDERS, PRODUCTS, USERS
from personalization.contracts.sources import SourceDescription
from personalization.datasets.raw_rows import PROBLEM
from personalization.pipelines.data_processing.cleaning import text_of


def text(name: str) -> Column:
    """Trimmed text of a column as received."""
    return F.col(text_of(name))


def holds(condition: Column) -> Column:
    """``condition``, false where it is unknown."""
    return F.coalesce(condition, F.lit(False))  # noqa: FBT003 - a literal column


def says_cancelled(description: SourceDescription) -> Column:
    """True where the shop's rule says that a row takes a purchase back; never null."""
    rule = description.cancellation
    return holds(text(rule.column).rlike(rule.matches)) if rule else F.lit(False)  # noqa: FBT003


def our_kind(description: SourceDescription) -> Column:
    """Kind of an event in our words; null where the shop's word is not known."""
    words = description.kinds or {kind: kind for kind in kinds.EVENT_KINDS}
    theirs = text(c.EVENT_KIND)
    return F.coalesce(*(F.when(theirs == word, F.lit(ours)) for word, ours in words.items()))


def told_kind(description: SourceDescription) -> Column:
    """Kind of a row before returns are told apart; null for tables that sell nothing."""
    if description.table == EVENTS.name:
        return our_kind(description)
    return F.lit(kinds.PURCHASE if description.table == ORDERS.name else None).cast("string")


def returns(description: SourceDescription) -> Column:
    """True where a purchase is taken back, by the shop's rule or by its sign; never null."""
    back = says_cancelled(description)
    if description.negative_quantity == "return":
        back = back | holds(F.col(c.QUANTITY) < 0)
    return back & holds(told_kind(description) == kinds.PURCHASE)


def interaction_kind(description: SourceDescription) -> Column:
    """Kind of interaction that an event or order line is; null for other tables."""
    kind = told_kind(description)
    if description.table in {EVENTS.name, ORDERS.name}:
        return F.when(returns(description), F.lit(kinds.RETURN)).otherwise(kind)
    return kind


def moved_quantity(description: SourceDescription) -> Column:
    """Pieces sold or taken back: what is returned counts as positive."""
    quantity = F.col(c.QUANTITY)
    back = holds(interaction_kind(description) == kinds.RETURN)
    return F.when(back, F.abs(quantity)).otherwise(quantity)


def shape_reasons(description: SourceDescription) -> list[Column]:
    """Reasons that hold for every table: empty, unreadable, impossible time."""
    table = description.raw_table
    times = description.timestamps
    return [
        *(checks.reject_missing(name, text(name)) for name in table.required),
        *(checks.reject_unreadable(name, text(name), F.col(name)) for name in table.types),
        checks.reject_outside(F.col(table.moment), times.earliest, times.latest),
    ]


def event_reasons(description: SourceDescription) -> list[Column]:
    """Reasons of events: kind unknown or not used."""
    kind = our_kind(description)
    return [
        checks.reject_where(kind.isNull(), checks.KIND_UNKNOWN),
        checks.reject_where(kind == kinds.NOT_USED, checks.KIND_NOT_USED),
    ]


def sale_reasons(description: SourceDescription) -> list[Column]:
    """The reason of what is sold and cancelled, where the shop wants it set aside."""
    rule = description.cancellation
    if rule is None or rule.treat_as != "rejected":
        return []
    sold = holds(told_kind(description) == kinds.PURCHASE)
    return [checks.reject_where(says_cancelled(description) & sold, checks.CANCELLED)]


def own_rejection(description: SourceDescription) -> Column:
    """The first reason for which the description rejects a row, null where it does not.

    The order is fixed: the file, the shape of the row, what it is about, what kind it is.
    """
    reasons = [F.col(PROBLEM), *shape_reasons(description)]
    happens = description.table not in {USERS.name, PRODUCTS.name}  # these may tell of plans
    if description.delivered is not None and happens:
        late = F.col(description.raw_table.moment) > F.col(c.DELIVERED_AT)
        reasons.append(checks.reject_where(late, checks.AFTER_DELIVERY))
    if description.item_matches is not None:
        product = F.col(c.ITEM_ID).rlike(description.item_matches)
        reasons.append(checks.reject_where(~product, checks.NOT_A_PRODUCT))
    if description.table == EVENTS.name:
        reasons += event_reasons(description)
    if description.table in {EVENTS.name, ORDERS.name}:
        reasons += sale_reasons(description)
    return F.coalesce(*reasons)


def rule_rejection(rules: Mapping[str, RowRule]) -> Column:
    """The first rule of severity ``reject`` that a typed row breaks, null where there is none."""
    broken = [
        checks.reject_where(rule.is_broken(), reason)
        for reason, rule in rules.items()
        if rule.severity == "reject"
    ]
    return F.coalesce(F.lit(None).cast("string"), *broken)


def rule_warnings(rules: Mapping[str, RowRule]) -> Column:
    """The rules of severity ``warn`` that a typed row breaks; null where there is none."""
    broken = [
        F.when(rule.is_broken(), F.lit(reason))
        for reason, rule in rules.items()
        if rule.severity == "warn"
    ]
    if not broken:
        return F.lit(None).cast("array<string>")
    told = F.array_compact(F.array(*broken))
    return F.when(F.size(told) > 0, told)
