"""What the ledger and the report of the last run say once a person's rows are blank."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pyspark.sql import functions as F  # noqa: N812 - Spark's own custom

from personalization.contracts import columns as c
from personalization.contracts.checks import ERASED
from personalization.datasets.delta_table import Part
from personalization.erasure.wanted import Wanted
from personalization.pipelines.data_processing.accounting import Counted, add_groups
from personalization.pipelines.data_processing.ledger import (
    LEDGER,
    Entry,
    ledger_rows,
    read_ledger,
)
from personalization.pipelines.data_processing.readout import tell_report
from personalization.pipelines.data_processing.scope import of_files


def read_entries(catalog: Any) -> list[Entry]:
    """The ledger; empty where there is none."""
    return read_ledger(catalog.load(LEDGER)) if catalog.exists(LEDGER) else []


def recount(catalog: Any, versions: Mapping[str, list[int]]) -> bool:
    """Make the ledger say what the typed rows of some files are now; whether it changed.

    Args:
        catalog: of the project.
        versions: source to versions of files.
    """
    counted: dict[int, dict[str, Any]] = {}
    for source, of_source in versions.items():
        counted |= count_versions(catalog.load(f"int_{source}"), of_source)
    entries = read_entries(catalog)
    told = [
        replace(
            one,
            received=counted[one.version]["received"],
            rejected=counted[one.version]["rejected"],
            good=counted[one.version]["good"],
            currencies=tuple(sorted(counted[one.version]["currencies"])),
        )
        if one.version in counted
        else one
        for one in entries
    ]
    if told == entries:
        return False
    catalog.save(LEDGER, Part(ledger_rows(told)))
    return True


def count_versions(typed: Any, versions: list[int]) -> dict[int, dict[str, Any]]:
    """Version of a file to what its typed rows add up to."""
    currency = F.col(c.CURRENCY) if c.CURRENCY in typed.columns else F.lit(None).cast("string")
    rows = typed.filter(F.col(c.FILE_VERSION).isin(versions))
    grouping = (c.FILE_VERSION, c.REJECTED_BY, c.INTERACTION_DATE, c.WARNED_BY)
    sums = (F.count("*"), F.collect_set("told_currency"))
    groups: dict[int, list[Counted]] = {version: [] for version in versions}
    # At most one row per file, reason, day and set of warnings.
    for version, *found in (
        rows.withColumn("told_currency", currency).groupBy(*grouping).agg(*sums).collect()
    ):
        groups[version].append(Counted(*found))
    return {version: add_groups(of_version) for version, of_version in groups.items()}


def clean_report(catalog: Any, wanted: Wanted) -> bool:
    """Take the text of the person's rows out of the report of the last run; whether it changed."""
    if not catalog.exists("report_ingestion"):
        return False
    report = catalog.load("report_ingestion")
    examples = [
        (source, one)
        for source, reasons in report["examples"].items()
        for of_reason in reasons.values()
        for one in of_reason
        if one["text"] is not None
    ]
    erased = find_erased(catalog, {(source, one["file"]) for source, one in examples})
    theirs = [
        one
        for source, one in examples
        if (source, one["file"], one["row"]) in erased or wanted.is_in_text(one["text"])
    ]
    for one in theirs:
        one["text"] = None
    if theirs:
        # The text first: what ends between the two is found again by the other one
        catalog.save("report_ingestion_text", "\n".join(tell_report(report)))
        catalog.save("report_ingestion", report)
    return bool(theirs)


def find_erased(catalog: Any, files: set[tuple[str, str]]) -> set[tuple[str, str, int]]:
    """Source, file and number of the rows of erased people in some files."""
    rows = catalog.load("int_rejected_rows").filter(of_files(sorted(files)))
    theirs = rows.filter(F.col(c.REJECTED_BY) == ERASED)
    return {tuple(row) for row in theirs.select(c.SOURCE, c.SOURCE_FILE, c.ROW_NUMBER).collect()}
