"""Dataclasses from the values of a catalog entry: every key and type checked, told by name."""

from __future__ import annotations

import collections.abc
import types
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from typing import Any, Final, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from personalization.contracts.errors import ConfigurationError
from personalization.contracts.values import require

Part = TypeVar("Part")

WORDS: Final = {
    str: "text",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    type(None): "null",
}


def fits(value: object, hint: Any) -> bool:
    """Whether ``value`` is what the type hint of a field allows.

    >>> fits(1, float), fits(True, int), fits("tsv", Literal["csv", "parquet"])
    (True, False, False)
    >>> fits([1, 2.5], collections.abc.Sequence[float]), fits("1", collections.abc.Sequence[float])
    (True, False)
    """
    origin = get_origin(hint)
    inner = get_args(hint)
    if origin is Literal:
        return value in inner
    if origin in {Union, types.UnionType}:
        return any(fits(value, one) for one in inner)
    if origin is collections.abc.Mapping:
        return isinstance(value, Mapping) and all(
            fits(key, inner[0]) and fits(one, inner[1]) for key, one in value.items()
        )
    if origin in {collections.abc.Sequence, tuple}:
        allowed = tuple if origin is tuple else (list, tuple)
        return isinstance(value, allowed) and all(fits(one, inner[0]) for one in value)
    if hint in {int, float} and isinstance(value, bool):
        return False
    return isinstance(value, (int, float) if hint is float else hint)


def in_words(hint: Any) -> str:
    """What a type hint allows, for a person.

    >>> in_words(Mapping[str, str | int])
    'keys (text) with values (text or a whole number)'
    """
    origin = get_origin(hint)
    inner = get_args(hint)
    if origin is Literal:
        return " or ".join(str(one) for one in inner)
    if origin in {Union, types.UnionType}:
        return " or ".join(in_words(one) for one in inner)
    if origin is collections.abc.Mapping:
        return f"keys ({in_words(inner[0])}) with values ({in_words(inner[1])})"
    if origin in {collections.abc.Sequence, tuple}:
        return f"a list of {in_words(inner[0])}"
    return WORDS.get(hint, "keys with values")


def tell_misfit(place: str, value: object, hint: Any) -> str:
    """Which value is not what a type hint allows, and where, in a sentence.

    >>> tell_misfit("kinds", {"buy": "purchase", "on": False}, Mapping[str, str])
    "kinds.on: 'False' is not text; in YAML yes, no, on and off mean true and false: quote it."
    """
    if get_origin(hint) is collections.abc.Mapping and isinstance(value, Mapping):
        of_key, of_value = get_args(hint)
        for key, one in value.items():
            if not fits(key, of_key):
                return tell_misfit(f"{place}, a key", key, of_key)
            if not fits(one, of_value):
                return tell_misfit(f"{place}.{key}", one, of_value)
    told = "empty" if value is None else f"'{value}'"
    quoted = isinstance(value, bool) and fits("", hint)
    doubt = "; in YAML yes, no, on and off mean true and false: quote it" if quoted else ""
    return f"{place}: {told} is not {in_words(hint)}{doubt}."


def fields_without_default(part: type, values: Mapping[str, object]) -> list[Field[Any]]:
    """Fields of the dataclass ``part`` that ``values`` has to give and does not."""
    return [
        field
        for field in fields(part)
        if field.default is MISSING
        and field.default_factory is MISSING
        and field.name not in values
    ]


def build_nested(group: object, place: str) -> None:
    """Give a frozen dataclass its parts, where YAML gave keys with values in their place.

    For ``__post_init__``: Kedro builds the outermost dataclass of a group of parameters only.

    Args:
        group: a dataclass; those of its fields whose type is a dataclass are parts.
        place: where its keys stand, for messages: ``"data_processing.intake"``.

    Raises:
        ConfigurationError: a key of a part is unknown or missing, or has not its type.
    """
    hints = get_type_hints(type(group))
    for name, hint in hints.items():
        value = getattr(group, name)
        if is_dataclass(hint) and not isinstance(value, hint):  # type: ignore[arg-type]
            part = build_part(hint, value, f"{place}.{name}.")  # type: ignore[arg-type]
            object.__setattr__(group, name, part)


def build_inner(hint: Any, value: object, prefix: str) -> object:
    """``value`` as an instance of ``hint`` where that is a dataclass and keys are given."""
    if is_dataclass(hint) and isinstance(value, Mapping):
        return build_part(hint, value, prefix)  # type: ignore[arg-type]
    return value


def build_part(part: type[Part], values: object, prefix: str) -> Part:
    """An instance of the dataclass ``part``; unknown and missing keys are told by name.

    Args:
        part: a dataclass whose type hints say what each key may hold.
        values: key to value, as YAML gives them.
        prefix: where the keys stand, for the message: ``"format."``.

    Raises:
        ConfigurationError: a key is unknown or missing, or a value is not of its type.
    """
    hints = get_type_hints(part)
    place = prefix.rstrip(".")
    if not isinstance(values, Mapping):
        told = "empty" if values is None else f"'{values}'"
        raise ConfigurationError(f"{place}: {told} is not a list of keys with values.")
    unknown = [f"{prefix}{key}" for key in values if key not in hints]
    require(not unknown, f"{', '.join(unknown)}: no such key; there are {', '.join(hints)}.")
    values = {
        key: build_inner(hints[key], value, f"{prefix}{key}.") for key, value in values.items()
    }
    for key, value in values.items():
        require(fits(value, hints[key]), tell_misfit(f"{prefix}{key}", value, hints[key]))
    missing = [f"{prefix}{field.name}" for field in fields_without_default(part, values)]
    require(not missing, f"{', '.join(missing)}: missing.")
    return part(**values)
