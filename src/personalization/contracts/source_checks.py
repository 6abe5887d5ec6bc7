"""What the description of a source must satisfy; an error names the entry's key."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from personalization.contracts import columns as c
from personalization.contracts.kinds import EVENT_KINDS, NOT_USED
from personalization.contracts.schemas import EVENTS, ORDERS, PRODUCTS, USERS, ColumnType
from personalization.contracts.source_parts import parts_of
from personalization.contracts.values import require, require_pattern

if TYPE_CHECKING:
    from personalization.contracts.sources import SourceDescription

DUMPS: Final = (USERS.name, PRODUCTS.name)  # come whole, again and again
# How a column of a type may be read instead; the table keeps its own type.
READABLE_AS: Final[Mapping[ColumnType, tuple[ColumnType, ...]]] = {
    "id": ("id", "text"),
    "ids": ("ids", "text"),
    "text": ("text", "id"),
    "number": ("number", "integer"),
    "integer": ("integer",),
    "timestamp": ("timestamp",),
}


def check_columns(one: SourceDescription) -> None:
    """Refuse columns that are not there, or stand twice, or cannot be read so."""
    known = one.raw_table.types
    named = {
        "columns": list(one.columns),
        "types": list(one.types),
        "optional": list(one.optional),
        "key": list(one.key),
        "fixed": list(one.fixed),
        "upper_case": list(one.upper_case),
        "cancellation.column": [one.cancellation.column] if one.cancellation else [],
    }
    for key, names in named.items():
        strange = [name for name in names if name not in known]
        require(
            not strange,
            f"{key}: {', '.join(strange)} is no column of {one.table}; "
            f"its columns are {', '.join(known)}.",
        )
    twice = [name for name in one.fixed if name in one.mapped]
    require(not twice, f"fixed: {', '.join(twice)} stands in columns as well.")
    given = {*one.mapped, *one.fixed}
    missing = [name for name in one.raw_table.required if name not in given]
    require(not missing, f"columns: {one.table} needs {', '.join(missing)}.")
    for key in ("types", "optional", "key", "upper_case", "cancellation.column"):
        absent = [name for name in named[key] if name not in given]
        require(not absent, f"{key}: {', '.join(absent)} is not in columns.")
    needed = [name for name in one.optional if name in one.raw_table.required]
    require(not needed, f"optional: {one.table} needs {', '.join(needed)}.")
    for name, kind in one.types.items():
        allowed = READABLE_AS[known[name]]
        require(kind in allowed, f"types.{name}: cannot be {kind}, only {' or '.join(allowed)}.")


def check_places(one: SourceDescription) -> None:
    """Refuse names where columns go by position, and positions where they have names."""
    by_position = one.format.kind in {"csv", "excel"} and not one.format.header
    for ours, given in one.columns.items():
        require(given != [], f"columns.{ours}: the list is empty.")
        for theirs in parts_of(given):
            if by_position:
                fits = isinstance(theirs, int) and theirs > 0
                wanted = "a position from 1, because format.header is false"
            else:
                fits, wanted = isinstance(theirs, str) and bool(theirs), "a name"
            require(fits, f"columns.{ours}: '{theirs}' is not {wanted}.")
    named = one.columns or not by_position
    require(named, "columns: positions from 1, because format.header is false.")
    require(not (by_position and one.optional), "optional: only where files name columns.")


def check_rules(one: SourceDescription) -> None:
    """Refuse what the table cannot mean."""
    strange = [kind for kind in one.kinds.values() if kind not in {*EVENT_KINDS, NOT_USED}]
    require(
        not strange,
        f"kinds: {', '.join(strange)} is not one of {', '.join((*EVENT_KINDS, NOT_USED))}.",
    )
    require(not one.kinds or one.table == EVENTS.name, f"kinds: {one.table} has no event_kind.")
    sells = one.table in {EVENTS.name, ORDERS.name}
    require(one.cancellation is None or sells, f"cancellation: {one.table} sells nothing.")
    require(
        one.negative_quantity == "rejected" or sells,
        f"negative_quantity: {one.table} has no quantity.",
    )
    require(
        one.changed_rows == "refuse" or sells,
        f"changed_rows: only events and orders; the newest row of {one.table} holds anyway."
        if one.table in DUMPS
        else f"changed_rows: only events and orders, not {one.table}.",
    )
    require(not one.key or sells, f"key: only of events and orders, not of {one.table}.")
    unknown = [name for name in one.raw_table.key if name not in {*one.mapped, *one.fixed}]
    require(
        one.changed_rows == "refuse" or one.key or not unknown,
        f"changed_rows: {', '.join(unknown)} is not in columns; name in 'key' what tells rows "
        "apart, such as [order_id, item_id].",
    )
    if one.changed_rows == "correct":
        check_corrections(one)
    read = [name for name in one.personal if name in one.theirs]
    require(not read, f"personal: {', '.join(read)} is read; name what is not.")
    if one.item_matches is not None:
        require_pattern(one.item_matches, "item_matches")
        require(c.ITEM_ID in one.raw_table.types, f"item_matches: {one.table} has no item_id.")
    hours = one.known_after_hours
    require(math.isfinite(hours) and hours >= 0, f"known_after_hours: {hours} is not 0 or more.")


def check_corrections(one: SourceDescription) -> None:
    """Refuse corrections of rows where what is newer or the same row is not known for sure."""
    require(
        one.delivered is not None,
        "changed_rows: without 'delivered' nothing says which file came last.",
    )
    lacking = [name for name in one.key or one.raw_table.key if name in one.optional]
    require(
        not lacking,
        f"optional: {', '.join(lacking)} tells which row is corrected (changed_rows).",
    )
    rejects = one.cancellation is not None and one.cancellation.treat_as == "rejected"
    require(
        not rejects,
        "changed_rows: a cancellation that is rejected replaces nothing; treat_as: return lets it "
        "take its purchase back.",
    )
