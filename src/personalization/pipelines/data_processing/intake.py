"""Taking files in: which, how their rows are typed and counted, what the ledger says of them."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

from pyspark.sql import DataFrame

from personalization.contracts import columns as c
from personalization.contracts.errors import SourceFileError
from personalization.contracts.sources import SourceDescription
from personalization.contracts.values import require
from personalization.datasets.delta_table import Part
from personalization.datasets.erased_users import NOBODY, ErasedUsers
from personalization.datasets.raw_rows import RawFiles
from personalization.pipelines.data_processing.accounting import (
    FileCounts,
    count_typed,
    days_of,
    name_cut_files,
)
from personalization.pipelines.data_processing.derivation import Derivation
from personalization.pipelines.data_processing.erased import blank_erased
from personalization.pipelines.data_processing.ledger import Entry, ledger_rows, read_ledger
from personalization.pipelines.data_processing.options import Batch, Intake, Rules
from personalization.pipelines.data_processing.planning import (
    DERIVATION_VERSION,
    READER_VERSION,
    Plan,
    Ways,
    hash_options,
    keep_new,
    plan_run,
)
from personalization.pipelines.data_processing.preconditions import (
    gone,
    refuse_lost_rows,
    refuse_missing_files,
    refuse_unfinished_erasure,
    warn_of_old_ways,
)
from personalization.pipelines.data_processing.quarantine import type_rows
from personalization.pipelines.data_processing.scope import (
    NOTHING,
    Scope,
    by_source,
    choose_scope,
    of_files,
)
from personalization.spark.conditions import is_in
from personalization.spark.patterns import require_java_patterns

logger = logging.getLogger(__name__)


def plan_ingestion(  # noqa: PLR0913 - a node's inputs
    ledger: DataFrame | None,
    batch: Batch,
    intake: Intake,
    rules: Rules,
    derivation: Derivation,
    *,
    erased: ErasedUsers = NOBODY,
    **raw: RawFiles,
) -> Plan:
    """Decide which files this run takes; nothing is written before each has been looked at.

    Args:
        ledger: the table of ingested files; None before the first run.
        batch: the stamps of the run.
        intake: days to rebuild whatever the ledger says; whether only to look.
        rules: of the tables; where those of one change its files are read again.
        derivation: how days are derived; where it changes every day is derived anew.
        erased: people who were erased.
        raw: the files of every source.

    Raises:
        ConfigurationError: an entry describes another table than the one that its name tells.
        DamagedTableError: rows that were lost with a table cannot be read again.
        SourceFileError: a file cannot be read, lacks a column, or may not have its content; or
            a source never had one.
    """
    refuse_unfinished_erasure(erased)
    for name, files in raw.items():
        table = files.description.table
        require(name == f"raw_{table}", f"{name}: its table is '{table}'; see the catalog.")
    files_of = by_source(raw, "raw_")
    corrected = [s for s, one in files_of.items() if one.description.changed_rows == "correct"]
    derived_by = hash_options(DERIVATION_VERSION, derivation, sorted(corrected))
    read_by = {
        name: hash_options(READER_VERSION, as_read(files), rules.of(name), files.pseudonyms.mark)
        for name, files in files_of.items()
    }
    ways = Ways(read_by, derived_by, intake.rebuilt)
    entries = read_ledger(ledger)
    refuse_missing_files(files_of, entries)
    warn_of_old_ways(files_of, entries, ways)
    refuse_lost_rows(gone(files_of, entries))
    if intake.dry_run.enabled:
        files_of = keep_new(files_of, entries, ways)
    there = sum(len(files.listed) for files in files_of.values())
    if intake.dry_run.enabled:
        files_of = {name: one.sample(intake.dry_run.files) for name, one in files_of.items()}
    plan = plan_run(files_of, entries, batch, ways)
    first_rows, known = intake.dry_run.first_rows, frozenset(corrected)
    plan = replace(plan, first_rows=first_rows, erased=erased, corrected=known)
    if intake.dry_run.enabled:
        logger.info("Looking at %d of %d files that are new or changed", len(plan.taken), there)
        return as_first_run(plan)
    logger.info("%d of %d files are new or changed", len(plan.taken), there)
    return plan


def as_first_run(plan: Plan) -> Plan:
    """The plan for tables in memory, where nothing stands of earlier runs."""
    alone = tuple(replace(one, before=None) for one in plan.taken)
    return replace(plan, taken=alone, withdrawn=(), kept=(), touched=(), derives_all=True)


def as_read(raw: RawFiles) -> SourceDescription:
    """The description as far as the rows that are read depend on it."""
    return replace(raw.description, changed_files=None)


def type_taken_rows(plan: Plan, rules: Rules, raw: RawFiles) -> Part:
    """Type every row of the files that the run takes from one source.

    Grain and columns: as ``type_rows``. Beside them stay the versions that are published, until
    what is new has been allowed and a later version comes.
    """
    source = raw.description.table
    files = plan.files_of(source)
    if not files and not plan.is_first:
        return NOTHING
    patterns = {
        f"data_processing.rules.{source}.{reason}.value": str(rule.value)
        for reason, rule in rules.of(source).items()
        if rule.rule == "matches"
    }
    require_java_patterns(patterns)
    names = is_in(c.SOURCE_FILE, [one.name for one in files])
    # A version that is read again takes its own place; another one that is published stays.
    others = set(plan.published(source)) - {one.version for one in files}
    superseded = f"NOT {is_in(c.FILE_VERSION, others)}"
    typed = type_rows(raw.take(files, plan.first_rows), rules.of(source))
    told = blank_erased(typed, plan.erased, upper_case=in_upper_case(raw.description))
    return Part(told, f"{names} AND {superseded}")


def in_upper_case(description: SourceDescription) -> bool:
    """Whether case means nothing in the ids of a source's users."""
    return c.USER_ID in description.upper_case


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
        logger.warning(
            "%s ended too early: rows are missing. Ask for the whole file; under the same name it "
            "is taken with 'changed_files: correct' or --params=from=…,to=…",
            name,
        )
    return counts, choose_scope(plan, [(one.source, one.good) for one in counts])


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
    if plan.derives_all:  # how days are derived is not settled either
        kept = [replace(one, derived_by=None) for one in (*plan.kept, *plan.withdrawn)]
        return Part(ledger_rows([*(replace(one, derived_by=None) for one in noted), *kept]))
    return Part(ledger_rows(noted), of_files([(one.source, one.name) for one in noted]))


def settle_files(plan: Plan, allowed: list[FileCounts], report: dict[str, Any]) -> Part:
    """Lines of the ledger that say what is published now; written last of all.

    ``report`` is only waited for.
    """
    if not plan.has_work and not plan.touched:
        return NOTHING
    logger.debug("Batch %s is settled", report["batch_id"])
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
            currencies=tuple(sorted(one.currencies)),
            read_by=plan.read_by[one.source],
            derived_by=plan.derived_by,
            batch_id=plan.batch.batch_id,
            ingested_at=plan.batch.moment,
        )
        for one in allowed
    ]
    kept = [
        replace(one, unsettled=None, derived_by=plan.derived_by)
        for one in (*plan.kept, *plan.withdrawn)
        if one.version is not None
    ]
    return Part(ledger_rows([*settled, *kept]))
