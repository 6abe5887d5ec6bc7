"""The description of a source from the values of its catalog entry.

It is built when the catalog is built, before anything runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from personalization.contracts.delivery import Delivered
from personalization.contracts.entries import build_part
from personalization.contracts.file_format import FileFormat
from personalization.contracts.source_parts import Cancellation, RowsOfTable
from personalization.contracts.sources import SourceDescription
from personalization.contracts.timestamps import Timestamps
from personalization.contracts.values import PADDING


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
        "delivered": Delivered,
        "rows": RowsOfTable,
    }
    for key, part in parts.items():
        if values.get(key) is not None:
            values[key] = build_part(part, values[key], f"{key}.")
    for key in ("fixed", "kinds"):
        if key in values:
            values[key] = as_texts(values[key])
    if isinstance(values.get("null_values"), list):
        values["null_values"] = [as_marker(one) for one in values["null_values"]]
    for key in ("optional", "key", "upper_case", "null_values", "personal"):
        if isinstance(values.get(key), list):
            values[key] = tuple(values[key])
    return build_part(SourceDescription, values, "")
