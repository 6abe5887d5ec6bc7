"""What a run's good rows tell, looked up in the published tables key by key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812 - Spark's own custom

from personalization.contracts import columns as c
from personalization.pipelines.data_processing.options import Batch

MERGED: Final = "merged"
UNCHANGED: Final = "unchanged"
STALE: Final = "stale"
STAMPED: Final = "stamped"
FOUND: Final = (MERGED, UNCHANGED, STALE, STAMPED)


@dataclass(frozen=True)
class Home:
    """Where the rows of some sources live once published.

    Attributes:
        key: the primary table's key.
        sources: whose rows these are; other rows of the table have their home elsewhere.
    """

    key: str
    sources: tuple[str, ...]


# Clicks on searches are told a second time as interactions: their home is the search.
HOMES: Final = {
    "prm_users": Home(c.USER_ID, ("users",)),
    "prm_items": Home(c.ITEM_ID, ("products",)),
    "prm_user_item_interactions": Home(c.INTERACTION_ID, ("events", "orders")),
    "prm_impressions": Home(c.IMPRESSION_ID, ("events",)),
    "prm_searches": Home(c.SEARCH_ID, ("search_logs",)),
}


def compare_keys(home: Home, told: DataFrame, table: DataFrame, batch: Batch) -> DataFrame:
    """Look up, key by key, what the good rows tell in the table that should hold it.

    Grain: one row per source and file.
    Columns: ``merged`` (there, with the stamp of this run), ``unchanged`` (there, with another),
    ``stale`` (there, but in the file no more), ``stamped`` (stale, with the stamp of this run).

    Args:
        home: key and sources.
        told: what the good rows amount to, one row per key.
        table: the primary table as it is now.
        batch: this run.
    """
    where = (c.SOURCE, c.SOURCE_FILE)
    of_home = F.col(c.SOURCE).isin(*home.sources)
    wanted = told.filter(of_home).select(home.key, *where)
    there = table.select(home.key, (F.col(c.BATCH_ID) == batch.batch_id).alias(STAMPED))
    found = wanted.join(there, home.key, how="left").select(
        *where,
        F.col(STAMPED).cast("long").alias(MERGED),
        (~F.col(STAMPED)).cast("long").alias(UNCHANGED),
        F.lit(0).alias(STALE),
        F.lit(0).alias(STAMPED),
    )
    others = table.filter(of_home).join(wanted.select(home.key), home.key, how="left_anti")
    left_over = others.select(
        *where,
        F.lit(0).alias(MERGED),
        F.lit(0).alias(UNCHANGED),
        F.lit(1).alias(STALE),
        (F.col(c.BATCH_ID) == batch.batch_id).cast("long").alias(STAMPED),
    )
    return found.unionByName(left_over)


def count_published(
    told: Mapping[str, DataFrame], tables: Mapping[str, DataFrame], batch: Batch
) -> dict[tuple[str, str], dict[str, int]]:
    """Rows of each source and file as ``compare_keys`` finds them, over all primary tables."""
    parts = [compare_keys(home, told[name], tables[name], batch) for name, home in HOMES.items()]
    together = parts[0]
    for part in parts[1:]:
        together = together.unionByName(part)
    sums = [F.coalesce(F.sum(name), F.lit(0)).alias(name) for name in FOUND]
    # One row per file.
    rows = together.groupBy(c.SOURCE, c.SOURCE_FILE).agg(*sums).collect()
    return {
        (row[c.SOURCE], row[c.SOURCE_FILE]): {name: row[name] for name in FOUND} for row in rows
    }
