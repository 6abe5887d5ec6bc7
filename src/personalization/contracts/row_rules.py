"""Row rules as data: what a value must be, why a row that breaks it is rejected or told.

Each kind of rule is a pure function of ``Column``; which rules a table has stands in YAML.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from pyspark.sql import Column
from pyspark.sql import functions as F  # noqa: N812 - Spark's own custom

from personalization.contracts import checks
from personalization.contracts import columns as c
from personalization.contracts.entries import build_part
from personalization.contracts.kinds import EVENT_KINDS
from personalization.contracts.schemas import EVENTS, ORDERS, RAW_TABLES
from personalization.contracts.values import require, require_pattern

Severity = Literal["reject", "warn", "off"]


def above(value: Column, limit: Any) -> Column:
    """True where a number is greater than ``limit``."""
    return value > F.lit(limit)


def at_least(value: Column, limit: Any) -> Column:
    """True where a number is ``limit`` or greater."""
    return value >= F.lit(limit)


def below(value: Column, limit: Any) -> Column:
    """True where a number is less than ``limit``."""
    return value < F.lit(limit)


def at_most(value: Column, limit: Any) -> Column:
    """True where a number is ``limit`` or less."""
    return value <= F.lit(limit)


def matches(value: Column, pattern: Any) -> Column:
    """True where a regular expression is found in a text."""
    return value.rlike(pattern)


def one_of(value: Column, choices: Any) -> Column:
    """True where a value is one of ``choices``."""
    return value.isin(*choices)


def present(value: Column, _: Any) -> Column:
    """True where there is a value; never null."""
    return value.isNotNull()


CONDITIONS: Final[Mapping[str, Callable[[Column, Any], Column]]] = {
    "above": above,
    "at_least": at_least,
    "below": below,
    "at_most": at_most,
    "matches": matches,
    "one_of": one_of,
    "present": present,
}
RESERVED: Final = frozenset(
    {
        *checks.BUSINESS_REASONS,
        *(checks.CONFLICT, checks.DELIVERED_AGAIN, checks.KIND_UNKNOWN),
        *(checks.AFTER_DELIVERY, checks.TIME_OUT_OF_RANGE),
    }
)
NUMERIC: Final = ("above", "at_least", "below", "at_most")


@dataclass(frozen=True)
class RowRule:
    """One rule: a row breaks it where its condition is false; no value breaks only ``present``.

    Attributes:
        rule: what is asked of the value.
        column: whose value.
        value: the limit, the regular expression, or the list of choices; none for ``present``.
        kinds: kinds of interaction whose rows are judged; empty: all.
        severity: ``reject`` sets the row aside, ``warn`` keeps and tells it, ``off`` asks nothing.
        fault: whether a row that breaks it counts as broken (``limits.fault_share``), or as one
            that is not wanted.
    """

    rule: Literal["above", "at_least", "below", "at_most", "matches", "one_of", "present"]
    column: str
    value: float | str | Sequence[str] | None = None
    kinds: Sequence[str] = ()
    severity: Severity = "reject"
    fault: bool = True

    def is_broken(self) -> Column:
        """True where a row breaks the rule; null where it has no value to judge."""
        value = F.col(self.column)
        broken = ~CONDITIONS[self.rule](value, self.value)
        if not self.kinds:
            return broken
        return broken & F.col(c.INTERACTION_TYPE).isin(*self.kinds)


def check_rule(rule: RowRule, table: str, key: str) -> None:
    """Refuse a rule that cannot be meant.

    Raises:
        ConfigurationError: naming the key.
    """
    types = RAW_TABLES[table].types
    require(
        rule.column in types and rule.column not in RAW_TABLES[table].personal,
        f"{key}.column: '{rule.column}' is no column of {table} that can be judged; there are "
        f"{', '.join(name for name in types if name not in RAW_TABLES[table].personal)}.",
    )
    numeric = types.get(rule.column) in {"number", "integer"}
    if rule.rule in NUMERIC:
        is_number = isinstance(rule.value, int | float) and not isinstance(rule.value, bool)
        is_finite = is_number and math.isfinite(float(str(rule.value)))
        require(is_finite, f"{key}.value: '{rule.value}' is no number.")
        require(numeric, f"{key}.rule: {rule.column} is no number; take matches or one_of.")
    elif rule.rule in {"matches", "one_of"} and types[rule.column] not in {"id", "ids", "text"}:
        require(condition=False, message=f"{key}.rule: {rule.column} is no text.")
    elif rule.rule == "matches":
        require(isinstance(rule.value, str), f"{key}.value: '{rule.value}' is no text.")
        require_pattern(str(rule.value), f"{key}.value")
    elif rule.rule == "one_of":
        is_list = isinstance(rule.value, list | tuple) and len(rule.value) > 0
        require(is_list, f"{key}.value: '{rule.value}' is no list of choices.")
    else:
        require(rule.value is None, f"{key}.value: 'present' takes none.")
    strange = [kind for kind in rule.kinds if kind not in EVENT_KINDS]
    require(
        not strange, f"{key}.kinds: {', '.join(strange)} is not one of {', '.join(EVENT_KINDS)}."
    )
    has_kinds = table in {EVENTS.name, ORDERS.name}
    require(has_kinds or not rule.kinds, f"{key}.kinds: rows of {table} have no kind.")


def build_rules(table: str, values: Mapping[str, Any], above_key: str) -> dict[str, RowRule]:
    """Reason to rule, in the order of YAML; those that are ``off`` are left out.

    Raises:
        ConfigurationError: a key or value cannot be used.
    """
    rules = {}
    require(isinstance(values, Mapping), f"{above_key}: '{values}' is not a list of reasons.")
    for reason, given in values.items():
        key = f"{above_key}.{reason}"
        require(isinstance(reason, str), f"{key}: the reason is no text.")
        require(
            reason not in RESERVED, f"{key}: that reason has a meaning of its own; take another."
        )
        rule = build_part(RowRule, given, f"{key}.")
        check_rule(rule, table, key)
        if rule.severity != "off":
            rules[reason] = rule
    return rules
