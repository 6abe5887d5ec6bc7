"""The nodes of data_processing."""

from __future__ import annotations

import logging
from typing import Any, Final

from pyspark.sql import DataFrame

from personalization.datasets.raw_rows import RawFiles
from personalization.pipelines.data_processing import entities, interactions
from personalization.pipelines.data_processing.accounting import (
    FileCounts,
    account_for_file,
    check_limits,
    count_published,
    count_rows,
    summarise,
)
from personalization.pipelines.data_processing.options import Batch, InteractionWeights, Limits
from personalization.pipelines.data_processing.quarantine import collect_rejected_rows, type_rows

__all__ = [
    "account_for_rows",
    "check_rejections",
    "collect_rejected_rows",
    "publish_descriptions",
    "publish_interactions",
    "type_rows",
]

logger = logging.getLogger(__name__)

# Where the rows of each source live; clicks on searches are told a second time as interactions.
HOMES: Final = {
    "prm_users": ("users",),
    "prm_items": ("products",),
    "prm_user_item_interactions": ("events", "orders"),
    "prm_impressions": ("events",),
    "prm_searches": ("search_logs",),
}


def check_rejections(limits: Limits, **frames: Any) -> list[FileCounts]:
    """Count rows per file and stop the run where too many are rejected.

    Args:
        limits: shares above which nothing is published.
        frames: ``raw_<table>`` (``RawFiles``) and ``int_<table>`` (typed rows) of every source;
            others are only waited for.

    Returns:
        Rows received and rejected per file: what the publishing nodes wait for.

    Raises:
        RejectedShareError: a limit is passed.
    """
    raw: dict[str, RawFiles] = {
        name.removeprefix("raw_"): value
        for name, value in frames.items()
        if name.startswith("raw_")
    }
    typed: dict[str, DataFrame] = {name: frames[f"int_{name}"] for name in raw}
    counts = count_rows(raw, typed)
    check_limits(counts, limits)
    return counts


def publish_interactions(
    counts: list[FileCounts], batch: Batch, weights: InteractionWeights, **typed: DataFrame
) -> DataFrame:
    """Interactions of the good rows of events, orders and search logs.

    ``counts`` is what the run has been allowed to publish: without it there is no publishing.
    """
    logger.info("Publishing what %d files tell", len(counts))
    tables = {name.removeprefix("int_"): table for name, table in typed.items()}
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


def account_for_rows(counts: list[FileCounts], batch: Batch, **tables: DataFrame) -> dict[str, Any]:
    """Check the accounting identity against the published tables and report it per file.

    Raises:
        AccountingError: a row that was accepted is not published.
    """
    published = count_published(tables, HOMES, batch)
    sources: dict[str, Any] = {}
    every: list[dict[str, Any]] = []
    for source in dict.fromkeys(one.source for one in counts):
        files = [one for one in counts if one.source == source]
        entries = [account_for_file(o, published.get((source, o.facts.name), {})) for o in files]
        sources[source] = {**summarise(files, entries), "files": entries}
        every += entries
    return {"batch_id": batch.batch_id, "totals": summarise(counts, every), "sources": sources}
