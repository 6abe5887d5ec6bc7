"""How a shop's file is described in YAML: its form, and what its columns mean.

The description is a catalog entry's content; every value is checked when the catalog is built,
before anything runs, and an error names the entry's key.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, Literal

from personalization.contracts import columns as c
from personalization.contracts.entries import build_part
from personalization.contracts.file_format import FileFormat
from personalization.contracts.kinds import EVENT_KINDS
from personalization.contracts.schemas import EVENTS, ORDERS, RAW_TABLES, ColumnType, RawTable
from personalization.contracts.timestamps import Timestamps
from personalization.contracts.values import PADDING, require, require_pattern

NOT_USED: Final = "not_used"  # a kind of event that another table tells already, or nobody needs
# How a column of a type may be read instead; the table keeps its own type.
READABLE_AS: Final[Mapping[ColumnType, tuple[ColumnType, ...]]] = {
    "id": ("id", "text"),
    "ids": ("ids", "text"),
    "text": ("text", "id"),
    "number": ("number", "integer"),
    "integer": ("integer",),
    "timestamp": ("timestamp",),
}


@dataclass(frozen=True)
class Cancellation:
    """Which rows take a purchase back, and what becomes of them.

    Attributes:
        column: our column that shows it.
        matches: regular expression on that column's text.
        treat_as: ``return`` keeps the row as a return, ``rejected`` sets it aside.
    """

    column: str
    matches: str
    treat_as: Literal["return", "rejected"] = "return"

    def __post_init__(self) -> None:
        require_pattern(self.matches, "cancellation.matches")


@dataclass(frozen=True)
class SourceDescription:
    """One source of a shop: the form of its files and the meaning of its columns.

    Attributes:
        table: which of the five raw tables it is.
        format: the form of the files.
        columns: our column to theirs: a name, a dotted path (JSON) or a position from 1 (no
            header). Empty: the file has our own columns.
        types: our column to ``id``, ``ids``, ``text``, ``number``, ``integer`` or ``timestamp``,
            where it differs from the table's own type.
        fixed: our column to a value that holds for every row.
        timestamps: how moments are written.
        decimal_mark: ``.`` or ``,``.
        upper_case: our columns in which case carries no meaning.
        null_values: texts that stand for nothing in every column: ``NULL``, ``NaN``.
        kinds: their kind of event to ours, or ``not_used``. Empty: theirs are ours.
        cancellation: which rows take a purchase back.
        negative_quantity: ``rejected``, or ``return`` where a shop writes returns so.
        item_matches: regular expression on the item id; other rows are not about a product.
        known_after_hours: how long after the event a row can be known, where files carry no
            delivery time.
    """

    table: str
    format: FileFormat = field(default_factory=FileFormat)
    columns: Mapping[str, str | int] = field(default_factory=dict)
    types: Mapping[str, ColumnType] = field(default_factory=dict)
    fixed: Mapping[str, str] = field(default_factory=dict)
    timestamps: Timestamps = field(default_factory=Timestamps)
    decimal_mark: Literal[".", ","] = "."
    upper_case: tuple[str, ...] = ()
    null_values: tuple[str, ...] = ()
    kinds: Mapping[str, str] = field(default_factory=dict)
    cancellation: Cancellation | None = None
    negative_quantity: Literal["rejected", "return"] = "rejected"
    item_matches: str | None = None
    known_after_hours: float = 0.0

    def __post_init__(self) -> None:
        require(
            self.table in RAW_TABLES,
            f"table: '{self.table}' is not one of {', '.join(RAW_TABLES)}.",
        )
        self._check_columns()
        self._check_places()
        self._check_rules()

    @cached_property
    def raw_table(self) -> RawTable:
        """The raw table that the source fills."""
        return RAW_TABLES[self.table]

    @cached_property
    def column_types(self) -> dict[str, ColumnType]:
        """Every column of the table with the type by which this source's text is read."""
        return {**self.raw_table.types, **self.types}

    @cached_property
    def mapped(self) -> dict[str, str | int]:
        """Our columns that the files hold, with theirs."""
        if self.columns:
            return dict(self.columns)
        return {name: name for name in self.raw_table.types if name not in self.fixed}

    @cached_property
    def theirs(self) -> list[str]:
        """The files' columns that are read, in the order of ``mapped``; positions as text."""
        return [str(name) for name in self.mapped.values()]

    @cached_property
    def patterns(self) -> dict[str, str]:
        """The regular expressions by their keys."""
        found = {"item_matches": self.item_matches}
        if self.cancellation is not None:
            found["cancellation.matches"] = self.cancellation.matches
        return {key: pattern for key, pattern in found.items() if pattern is not None}

    def _check_columns(self) -> None:
        known = self.raw_table.types
        named = {
            "columns": list(self.columns),
            "types": list(self.types),
            "fixed": list(self.fixed),
            "upper_case": list(self.upper_case),
            "cancellation.column": [self.cancellation.column] if self.cancellation else [],
        }
        for key, names in named.items():
            strange = [name for name in names if name not in known]
            require(
                not strange,
                f"{key}: {', '.join(strange)} is no column of {self.table}; "
                f"its columns are {', '.join(known)}.",
            )
        twice = [name for name in self.fixed if name in self.mapped]
        require(not twice, f"fixed: {', '.join(twice)} stands in columns as well.")
        given = {*self.mapped, *self.fixed}
        for key in ("types", "upper_case", "cancellation.column"):
            absent = [name for name in named[key] if name not in given]
            require(not absent, f"{key}: {', '.join(absent)} is not in columns.")
        missing = [name for name in self.raw_table.required if name not in given]
        require(not missing, f"columns: {self.table} needs {', '.join(missing)}.")
        for name, kind in self.types.items():
            allowed = READABLE_AS[known[name]]
            require(
                kind in allowed, f"types.{name}: cannot be {kind}, only {' or '.join(allowed)}."
            )

    def _check_places(self) -> None:
        by_position = self.format.kind == "csv" and not self.format.header
        for ours, theirs in self.mapped.items():
            if by_position:
                fits = isinstance(theirs, int) and theirs > 0
                wanted = "a position from 1, because format.header is false"
            else:
                fits, wanted = isinstance(theirs, str) and bool(theirs), "a name"
            require(fits, f"columns.{ours}: '{theirs}' is not {wanted}.")

    def _check_rules(self) -> None:
        strange = [kind for kind in self.kinds.values() if kind not in {*EVENT_KINDS, NOT_USED}]
        require(
            not strange,
            f"kinds: {', '.join(strange)} is not one of {', '.join((*EVENT_KINDS, NOT_USED))}.",
        )
        require(
            not self.kinds or self.table == EVENTS.name, f"kinds: {self.table} has no event_kind."
        )
        sells = self.table in {EVENTS.name, ORDERS.name}
        require(self.cancellation is None or sells, f"cancellation: {self.table} sells nothing.")
        require(
            self.negative_quantity == "rejected" or sells,
            f"negative_quantity: {self.table} has no quantity.",
        )
        if self.item_matches is not None:
            require_pattern(self.item_matches, "item_matches")
            require(
                c.ITEM_ID in self.raw_table.types, f"item_matches: {self.table} has no item_id."
            )
        hours = self.known_after_hours
        require(
            math.isfinite(hours) and hours >= 0, f"known_after_hours: {hours} is not 0 or more."
        )


