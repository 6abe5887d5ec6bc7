"""How a shop's file is described in YAML: its form, and what its columns mean.

Every value is checked when the description is built, and an error names the entry's key.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, Literal

from personalization.contracts import columns as c
from personalization.contracts.delivery import Delivered
from personalization.contracts.file_format import FileFormat
from personalization.contracts.kinds import EVENT_KINDS
from personalization.contracts.schemas import (
    EVENTS,
    ORDERS,
    PRODUCTS,
    RAW_TABLES,
    USERS,
    ColumnType,
    RawTable,
)
from personalization.contracts.source_parts import Cancellation, RowsOfTable, Theirs, parts_of
from personalization.contracts.timestamps import Timestamps
from personalization.contracts.values import require, require_pattern

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
class SourceDescription:
    """One source of a shop: the form of its files and the meaning of its columns.

    Attributes:
        table: which of the five raw tables it is.
        format: the form of the files.
        columns: our column to theirs: a name, a dotted path (JSON) or a position from 1 (no
            header); or a list of them, whose texts are joined by a space. Empty: the file has our
            own columns.
        rows: which rows of the files are about this table, where they hold those of several.
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
        delivered: how a file's name tells when it was delivered; its rows are known from then.
        personal: columns of theirs that are not read and say who somebody is; rejected rows then
            show only what is read.
        known_after_hours: how long after the event a row can be known, where ``delivered`` is not
            stated.
        changed_files: what becomes of a file that comes again under its name with other content:
            ``refuse`` stops the run, ``correct`` replaces what the old one brought. None:
            ``correct`` for users and products, whose files are dumps, else ``refuse``.
    """

    table: str
    format: FileFormat = field(default_factory=FileFormat)
    columns: Mapping[str, Theirs] = field(default_factory=dict)
    rows: RowsOfTable | None = None
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
    personal: tuple[str, ...] = ()
    delivered: Delivered | None = None
    known_after_hours: float = 0.0
    changed_files: Literal["refuse", "correct"] | None = None

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
    def mapped(self) -> dict[str, tuple[str, ...]]:
        """Our columns that the files hold, with those of theirs that each is made of."""
        if not self.columns:
            return {name: (name,) for name in self.raw_table.types if name not in self.fixed}
        return {
            ours: tuple(str(one) for one in parts_of(theirs))
            for ours, theirs in self.columns.items()
        }

    @cached_property
    def theirs(self) -> list[str]:
        """The files' columns that are read, each once; positions as text."""
        of_rows = (self.rows.column,) if self.rows else ()
        read = (name for parts in (*self.mapped.values(), of_rows) for name in parts)
        return list(dict.fromkeys(read))

    @cached_property
    def places(self) -> dict[str, tuple[int, ...]]:
        """Our columns that the files hold, with the places of their parts in ``theirs``."""
        place = {name: number for number, name in enumerate(self.theirs)}
        return {ours: tuple(place[one] for one in parts) for ours, parts in self.mapped.items()}

    @cached_property
    def holds_personal_data(self) -> bool:
        """Whether rows of the files say who somebody is, in columns that are read or are not."""
        return bool(self.personal or self.raw_table.personal)

    @cached_property
    def corrects(self) -> bool:
        """Whether a file that comes again with other content replaces what the old one brought."""
        dumps = self.table in {USERS.name, PRODUCTS.name}
        return dumps if self.changed_files is None else self.changed_files == "correct"

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
        by_position = self.format.kind in {"csv", "excel"} and not self.format.header
        for ours, given in self.columns.items():
            require(given != [], f"columns.{ours}: the list is empty.")
            for theirs in parts_of(given):
                if by_position:
                    fits = isinstance(theirs, int) and theirs > 0
                    wanted = "a position from 1, because format.header is false"
                else:
                    fits, wanted = isinstance(theirs, str) and bool(theirs), "a name"
                require(fits, f"columns.{ours}: '{theirs}' is not {wanted}.")
        named = self.columns or not by_position
        require(named, "columns: positions from 1, because format.header is false.")

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
        read = [name for name in self.personal if name in self.theirs]
        require(not read, f"personal: {', '.join(read)} is read; name what is not.")
        if self.item_matches is not None:
            require_pattern(self.item_matches, "item_matches")
            require(
                c.ITEM_ID in self.raw_table.types, f"item_matches: {self.table} has no item_id."
            )
        hours = self.known_after_hours
        require(
            math.isfinite(hours) and hours >= 0, f"known_after_hours: {hours} is not 0 or more."
        )
