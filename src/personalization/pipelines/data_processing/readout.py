"""The account of a run: for machines as ``report_ingestion``, for people as a line."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F  # noqa: N812 - Spark's own custom

from personalization.contracts import columns as c
from personalization.contracts.checks import ERASED
from personalization.contracts.errors import tell_names
from personalization.pipelines.data_processing.accounting import (
    REASONS_SHOWN,
    FileCounts,
    by_rows_then_name,
)
from personalization.pipelines.data_processing.ledger import Entry
from personalization.pipelines.data_processing.planning import Plan
from personalization.pipelines.data_processing.published import MERGED, FileBalance
from personalization.pipelines.data_processing.scope import of_files
from personalization.spark.conditions import literal

logger = logging.getLogger(__name__)

UNCHANGED: Final = "unchanged"
SEE: Final = "; see int_rejected_rows and report_ingestion"
EXAMPLES_SHOWN: Final = 3
EXAMPLE_CHARACTERS: Final = 200
NOT_SHOWN: Final = "(not shown, it may name somebody)"


def tell_totals(totals: Mapping[str, Any]) -> str:
    """The account of a run in one line."""
    reasons = list(totals["rejected_by"].items())[:REASONS_SHOWN]
    told = ", ".join(f"{reason} {rows:,}" for reason, rows in reasons)
    return (
        f"{totals['received']:,} rows received = {totals['merged']:,} merged + "
        f"{totals['unchanged']:,} there already + {totals['rejected']:,} rejected"
        f"{f' ({told})' if told else ''}"
    )


def account_for_file(one: FileCounts, balance: FileBalance | None) -> dict[str, Any]:
    """The report's entry of one file."""
    merged = balance.merged if balance else 0
    there = balance.there if balance else 0
    return {
        "file": one.facts.name,
        "bytes": one.facts.bytes,
        "sha256": one.facts.sha256,
        "unread_columns": list(one.facts.unread),
        "received": one.received,
        MERGED: merged,
        UNCHANGED: there - merged + one.again,
        "rejected": dict(sorted(one.reasons.items())),
        "warned": dict(sorted(one.warned.items())),
        "first_warned": dict(sorted(one.first_warned.items())),
    }


def count_replaced(
    balances: Mapping[tuple[str, str], FileBalance], source: str, taken: Iterable[FileCounts]
) -> int:
    """Rows of files taken earlier that gave way to a row of this run.

    A file that comes late counts rows that a newer one had replaced before it came.
    """
    now = {one.facts.name for one in taken}
    of_source = {name: one for (of, name), one in balances.items() if of == source}
    return sum(one.replaced for name, one in of_source.items() if name not in now)


def count_before(plan: Plan, source: str) -> dict[str, int]:
    """Files of a source that were read again, and the good rows that they brought before."""
    before = [one.before for one in plan.taken if one.source == source]
    published = [one for one in before if one is not None and one.version is not None]
    return {"files": len(published), "good": sum(sum(one.good.values()) for one in published)}


def summarise(entries: list[dict[str, Any]]) -> dict[str, Any]:
    """Totals over files, with the accounting identity."""
    totals = {key: sum(entry[key] for entry in entries) for key in ("received", MERGED, UNCHANGED)}
    reasons: Counter[str] = Counter()
    warned: Counter[str] = Counter()
    for entry in entries:
        reasons.update(entry["rejected"])
        warned.update(entry["warned"])
    rejected = reasons.total()
    holds = totals["received"] == totals[MERGED] + totals[UNCHANGED] + rejected
    return {
        "files": len(entries),
        **totals,
        "rejected": rejected,
        "rejected_by": dict(sorted(reasons.items(), key=by_rows_then_name)),
        "warned_by": dict(sorted(warned.items(), key=by_rows_then_name)),
        "identity": "received = merged + unchanged + rejected",
        "identity_holds": holds,
    }


def account_for_source(
    plan: Plan,
    source: str,
    taken: list[FileCounts],
    balances: Mapping[tuple[str, str], FileBalance],
) -> dict[str, Any]:
    """The report's entry of one source, with those of its files."""
    entries = [account_for_file(one, balances.get((source, one.facts.name))) for one in taken]
    return {
        **summarise(entries),
        "before": count_before(plan, source),
        "replaced": count_replaced(balances, source, taken),
        "files": entries,
    }


def shown_reasons() -> str:
    """SQL condition that holds for rejected rows that have something to show."""
    return f"`{c.REJECTED_BY}` != {literal(ERASED)}"


