"""Setting rows aside: those that repeat others, those that are rejected, and too many of them."""

from __future__ import annotations

import logging
from typing import Any

from pyspark.sql import DataFrame

from personalization.contracts import columns as c
from personalization.contracts.errors import RejectedShareError
from personalization.contracts.schemas import EVENTS
from personalization.datasets.delta_table import Part
from personalization.pipelines.data_processing import rejected
from personalization.pipelines.data_processing.accounting import (
    FileCounts,
    add_repeats,
    count_repeats,
    find_conflicts,
)
from personalization.pipelines.data_processing.derivation import Derivation
from personalization.pipelines.data_processing.erased import hide_texts
from personalization.pipelines.data_processing.limits import check_conflicts, check_limits
from personalization.pipelines.data_processing.options import Limits, Rules
from personalization.pipelines.data_processing.planning import Plan
from personalization.pipelines.data_processing.repeats import (
    drop_repeats,
    find_corrected,
    find_near_duplicates,
    find_repeats,
    find_superseded,
)
from personalization.pipelines.data_processing.scope import (
    DATED,
    DESCRIBING,
    NOTHING,
    Scope,
    by_source,
    repeats_in,
)
from personalization.pipelines.data_processing.wholeness import require_whole
from personalization.spark.frames import unite

logger = logging.getLogger(__name__)


def find_repeated_rows(
    plan: Plan, scope: Scope, derivation: Derivation, **tables: DataFrame
) -> Part:
    """Good rows in the scope that repeat another one.

    Grain: one row per repeated row. Columns: ``repeats.REPEAT_COLUMNS``.

    Raises:
        DamagedTableError: typed rows of earlier runs are there no more.
    """
    if not plan.has_work:
        return NOTHING
    typed = by_source(tables, "int_")
    require_whole(plan, scope, typed)
    dated = [s for s in DATED if scope.concerns(s)]
    described = [s for s in DESCRIBING if scope.concerns(s)]
    parts = []
    corrected = [s for s in dated if s in plan.corrected]
    refusing = [s for s in dated if s not in corrected]
    if refusing:
        parts.append(find_repeats(unite(narrow(scope.good_rows(s, typed[s])) for s in refusing)))
    if corrected:
        kind = c.INTERACTION_TYPE
        rows = unite(narrow(scope.good_rows(s, typed[s]), kind) for s in corrected)
        parts.append(find_corrected(rows))
    if EVENTS.name in dated and derivation.near_duplicates.seconds > 0:
        single = drop_repeats(scope.good_rows(EVENTS.name, typed[EVENTS.name]), unite(parts))
        parts.append(find_near_duplicates(single, derivation.near_duplicates))
    if described:
        rows = unite(narrow(scope.good_rows(s, typed[s])) for s in described)
        parts.append(find_superseded(rows))
    return Part(unite(parts), scope.where_repeated) if parts else NOTHING


def narrow(rows: DataFrame, *also: str) -> DataFrame:
    """The columns that tell whether rows repeat one another."""
    return rows.select(
        *(c.SOURCE, c.SOURCE_FILE, c.FILE_VERSION, c.ROW_NUMBER, c.INTERACTION_DATE),
        *(c.ROW_ID, c.ROW_KEY, c.KNOWN_AT, c.DELIVERED_AT, *also),
    )


def collect_rejected_rows(plan: Plan, scope: Scope, **tables: Any) -> Part:
    """The rejected rows, as received.

    Grain: one row per rejected row. Columns: ``rejected.REJECTED_COLUMNS``.

    Args:
        plan: what the run does.
        scope: what it derives anew.
        tables: every ``raw_<table>`` and ``int_<table>``, ``int_repeated_rows``, and
            ``int_rejected_rows_before``, None before the first run.
    """
    if not plan.has_work:
        return NOTHING
    themselves = rejected.rejected_in_themselves(plan, by_source(tables, "int_"))
    raw, before = by_source(tables, "raw_"), tables["int_rejected_rows_before"]
    again = rejected.rejected_as_repeats(plan, repeats_in(scope, tables), raw, before)
    upper_case = [name for name, files in raw.items() if c.USER_ID in files.description.upper_case]
    again = hide_texts(again, plan.erased, upper_case)
    return Part(themselves.unionByName(again), rejected.where_rejected(plan, scope))


def check_rejections(
    plan: Plan,
    scope: Scope,
    limits: Limits,
    rules: Rules,
    counts: list[FileCounts],
    **tables: DataFrame,
) -> list[FileCounts]:
    """Stop the run where too many rows are rejected.

    Args:
        plan: what the run does.
        scope: what it derives anew.
        limits: shares above which nothing is published.
        rules: of the tables; they say which reasons are faults.
        counts: rows received and rejected per file.
        tables: ``int_repeated_rows``; ``int_rejected_rows`` is only waited for, so that whoever is
            told to look at it finds it written.

    Returns:
        The counts with repeated rows: what the publishing nodes wait for.

    Raises:
        RejectedShareError: a limit is passed; a dry run, which shows why, warns of it.
    """
    if not counts:
        return []
    found = count_repeats(repeats_in(scope, tables), plan)
    told = add_repeats(counts, found)
    try:
        check_limits(told, limits, rules.business)
        check_conflicts(find_conflicts(found, counts), limits)
    except RejectedShareError as error:
        if plan.first_rows is None:
            raise
        logger.warning("A run would stop here: %s", error.passed)
    return told
