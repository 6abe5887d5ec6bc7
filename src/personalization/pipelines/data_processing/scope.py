"""What a run derives anew: days of the mart, and tables that describe users and items."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812 - Spark's own custom

from personalization.contracts import columns as c
from personalization.contracts.schemas import EVENTS, ORDERS, PRODUCTS, SEARCH_LOGS, USERS
from personalization.datasets.delta_table import Part
from personalization.pipelines.data_processing.planning import Plan
from personalization.spark.conditions import is_in, literal

DATED: Final = (EVENTS.name, ORDERS.name, SEARCH_LOGS.name)
DESCRIBING: Final = (USERS.name, PRODUCTS.name)
NOTHING: Final = Part(None)  # to be saved where there is nothing to do


@dataclass(frozen=True)
class Scope:
    """The part of the published tables that a run derives anew from all rows that are typed.

    Attributes:
        days: of interactions, impressions and searches; None: all.
        described: sources out of users and products whose table is derived anew, all of it.
        dated: sources out of events, orders and searches that have or had rows.
        accepted: source to the versions of files whose rows count.
        dated_rows: good rows of the days, those that repeat others among them.
    """

    days: frozenset[date] | None
    described: frozenset[str]
    dated: frozenset[str]
    accepted: Mapping[str, tuple[int, ...]]
    dated_rows: int

    @property
    def has_days(self) -> bool:
        """Whether any day is derived."""
        return self.days is None or bool(self.days)

    @property
    def where(self) -> str | None:
        """SQL condition of the days; None for all."""
        return None if self.days is None else is_in(c.INTERACTION_DATE, self.days)

    @property
    def where_repeated(self) -> str | None:
        """SQL condition of everything in the scope, in a table with rows of all sources."""
        if self.where is None:
            return None
        return f"{is_in(c.SOURCE, self.described)} OR {is_in(c.SOURCE, DATED)} AND {self.where}"

    def concerns(self, source: str) -> bool:
        """Whether rows of a source are derived."""
        if self.days is None:
            return True
        return source in (self.dated if self.days else ()) or source in self.described

    def good_rows(self, source: str, typed: DataFrame) -> DataFrame:
        """Rows of accepted files, within the scope, that nothing in themselves rejects."""
        counted = F.expr(is_in(c.FILE_VERSION, self.accepted[source]))
        good = typed.filter(F.col(c.REJECTED_BY).isNull() & counted)
        return good.filter(self.where) if source in DATED and self.where else good


def by_source(tables: dict[str, Any], prefix: str) -> dict[str, Any]:
    """Tables by the names of their sources: ``int_orders`` is that of ``orders``."""
    return {
        name.removeprefix(prefix): table
        for name, table in tables.items()
        if name.startswith(prefix) and name.removeprefix(prefix) in (*DATED, *DESCRIBING)
    }


def repeats_in(scope: Scope, tables: dict[str, Any]) -> DataFrame:
    """The rows in the scope that repeat another one."""
    repeats: DataFrame = tables["int_repeated_rows"]
    return repeats if scope.where_repeated is None else repeats.filter(scope.where_repeated)


def of_files(files: Iterable[tuple[str, str]]) -> str:
    """SQL condition that holds for rows of the files given by source and name.

    >>> of_files([("orders", "b.csv"), ("orders", "a.csv")])
    "(`source` = 'orders' AND (`source_file` BETWEEN 'a.csv' AND 'b.csv' \
AND `source_file` IN ('a.csv', 'b.csv')))"
    >>> of_files([])
    'false'
    """
    names: dict[str, list[str]] = {}
    for source, name in files:
        names.setdefault(source, []).append(name)
    told = (
        f"(`{c.SOURCE}` = {literal(source)} AND {is_in(c.SOURCE_FILE, of_source)})"
        for source, of_source in names.items()
    )
    return " OR ".join(told) or "false"


def choose_scope(plan: Plan, good: Sequence[tuple[str, Mapping[date | None, int]]]) -> Scope:
    """What a run derives anew.

    Args:
        plan: what the run does.
        good: source and day to good rows of each file taken.
    """
    before = [one.before for one in plan.taken if one.before is not None]
    changed = [*plan.withdrawn, *before]
    touched = {one.source for one in plan.taken} | {one.source for one in plan.withdrawn}
    of_days = [one.days for one in changed if one.source in DATED]
    of_days += [frozenset(filter(None, found)) for source, found in good if source in DATED]
    days = None if plan.derives_all else frozenset().union(*of_days)
    kept = [(one.source, one.good) for one in (*plan.kept, *plan.withdrawn)]
    every = frozenset(DESCRIBING)
    accepted = {source: tuple(plan.accepted(source)) for source in (*DATED, *DESCRIBING)}
    return Scope(
        days=days,
        described=every if plan.derives_all else every & touched,
        dated=frozenset(one for one in DATED if one in touched or accepted[one]),
        accepted=accepted,
        dated_rows=sum(
            rows
            for source, found in (*kept, *good)
            for day, rows in found.items()
            if source in DATED and (days is None or day in days)
        ),
    )