def as_texts(values: object) -> object:
    """A mapping whose numbers are text, as a file holds them; anything else as it is.

    True and false stay: in YAML an unquoted ``no`` or ``on`` is one of them, a likely mistake.
    """
    if isinstance(values, Mapping):
        return {as_texts(key): as_texts(value) for key, value in values.items()}
    if isinstance(values, int | float) and not isinstance(values, bool):
        return str(values)
    return values


def as_marker(value: object) -> object:
    """A text that stands for nothing, as cells hold it: trimmed; YAML's own null is ``NULL``.

    >>> as_marker(None), as_marker(" - "), as_marker(0)
    ('NULL', '-', '0')
    """
    value = "NULL" if value is None else as_texts(value)
    return value.strip(PADDING) if isinstance(value, str) else value


def build_description(entry: Mapping[str, Any]) -> SourceDescription:
    """The description that the values of a catalog entry state.

    Raises:
        ConfigurationError: a key is unknown or a value cannot be used.
    """
    values = dict(entry)
    parts: dict[str, type[Any]] = {
        "format": FileFormat,
        "timestamps": Timestamps,
        "cancellation": Cancellation,
    }
    for key, part in parts.items():
        if values.get(key) is not None:
            values[key] = build_part(part, values[key], f"{key}.")
    for key in ("fixed", "kinds"):
        if key in values:
            values[key] = as_texts(values[key])
    if isinstance(values.get("null_values"), list):
        values["null_values"] = [as_marker(one) for one in values["null_values"]]
    for key in ("upper_case", "null_values"):
        if isinstance(values.get(key), list):
            values[key] = tuple(values[key])
    return build_part(SourceDescription, values, "")
