"""SQL conditions from values, for what takes no ``Column``: Delta's ``replaceWhere``."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

Value = str | int | date


def literal(value: Value) -> str:
    r"""A value as Spark's SQL writes it; nothing in a text ends the literal.

    >>> print(literal("it's \\ here"), literal(3), literal(date(2011, 12, 1)))
    'it\'s \\ here' 3 DATE'2011-12-01'
    """
    if isinstance(value, date):
        return f"DATE'{value.isoformat()}'"
    if isinstance(value, int):
        return str(value)
    # A dollar sign would begin a variable of Spark, which is replaced inside of literals, too.
    escaped = value.replace("\\", "\\\\").replace("'", "\\'").replace("$", "\\u0024")
    return f"'{escaped}'"


def is_in(column: str, values: Collection[Value]) -> str:
    """Condition that holds where ``column`` is one of ``values``; never for none of them.

    >>> is_in("line", [3, 1])
    '(`line` BETWEEN 1 AND 3 AND `line` IN (1, 3))'
    >>> is_in("line", [])
    'false'
    """
    if not values:
        return "false"
    ordered = [literal(value) for value in sorted(values)]
    # The range lets Delta skip files however many values there are.
    between = f"`{column}` BETWEEN {ordered[0]} AND {ordered[-1]}"
    return f"({between} AND `{column}` IN ({', '.join(ordered)}))"
