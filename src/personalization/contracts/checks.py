"""What every source is asked: each a ``Column``, the reason for rejection or null.

Rules that a shop may change are in ``row_rules``.
"""

from __future__ import annotations

from typing import Final

from pyspark.sql import Column
from pyspark.sql import functions as F  # noqa: N812 - Spark's own custom

# Reasons that say what a row is, not that it is broken.
DUPLICATE: Final = "duplicate"
NEAR_DUPLICATE: Final = "near_duplicate"
DELIVERED_AGAIN: Final = "delivered_again"  # by another file: there already, not rejected
OF_ANOTHER_TABLE: Final = "of_another_table"
ERASED: Final = "erased"  # of a person who was erased: only that it was received is known
SUPERSEDED: Final = "superseded"
CANCELLED: Final = "cancelled"
KIND_NOT_USED: Final = "kind_not_used"
NOT_A_PRODUCT: Final = "not_a_product"
BUSINESS_REASONS: Final = (
    DUPLICATE,
    NEAR_DUPLICATE,
    SUPERSEDED,
    OF_ANOTHER_TABLE,
    ERASED,
    CANCELLED,
    KIND_NOT_USED,
    NOT_A_PRODUCT,
)
# Others are faults of the file, but those of rules that say otherwise.
CONFLICT: Final = "key_conflict"
KIND_UNKNOWN: Final = "event_kind_unknown"
AFTER_DELIVERY: Final = "after_delivery"
TIME_OUT_OF_RANGE: Final = "time_out_of_range"


def reject_where(condition: Column, reason: str) -> Column:
    """``reason`` where ``condition`` is true; null where it is false or unknown."""
    return F.when(condition, F.lit(reason))


def reject_missing(name: str, value: Column) -> Column:
    """Reject rows in which a required column is empty."""
    return reject_where(value.isNull(), f"{name}_missing")


def reject_unreadable(name: str, text: Column, value: Column) -> Column:
    """Reject rows whose text is there but cannot be read as the column's type."""
    return reject_where(text.isNotNull() & value.isNull(), f"{name}_unreadable")


def is_possible(moment: Column, earliest: str, latest: str) -> Column:
    """True from ``earliest`` on, until just before ``latest``; null where there is no moment."""
    return (moment >= F.lit(earliest).cast("timestamp")) & (
        moment < F.lit(latest).cast("timestamp")
    )


def reject_outside(moment: Column, earliest: str, latest: str) -> Column:
    """Reject rows that claim an impossible time."""
    return reject_where(~is_possible(moment, earliest, latest), TIME_OUT_OF_RANGE)
