"""The nodes of data_processing."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from pyspark.sql import DataFrame

from personalization.contracts.errors import SourceFileError
from personalization.contracts.values import require
from personalization.datasets.raw_rows import RawFiles
from personalization.pipelines.data_processing import entities, interactions
from personalization.pipelines.data_processing.accounting import (
    FileCounts,
    account_for_file,
    count_rows,
    name_cut_files,
    summarise,
    tell_totals,
)
from personalization.pipelines.data_processing.limits import check_limits
from personalization.pipelines.data_processing.options import Batch, InteractionWeights, Limits
from personalization.pipelines.data_processing.published import count_published
from personalization.pipelines.data_processing.quarantine import collect_rejected_rows, type_rows

__all__ = [
    "account_for_rows",
    "check_rejections",
    "collect_rejected_rows",
    "inspect_files",
    "publish_descriptions",
    "publish_interactions",
    "type_inspected_rows",
]

logger = logging.getLogger(__name__)


def inspect_files(**raw: RawFiles) -> dict[str, RawFiles]:
    """Look at the files of every source before a row of any is read.

    A header that misses a column is found while the inputs of this node are loaded, so that a
    changed schema stops the run before it has written anything.

    Returns:
        Files by table.

    Raises:
        ConfigurationError: an entry describes another table than the one that its name tells.
    """
    for name, files in raw.items():
        table = files.description.table
        require(name == f"raw_{table}", f"{name}: its table is '{table}'; see the catalog.")
    return {files.description.table: files for files in raw.values()}


def type_inspected_rows(raw: RawFiles, inspected: dict[str, RawFiles]) -> DataFrame:
    """Type every row of a source whose files are still those that were inspected.

    Grain and columns: as ``type_rows``.

    Raises:
        SourceFileError: a file is not as it was when the run began.
    """
    table = raw.description.table
    if raw.files != inspected[table].files:
        raise SourceFileError(
            f"raw_{table}: files came, went or changed while the run was reading them. "
            "Nothing was published. Run again when the delivery is complete."
        )
    return type_rows(raw)


def check_rejections(
    limits: Limits, inspected: dict[str, RawFiles], **typed: DataFrame
) -> list[FileCounts]:
    """Count rows per file and stop the run where too many are rejected.

    Args:
        limits: shares above which nothing is published.
        inspected: the files of every source.
        typed: ``int_<table>`` of every source; ``int_rejected_rows`` is only waited for, so that
            whoever is told to look at it finds it written.

    Returns:
        Rows received and rejected per file: what the publishing nodes wait for.

    Raises:
        RejectedShareError: a limit is passed.
    """
    tables = {name: typed[f"int_{name}"] for name in inspected}
    counts = count_rows(inspected, tables)
    check_limits(counts, limits)
    for name in name_cut_files(counts):
        logger.warning("%s ended too early: rows are missing. Ask for the whole file.", name)
    return counts


def publish_interactions(
    counts: list[FileCounts], batch: Batch, weights: InteractionWeights, **typed: DataFrame
) -> DataFrame:
    """Interactions of the good rows of events, orders and search logs.

    ``counts`` is what the run has been allowed to publish: without it there is no publishing.
    """
    logger.info("Publishing the interactions that %d files tell", len(counts))
    return tell_interactions(typed, batch, weights)


def tell_interactions(
    typed: Mapping[str, DataFrame], batch: Batch, weights: InteractionWeights
) -> DataFrame:
    """Interactions of the good rows in ``int_events``, ``int_orders`` and ``int_search_logs``."""
    tables = {name: typed[f"int_{name}"] for name in ("events", "orders", "search_logs")}
    return interactions.build_interactions(tables, batch, weights)


def publish_descriptions(
    counts: list[FileCounts], batch: Batch, **typed: DataFrame
) -> tuple[DataFrame, DataFrame, DataFrame, DataFrame]:
    """Users, items, impressions and searches of the good rows."""
    logger.info("Publishing the descriptions that %d files hold", len(counts))
    return (
        entities.build_users(typed["int_users"], batch),
        entities.build_items(typed["int_products"], batch),
        entities.build_impressions(typed["int_events"], batch),
        entities.build_searches(typed["int_search_logs"], batch),
    )


def account_for_rows(
    counts: list[FileCounts], batch: Batch, weights: InteractionWeights, **tables: DataFrame
) -> dict[str, Any]:
    """Check the accounting identity against the published tables and report it per file.

    What the good rows tell is derived once more and looked up key by key.

    Args:
        counts: rows received and rejected per file.
        batch: this run.
        weights: as for publishing.
        tables: every ``int_<table>`` and every primary table, by their names.

    Raises:
        AccountingError: a row that was accepted is not published.
    """
    told = {
        "prm_user_item_interactions": tell_interactions(tables, batch, weights),
        "prm_users": entities.build_users(tables["int_users"], batch),
        "prm_items": entities.build_items(tables["int_products"], batch),
        "prm_impressions": entities.build_impressions(tables["int_events"], batch),
        "prm_searches": entities.build_searches(tables["int_search_logs"], batch),
    }
    published = count_published(told, tables, batch)
    sources: dict[str, Any] = {}
    every: list[dict[str, Any]] = []
    for source in dict.fromkeys(one.source for one in counts):
        files = [one for one in counts if one.source == source]
        entries = [account_for_file(o, published.get((source, o.facts.name), {})) for o in files]
        sources[source] = {**summarise(files, entries), "files": entries}
        every += entries
    totals = summarise(counts, every)
    logger.info("%s", tell_totals(totals))
    if not totals["received"]:
        logger.warning("No source delivered any row; see 'filepath' of the catalog's raw_* entries")
    return {"batch_id": batch.batch_id, "totals": totals, "sources": sources}
