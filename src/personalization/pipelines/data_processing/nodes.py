"""The nodes of data_processing."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime
from typing import Any

from pyspark.sql import DataFrame

from personalization.contracts.errors import SourceFileError
from personalization.contracts.schemas import EVENTS, PRODUCTS, SEARCH_LOGS, USERS
from personalization.contracts.values import require
from personalization.datasets.delta_table import Part
from personalization.datasets.raw_rows import RawFiles
from personalization.pipelines.data_processing import entities, interactions, rejected
from personalization.pipelines.data_processing.accounting import (
    FileCounts,
    account_for_file,
    count_conflicts,
    count_repeats,
    count_typed,
    days_of,
    name_cut_files,
    summarise,
    tell_totals,
)
from personalization.pipelines.data_processing.ledger import Entry, ledger_rows, read_ledger
from personalization.pipelines.data_processing.limits import check_conflicts, check_limits
from personalization.pipelines.data_processing.options import (
    Batch,
    Derivation,
    Limits,
    Rebuilt,
    Rules,
)
from personalization.pipelines.data_processing.planning import (
    DERIVATION_VERSION,
    READER_VERSION,
    Plan,
    Ways,
    hash_options,
    plan_run,
)
from personalization.pipelines.data_processing.published import balance_files, require_balance
from personalization.pipelines.data_processing.quarantine import type_rows
from personalization.pipelines.data_processing.repeats import (
    drop_repeats,
    find_repeats,
    find_superseded,
)
from personalization.pipelines.data_processing.scope import (
    DATED,
    DESCRIBING,
    Scope,
    choose_scope,
    of_files,
)
from personalization.spark.conditions import is_in
from personalization.spark.frames import unite

__all__ = [
    "account_for_rows",
    "check_rejections",
    "collect_rejected_rows",
    "count_rows",
    "find_repeated_rows",
    "note_unsettled_files",
    "plan_ingestion",
    "publish_descriptions",
    "publish_interactions",
    "settle_files",
    "type_taken_rows",
]

logger = logging.getLogger(__name__)
NOTHING = Part(None)


def by_source(tables: dict[str, Any], prefix: str) -> dict[str, Any]:
    """Tables by the names of their sources: ``int_orders`` is that of ``orders``."""
    return {
        name.removeprefix(prefix): table
        for name, table in tables.items()
        if name.startswith(prefix) and name.removeprefix(prefix) in (*DATED, *DESCRIBING)
    }


def plan_ingestion(
    ledger: DataFrame | None,
    batch: Batch,
    rules: Rules,
    derivation: Derivation,
    **raw: Any,
) -> Plan:
    """Decide which files this run takes; nothing is written before each has been looked at.

    Args:
        ledger: the table of ingested files; None before the first run.
        batch: the stamps of the run.
        rules: of the tables; where those of one change its files are read again.
        derivation: how days are derived; where it changes every day is derived anew.
        raw: the files of every source, and ``rebuilt``: days to rebuild whatever the ledger says.

    Raises:
        ConfigurationError: an entry describes another table than the one that its name tells.
        SourceFileError: a file cannot be read, lacks a column, or may not have its content.
    """
    rebuilt: Rebuilt = raw.pop("rebuilt")
    for name, files in raw.items():
        table = files.description.table
        require(name == f"raw_{table}", f"{name}: its table is '{table}'; see the catalog.")
    derived_by = hash_options(DERIVATION_VERSION, derivation)
    files_of = by_source(raw, "raw_")
    read_by = {
        name: hash_options(READER_VERSION, files.description, rules.of(name))
        for name, files in files_of.items()
    }
    ways = Ways(read_by, derived_by, rebuilt)
    plan = plan_run(files_of, read_ledger(ledger), batch, ways)
    there = sum(len(files.listed) for files in raw.values())
    logger.info("%d of %d files are new or changed", len(plan.taken), there)
    return plan


def type_taken_rows(plan: Plan, rules: Rules, raw: RawFiles) -> Part:
    """Type every row of the files that the run takes from one source.

    Grain and columns: as ``type_rows``. Beside them stay the versions that are published, until
    what is new has been allowed and a later version comes.
    """
    source = raw.description.table
    files = plan.files_of(source)
    if not files and not plan.is_first:
        return NOTHING
    names = is_in("source_file", [one.name for one in files])
    superseded = f"NOT {is_in('file_version', plan.published(source))}"
    return Part(type_rows(raw.take(files), rules.of(source)), f"{names} AND {superseded}")


def count_rows(plan: Plan, **tables: Any) -> tuple[list[FileCounts], Scope]:
    """Count what came out of the files taken, and choose what is derived anew.

    Args:
        plan: what the run does.
        tables: every ``int_<table>``, and every ``raw_<table>`` as it is listed now.

    Returns:
        Rows received and rejected per file; the days and tables that they touch.

    Raises:
        SourceFileError: a file is not as it was when the run began.
    """
    refuse_moving_files(plan, by_source(tables, "raw_"))
    counts = count_typed(plan, by_source(tables, "int_"))
    for name in name_cut_files(counts):
        logger.warning("%s ended too early: rows are missing. Ask for the whole file.", name)
    return counts, choose_scope(plan, days_of(counts))


def refuse_moving_files(plan: Plan, raw: dict[str, RawFiles]) -> None:
    """Stop where a file that was read is not there any more as it was.

    Raises:
        SourceFileError: naming source and file.
    """
    now = {(of, one.name): one.fingerprint for of, files in raw.items() for one in files.listed}
    for one in plan.taken:
        if now.get((one.source, one.facts.name)) != one.facts.fingerprint:
            raise SourceFileError(
                f"raw_{one.source}, file {one.facts.name}: it changed or went while the run was "
                "reading it. Nothing was published. Run again when the delivery is complete."
            )


def note_unsettled_files(plan: Plan, counts: list[FileCounts]) -> Part:
    """Lines of the ledger that say which days this run is going to touch, before it does.

    Should the run be ended, the next one derives these days anew.
    """
    days = {(one.source, one.facts.name): days_of([one])[one.source] for one in counts}
    if not plan.has_work:
        return NOTHING
    noted = []
    for one in plan.taken:
        entry = one.before or Entry(one.source, one.facts.name)
        found = days[one.source, one.facts.name] | frozenset(entry.unsettled or ())
        noted.append(replace(entry, unsettled=tuple(sorted(found))))
    return Part(ledger_rows(noted), of_files([(one.source, one.name) for one in noted]))


def find_repeated_rows(plan: Plan, scope: Scope, **tables: DataFrame) -> Part:
    """Good rows in the scope that repeat another one.

    Grain: one row per repeated row. Columns: ``repeats.REPEAT_COLUMNS``.
    """
    if not plan.has_work:
        return NOTHING
    typed = by_source(tables, "int_")
    dated = [s for s in DATED if scope.concerns(s)]
    described = [s for s in DESCRIBING if scope.concerns(s)]
    parts = []
    if dated:
        parts.append(find_repeats(unite(narrow(scope.good_rows(s, typed[s])) for s in dated)))
    if described:
        rows = unite(narrow(scope.good_rows(s, typed[s])) for s in described)
        parts.append(find_superseded(rows))
    return Part(unite(parts), scope.where_repeated) if parts else NOTHING


def narrow(rows: DataFrame) -> DataFrame:
    """The columns that tell whether rows repeat one another."""
    return rows.select(
        *("source", "source_file", "file_version", "row_number", "interaction_date"),
        *("row_id", "row_key", "known_at", "delivered_at"),
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
    return Part(themselves.unionByName(again), rejected.where_rejected(plan, scope))


def check_rejections(
    limits: Limits,
    rules: Rules,
    scope: Scope,
    counts: list[FileCounts],
    **tables: DataFrame,
) -> list[FileCounts]:
    """Stop the run where too many rows are rejected.

    Args:
        limits: shares above which nothing is published.
        rules: of the tables; they say which reasons are faults.
        scope: what the run derives anew.
        counts: rows received and rejected per file.
        tables: ``int_repeated_rows``; ``int_rejected_rows`` is only waited for, so that whoever is
            told to look at it finds it written.

    Returns:
        The counts with repeated rows: what the publishing nodes wait for.

    Raises:
        RejectedShareError: a limit is passed.
    """
    if not counts:
        return []
    told = count_repeats(counts, tables["int_repeated_rows"])
    check_limits(told, limits, rules.business)
    check_conflicts(count_conflicts(repeats_in(scope, tables)), limits)
    return told


def publish_interactions(
    plan: Plan,
    scope: Scope,
    derivation: Derivation,
    allowed: list[FileCounts],
    **tables: DataFrame,
) -> Part:
    """Interactions that rows of events, orders and search logs tell, for the days in the scope.

    ``allowed`` is what the run may publish: without it there is no publishing.
    """
    if not scope.has_days:
        return NOTHING
    logger.info("Publishing interactions of %s", tell_days(scope, allowed))
    rows = single_rows(scope, tables, tuple(name for name in DATED if scope.concerns(name)))
    built = interactions.build_interactions(rows, plan.batch, derivation)
    return Part(built, scope.where)


def tell_days(scope: Scope, allowed: list[FileCounts]) -> str:
    """What is published, in words."""
    days = "all days" if scope.days is None else f"{len(scope.days)} days"
    return f"{days} that {len(allowed)} files touch"


def repeats_in(scope: Scope, tables: dict[str, Any]) -> DataFrame:
    """The rows in the scope that repeat another one."""
    repeats: DataFrame = tables["int_repeated_rows"]
    return repeats if scope.where_repeated is None else repeats.filter(scope.where_repeated)


def single_rows(
    scope: Scope, tables: dict[str, DataFrame], sources: tuple[str, ...]
) -> dict[str, DataFrame]:
    """Good rows in the scope by source, without those that repeat another one."""
    repeats = repeats_in(scope, tables)
    return {
        source: drop_repeats(scope.good_rows(source, tables[f"int_{source}"]), repeats)
        for source in sources
    }


def publish_descriptions(
    plan: Plan, scope: Scope, allowed: list[FileCounts], **tables: DataFrame
) -> tuple[Part, Part, Part, Part]:
    """Users, items, impressions and searches of the good rows in the scope."""
    if allowed:
        logger.info("Publishing the descriptions that %d files hold", len(allowed))
    described = (USERS.name, PRODUCTS.name, EVENTS.name, SEARCH_LOGS.name)
    concerned = tuple(name for name in described if scope.concerns(name))
    rows = single_rows(scope, tables, concerned)
    builders = {
        USERS.name: entities.build_users,
        PRODUCTS.name: entities.build_items,
        EVENTS.name: entities.build_impressions,
        SEARCH_LOGS.name: entities.build_searches,
    }
    users, items, impressions, searches = (
        Part(build(rows[name], plan.batch), scope.where if name in DATED else None)
        if name in rows
        else NOTHING
        for name, build in builders.items()
    )
    return users, items, impressions, searches


def account_for_rows(
    plan: Plan, scope: Scope, allowed: list[FileCounts], **tables: DataFrame
) -> dict[str, Any]:
    """Check that no row is lost between the typed and the published tables; report per file.

    Args:
        plan: what the run did.
        scope: what it derived anew.
        allowed: rows received and rejected per file.
        tables: every ``int_<table>`` and every primary table, by their names.

    Raises:
        AccountingError: a good row is neither published nor the repetition of one that is.
    """
    published = {name: table for name, table in tables.items() if name.startswith("prm_")}
    typed = by_source(tables, "int_")
    repeats = tables["int_repeated_rows"]
    balances = balance_files(scope, plan.batch, typed, published, repeats)
    require_balance(balances)
    sources: dict[str, Any] = {}
    every: list[dict[str, Any]] = []
    for source in dict.fromkeys(one.source for one in allowed):
        files = [one for one in allowed if one.source == source]
        entries = [account_for_file(o, balances.get((source, o.facts.name))) for o in files]
        sources[source] = {**summarise(entries), "files": entries}
        every += entries
    totals = summarise(every)
    logger.info("%s", tell_totals(totals))
    return {"batch_id": plan.batch.batch_id, "totals": totals, "sources": sources}


def settle_files(plan: Plan, allowed: list[FileCounts], report: dict[str, Any]) -> Part:
    """Lines of the ledger that say what is published now; written last of all.

    ``report`` is only waited for.
    """
    if not plan.has_work and not plan.touched:
        return NOTHING
    logger.debug("Batch %s is settled", report["batch_id"])
    ingested_at = datetime.fromisoformat(plan.batch.ingested_at)
    settled = [
        Entry(
            source=one.source,
            name=one.facts.name,
            bytes=one.facts.bytes,
            sha256=one.facts.sha256,
            fingerprint=one.facts.fingerprint,
            version=one.facts.version,
            delivered_at=one.facts.delivered_at,
            received=one.received,
            rejected=one.rejected,
            good=one.good,
            read_by=plan.read_by[one.source],
            derived_by=plan.derived_by,
            batch_id=plan.batch.batch_id,
            ingested_at=ingested_at,
        )
        for one in allowed
    ]
    left = [replace(one, unsettled=None) for one in plan.withdrawn if one.version is not None]
    kept = [replace(one, derived_by=plan.derived_by) for one in plan.kept]
    return Part(ledger_rows([*settled, *left, *kept]))
