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

    Grain: one row per key that is told or there.
    Columns: source and file, then 1 or 0 (null for one that is told and not there): ``merged``
    (there, with the stamp of this run), ``unchanged`` (there, with another), ``stale`` (there, but
    in the file no more), ``stamped`` (stale, with the stamp of this run).

    Args:
        home: key and sources.
        told: what the good rows amount to, one row per key.
        table: the primary table as it is now.
        batch: this run.
    """
    where = (c.SOURCE, c.SOURCE_FILE)
    of_home = F.col(c.SOURCE).isin(*home.sources)
    this_run = F.col(c.BATCH_ID) == batch.batch_id
    new = told.filter(of_home).select(home.key, *where).alias("new")
    old = table.filter(of_home).select(home.key, *where, this_run.alias(STAMPED)).alias("old")
    in_file, stamped = F.col(f"new.{c.SOURCE_FILE}").isNotNull(), F.col(STAMPED)
    counted = {
        MERGED: in_file & stamped,
        UNCHANGED: in_file & ~stamped,
        STALE: ~in_file,
        STAMPED: ~in_file & stamped,
    }
    return new.join(old, home.key, how="full_outer").select(
        *(F.coalesce(f"new.{name}", f"old.{name}").alias(name) for name in where),
        *(condition.cast("long").alias(name) for name, condition in counted.items()),
    )


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