def show_examples(plan: Plan, rejected: DataFrame) -> dict[str, dict[str, list[dict[str, Any]]]]:
    """Source to reason to the first rejected rows of the files taken, as received.

    Requires: ``source``, ``source_file``, ``row_number``, ``rejected_by``, ``row_text``.
    """
    taken = f"({of_files((o.source, o.facts.name) for o in plan.taken)}) AND {shown_reasons()}"
    alike = Window.partitionBy(c.SOURCE, c.REJECTED_BY).orderBy(c.SOURCE_FILE, c.ROW_NUMBER)
    numbered = rejected.filter(taken).withColumn("place", F.row_number().over(alike))
    shown: dict[str, dict[str, list[dict[str, Any]]]] = {}
    # A few rows per source and reason.
    first = numbered.filter(F.col("place") <= EXAMPLES_SHOWN).orderBy(c.SOURCE, "place").collect()
    for row in first:
        text = row[c.ROW_TEXT]
        example = {
            "file": row[c.SOURCE_FILE],
            "row": row[c.ROW_NUMBER],
            "text": None if text is None else text[:EXAMPLE_CHARACTERS],
        }
        shown.setdefault(row[c.SOURCE], {}).setdefault(row[c.REJECTED_BY], []).append(example)
    return shown


def sum_ledger(kept: Iterable[Entry], counts: Iterable[FileCounts]) -> dict[str, dict[str, int]]:
    """Source to what all files together have brought, those of this run among them."""
    total: dict[str, Counter[str]] = {}
    for entry in kept:
        if entry.version is not None:
            told = {"files": 1, "received": entry.received, "good": sum(entry.good.values())}
            total.setdefault(entry.source, Counter()).update(told)
    for one in counts:
        told = {"files": 1, "received": one.received, "good": sum(one.good.values())}
        total.setdefault(one.source, Counter()).update(told)
    return {source: dict(sums) for source, sums in sorted(total.items())}


def name_currencies(kept: Iterable[Entry], counts: Iterable[FileCounts]) -> list[str]:
    """Currencies of all good rows; more than one is told, because nothing converts prices."""
    found = {currency for entry in kept for currency in entry.currencies}
    found |= {currency for one in counts for currency in one.currencies}
    if len(found) > 1:
        logger.warning(
            "Prices in %s stand side by side in the mart: nothing converts them", sorted(found)
        )
    return sorted(found)


def tell_no_files(report: Mapping[str, Any]) -> str:
    """Why a run has taken no file, in words."""
    if not report["all_files"]:
        return (
            "No source has a file: nothing was taken in. 'filepath' of the raw_… entries in the "
            "catalog says where files are looked for."
        )
    if report["derives_all"]:
        return (
            "No new file. All days were derived anew: the options of the derivation have changed, "
            "or a table was repaired."
        )
    return "Nothing new: no file has come or changed since the last run."


def tell_source(
    source: str, sums: Mapping[str, Any], examples: Mapping[str, list[Mapping[str, Any]]]
) -> list[str]:
    """What came of the files of one source: reasons, examples of them, warnings."""
    lines = ["", f"{source}: {len(sums['files']):,} files, {sums['received']:,} rows"]
    for reason, rows in sums["rejected_by"].items():
        lines.append(f"  rejected as {reason}: {rows:,}")
        lines += [
            f"    {one['file']}, row {one['row']}: {one['text'] or NOT_SHOWN}"
            for one in examples.get(reason, [])
        ]
    before = sums.get("before")  # a report of an earlier release says neither
    if before and before["files"]:
        lines.append(f"  read again: {before['files']:,}, good rows before: {before['good']:,}")
    if sums.get("replaced"):
        lines.append(f"  in place of rows of earlier files: {sums['replaced']:,}")
    empty = [one["file"] for one in sums["files"] if not one["received"]]
    if empty:
        lines.append(f"  without a row: {tell_names(empty)}")
    for rule, rows in sums["warned_by"].items():
        lines.append(f"  kept, with a warning of {rule}: {rows:,}{tell_first(sums['files'], rule)}")
    return lines


def tell_first(files: Iterable[Mapping[str, Any]], rule: str) -> str:
    """Where the first rows stand that break a rule and are kept."""
    first = [(one["file"], one.get("first_warned", {}).get(rule)) for one in files]
    places = [f"{file}, row {row}" for file, row in first if row is not None]
    return f" ({'; '.join(places[:EXAMPLES_SHOWN])})" if places else ""


def tell_report(report: Mapping[str, Any], *, is_dry: bool = False) -> list[str]:
    """The account of a run as lines of text, source by source.

    A dry run leaves no tables to look at.
    """
    totals = report["totals"]
    if not totals["files"]:
        return [tell_no_files(report)]
    lines = [tell_totals(totals) + ("" if is_dry else SEE)]
    for source, sums in report["sources"].items():
        lines += tell_source(source, sums, report["examples"].get(source, {}))
    if len(report["currencies"]) > 1:
        lines += ["", f"Prices in {', '.join(report['currencies'])}: nothing converts them."]
    return lines


def tell_dry_run(plan: Plan) -> str:
    """What a dry run has looked at."""
    if not plan.taken:
        return "Dry run: no file is new or changed. Nothing was written."
    return (
        f"Dry run on the first {plan.first_rows:,} rows of {len(plan.taken)} files. "
        "Nothing was written."
    )
