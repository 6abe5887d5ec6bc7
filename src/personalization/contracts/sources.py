"""How a shop's file is described in YAML: its form, and what its columns mean.

Every value is checked when the description is built, and an error names the entry's key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from personalization.contracts.delivery import Delivered
from personalization.contracts.file_format import FileFormat
from personalization.contracts.schemas import RAW_TABLES, ColumnType, RawTable
from personalization.contracts.source_checks import (
    DUMPS,
    check_columns,
    check_places,
    check_rules,
)
from personalization.contracts.source_parts import Cancellation, RowsOfTable, Theirs, parts_of
from personalization.contracts.timestamps import Timestamps
from personalization.contracts.values import require


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
        optional: our columns that a file may lack, such as one that came later.
        types: our column to ``id``, ``ids``, ``text``, ``number``, ``integer`` or ``timestamp``,
            where it differs from the table's own type.
        key: our columns that tell two rows of events or orders apart; empty: ``event_id``;
            ``order_id`` and ``line_number``.
        fixed: our column to a value that holds for every row.
        timestamps: how moments are written.
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
        changed_rows: the same for a row of events or orders whose key came on its day with other
            content: ``refuse`` counts it as a conflict, with ``correct`` what was delivered last
            holds.
    """

    table: str
    format: FileFormat = field(default_factory=FileFormat)
    columns: Mapping[str, Theirs] = field(default_factory=dict)
    rows: RowsOfTable | None = None
    optional: tuple[str, ...] = ()
    types: Mapping[str, ColumnType] = field(default_factory=dict)
    key: tuple[str, ...] = ()
    fixed: Mapping[str, str] = field(default_factory=dict)
    timestamps: Timestamps = field(default_factory=Timestamps)
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
    changed_rows: Literal["refuse", "correct"] = "refuse"

    def __post_init__(self) -> None:
        require(
            self.table in RAW_TABLES,
            f"table: '{self.table}' is not one of {', '.join(RAW_TABLES)}.",
        )
        check_columns(self)
        check_places(self)
        check_rules(self)

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
        dumps = self.table in DUMPS
        return dumps if self.changed_files is None else self.changed_files == "correct"

    @cached_property
    def may_lack(self) -> frozenset[str]:
        """Columns of theirs without which a file can be read."""
        needed = {self.rows.column} if self.rows else set()
        for ours, parts in self.mapped.items():
            needed |= set() if ours in self.optional else set(parts)
        return frozenset(self.theirs) - needed

    @cached_property
    def patterns(self) -> dict[str, str]:
        """The regular expressions by their keys."""
        found = {"item_matches": self.item_matches}
        if self.cancellation is not None:
            found["cancellation.matches"] = self.cancellation.matches
        return {key: pattern for key, pattern in found.items() if pattern is not None}
