"""How a shop's file is described in YAML: its form, and what its columns mean.

The description is a catalog entry's content; every value is checked when the catalog is built,
before anything runs, and an error names the entry's key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from personalization.contracts import columns as c
from personalization.contracts.errors import ConfigurationError
from personalization.contracts.file_format import FileFormat
from personalization.contracts.kinds import EVENT_KINDS
from personalization.contracts.schemas import RAW_TABLES, ColumnType, RawTable
from personalization.contracts.values import require, require_pattern

EPOCH_SECONDS: Final = "epoch_seconds"
EPOCH_MILLISECONDS: Final = "epoch_milliseconds"
ISO: Final = "iso"
NOT_USED: Final = "not_used"  # a kind of event that another table tells already, or nobody needs


@dataclass(frozen=True)
class Timestamps:
    """How the source writes moments.

    Attributes:
        format: a Spark datetime pattern, ``iso``, ``epoch_seconds`` or ``epoch_milliseconds``.
        time_zone: IANA name of the zone in which the text is meant; epochs are UTC by definition.
        earliest: rows before this moment (UTC) are rejected: epoch 0 is no sale.
        latest: rows at or after this moment (UTC) are rejected.
    """

    format: str = ISO
    time_zone: str = "UTC"
    earliest: str = "1995-01-01 00:00:00"
    latest: str = "2036-01-01 00:00:00"

    def __post_init__(self) -> None:
        try:
            ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ConfigurationError(
                f"timestamps.time_zone: no zone '{self.time_zone}'."
            ) from error


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
        require(
            self.treat_as in {"return", "rejected"},
            f"cancellation.treat_as: '{self.treat_as}' is not return or rejected.",
        )


@dataclass(frozen=True)
class SourceDescription:
    """One source of a shop: the form of its files and the meaning of its columns.

    Attributes:
        table: which of the five raw tables it is.
        format: the form of the files.
        columns: our column to theirs: a name, a dotted path (JSON) or a position from 1 (no
            header). Empty: the file has our own columns.
        types: our column to ``id``, ``text``, ``number``, ``integer`` or ``timestamp``, where it
            differs from the table's own type.
        fixed: our column to a value that holds for every row.
        timestamps: how moments are written.
        decimal_mark: ``.`` or ``,``.
        upper_case: our columns in which case carries no meaning.
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
        self._check_values()

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
        given = {*self.mapped, *self.fixed}
        missing = [name for name in self.raw_table.required if name not in given]
        require(not missing, f"columns: {self.table} needs {', '.join(missing)}.")

    def _check_values(self) -> None:
        by_position = self.format.kind == "csv" and not self.format.header
        for ours, theirs in self.mapped.items():
            fits = (
                isinstance(theirs, int) and theirs > 0 if by_position else isinstance(theirs, str)
            )
            wanted = (
                "a position from 1, because format.header is false" if by_position else "a name"
            )
            require(fits, f"columns.{ours}: '{theirs}' is not {wanted}.")
        strange = [kind for kind in self.kinds.values() if kind not in {*EVENT_KINDS, NOT_USED}]
        require(
            not strange,
            f"kinds: {', '.join(strange)} is not one of {', '.join((*EVENT_KINDS, NOT_USED))}.",
        )
        types = {"id", "text", "number", "integer", "timestamp"}
        strange = [str(kind) for kind in self.types.values() if kind not in types]
        require(
            not strange, f"types: {', '.join(strange)} is not one of {', '.join(sorted(types))}."
        )
        require(self.decimal_mark in {".", ","}, "decimal_mark: must be '.' or ','.")
        require(
            self.negative_quantity in {"rejected", "return"},
            f"negative_quantity: '{self.negative_quantity}' is not rejected or return.",
        )
        if self.item_matches is not None:
            require_pattern(self.item_matches, "item_matches")
            require(
                c.ITEM_ID in self.raw_table.types, f"item_matches: {self.table} has no item_id."
            )


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
    if "upper_case" in values:
        values["upper_case"] = tuple(values["upper_case"])
    description: SourceDescription = build_part(SourceDescription, values, "")
    return description


def build_part(part: type[Any], values: Mapping[str, Any], prefix: str) -> Any:
    """An instance of the dataclass ``part``; unknown and missing keys are told by name."""
    fields = part.__dataclass_fields__
    unknown = [f"{prefix}{key}" for key in values if key not in fields]
    require(not unknown, f"{', '.join(unknown)}: no such key; there are {', '.join(fields)}.")
    try:
        return part(**values)
    except TypeError as error:
        raise ConfigurationError(f"{prefix or 'source'}: {error}") from error
