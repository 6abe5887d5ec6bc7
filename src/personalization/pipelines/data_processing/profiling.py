"""What the columns of a shop's files hold, for a person who writes their description."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812 - Spark's own custom

from personalization.contracts import columns as c
from personalization.contracts.schemas import RAW_TABLES
from personalization.pipelines.data_processing.planning import Plan

EXAMPLE_CHARACTERS: Final = 24
FILLED, DISTINCT, LEAST, MOST = "filled", "distinct", "least", "most"


def profile_columns(plan: Plan, typed: Mapping[str, DataFrame]) -> dict[str, list[dict[str, Any]]]:
    """Source to what each column holds once it is typed, good rows only.

    Columns of an entry: ``column``, ``filled`` (rows with a value), ``distinct`` (about), ``least``
    and ``most`` as text.
    """
    told: dict[str, list[dict[str, Any]]] = {}
    for source, rows in typed.items():
        if not plan.files_of(source):
            continue
        table = RAW_TABLES[source]
        names = [name for name in table.types if name not in table.personal]
        good = rows.filter(F.col(c.REJECTED_BY).isNull())
        sums = [value.alias(f"{name} {what}") for name in names for what, value in ask(name)]
        found = good.agg(*sums).collect()[0]
        told[source] = [
            {"column": name, **{what: found[f"{name} {what}"] for what, _ in ask(name)}}
            for name in names
        ]
    return told


def ask(name: str) -> list[tuple[str, Any]]:
    """What is asked of a column."""
    column = F.col(name)
    return [
        (FILLED, F.count(column)),
        (DISTINCT, F.approx_count_distinct(column)),
        (LEAST, F.min(column).cast("string")),
        (MOST, F.max(column).cast("string")),
    ]


def tell_profile(profile: Mapping[str, list[dict[str, Any]]]) -> list[str]:
    """The profile as lines of text."""
    lines = []
    for source, columns in profile.items():
        lines += ["", f"{source}: columns of the good rows", ""]
        lines.append(f"  {'column':<18}{'filled':>10}{'~ distinct':>12}  from … to")
        for one in columns:
            least, most = (shorten(one[key]) for key in (LEAST, MOST))
            span = f"{least} … {most}" if one[FILLED] else "-"
            lines.append(f"  {one['column']:<18}{one[FILLED]:>10,}{one[DISTINCT]:>12,}  {span}")
    return lines


def shorten(text: str | None) -> str:
    """A text for a cell.

    >>> shorten("a" * 30)
    'aaaaaaaaaaaaaaaaaaaaaaa…'
    """
    told = text or ""
    return told if len(told) <= EXAMPLE_CHARACTERS else f"{told[: EXAMPLE_CHARACTERS - 1]}…"
