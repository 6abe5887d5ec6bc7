"""Rejected rows as they were received, each with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812 - Spark's own custom

from personalization.contracts import columns as c
from personalization.contracts.checks import DELIVERED_AGAIN, OF_ANOTHER_TABLE
from personalization.datasets.file_facts import FileFacts
from personalization.datasets.raw_rows import RawFiles
from personalization.datasets.row_texts import read_texts
from personalization.pipelines.data_processing.planning import Plan
from personalization.pipelines.data_processing.scope import Scope, of_files
from personalization.spark.conditions import is_in
from personalization.spark.frames import unite

PLACE: Final = (c.SOURCE, c.SOURCE_FILE, c.ROW_NUMBER)
REPEATS: Final = "repeats"  # true where the reason is another row, not the row itself
REJECTED_COLUMNS: Final = (*(*PLACE, c.REJECTED_BY, c.ROW_TEXT, c.INTERACTION_DATE, REPEATS),)


def told_anew(plan: Plan, source: str) -> list[int]:
    """Versions whose rejected rows are told: of files taken, and of those that fall back to one."""
    back = [one.version for one in plan.withdrawn if one.source == source and one.version]
    return [*back, *(facts.version for facts in plan.files_of(source))]


def rejected_in_themselves(plan: Plan, typed: Mapping[str, DataFrame]) -> DataFrame:
    """Rows of the files taken that are rejected for what they are.

    Columns: ``REJECTED_COLUMNS``.
    """
    parts = []
    for source, table in typed.items():
        taken = is_in(c.FILE_VERSION, told_anew(plan, source))
        # What is about another table is no rejected row: that table's entry reads it.
        rejected = table.filter(F.col(c.REJECTED_BY) != OF_ANOTHER_TABLE).filter(taken)
        parts.append(rejected.withColumn(REPEATS, F.lit(False)).select(*REJECTED_COLUMNS))  # noqa: FBT003
    return unite(parts)


def rejected_as_repeats(
    plan: Plan, repeats: DataFrame, raw: Mapping[str, RawFiles], before: DataFrame | None
) -> DataFrame:
    """Rows that are rejected because another one is there.

    Their text is that of an earlier run, else it is read from the file again; null where the file
    is there no more.

    Args:
        plan: what the run does.
        repeats: rows in the scope that repeat another one.
        raw: the files of every source.
        before: rejected rows as earlier runs left them; None before the first run.

    Columns: ``REJECTED_COLUMNS``.
    """
    rows = repeats.filter(F.col(c.REJECTED_BY) != DELIVERED_AGAIN)
    texts = []
    if before is not None:
        # Rows of the same number in another version of the file would lend theirs.
        other = [(one.source, one.facts.name) for one in plan.taken]
        other += [(one.source, one.name) for one in plan.withdrawn]
        kept = f"{REPEATS} AND NOT ({of_files(other)})"
        texts.append(before.filter(kept).select(*PLACE, c.ROW_TEXT))
    new = rows.join(texts[0], list(PLACE), how="left_anti") if texts else rows
    for source, names in name_files(new).items():
        files = raw[source].take(readable_files(plan, source, raw[source], names))
        of_source = new.filter(F.col(c.SOURCE) == source)
        found = read_texts(files, of_source).withColumn(c.SOURCE, F.lit(source))
        texts.append(found.select(*PLACE, c.ROW_TEXT))
    if not texts:
        told = rows.withColumn(c.ROW_TEXT, F.lit(None).cast("string"))
    else:
        told = rows.join(unite(texts), list(PLACE), how="left")
    return told.withColumn(REPEATS, F.lit(True)).select(*REJECTED_COLUMNS)  # noqa: FBT003


def name_files(rows: DataFrame) -> dict[str, set[str]]:
    """Source to the files that rows are from."""
    names: dict[str, set[str]] = {}
    # One row per file.
    for source, name in rows.select(c.SOURCE, c.SOURCE_FILE).distinct().collect():
        names.setdefault(source, set()).add(name)
    return names


def readable_files(plan: Plan, source: str, raw: RawFiles, names: set[str]) -> list[FileFacts]:
    """Files among ``names`` that are still what is published."""
    taken = [facts for facts in plan.files_of(source) if facts.name in names]
    published = {one.name: one.fingerprint for one in plan.kept if one.source == source}
    others = [
        one
        for one in raw.listed
        if one.name in names and published.get(one.name) == one.fingerprint
    ]
    return [*taken, *raw.look_at(others)]


def where_rejected(plan: Plan, scope: Scope) -> str | None:
    """SQL condition of the rejected rows that a run tells anew; None for all."""
    if scope.where_repeated is None and not plan.kept:
        return None
    files = [(one.source, one.facts.name) for one in plan.taken]
    files += [(one.source, one.name) for one in plan.withdrawn]
    themselves = of_files(files)
    repeated = scope.where_repeated or "true"
    return f"(NOT `{REPEATS}` AND ({themselves})) OR (`{REPEATS}` AND ({repeated}))"
