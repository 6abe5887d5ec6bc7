"""Nothing is lost between typed rows and published tables: what is told is there, or repeats."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F  # noqa: N812 - Spark's own custom

from personalization.contracts import columns as c
from personalization.contracts.checks import SUPERSEDED
from personalization.contracts.errors import AccountingError
from personalization.contracts.schemas import EVENTS, ORDERS, PRODUCTS, SEARCH_LOGS, USERS
from personalization.pipelines.data_processing.accounting import held_by_taken
from personalization.pipelines.data_processing.options import Batch
from personalization.pipelines.data_processing.planning import Plan
from personalization.pipelines.data_processing.scope import DESCRIBING, Scope
from personalization.spark.frames import unite

TOLD: Final = "told"
THERE: Final = "there"
REPEATED: Final = "repeated"
MERGED: Final = "merged"
REPLACED: Final = "replaced"
CHECKED: Final = (TOLD, THERE, REPEATED)
SUM_OF: Final = "sum_of_"  # of hashes of keys
HASH_BITS_DROPPED: Final = 32  # so that two billion of them add up to a bigint


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
    "prm_users": Home(c.USER_ID, (USERS.name,)),
    "prm_items": Home(c.ITEM_ID, (PRODUCTS.name,)),
    "prm_user_item_interactions": Home(c.INTERACTION_ID, (EVENTS.name, ORDERS.name)),
    "prm_impressions": Home(c.IMPRESSION_ID, (EVENTS.name,)),
    "prm_searches": Home(c.SEARCH_KEY, (SEARCH_LOGS.name,)),
}


@dataclass(frozen=True)
class FileBalance:
    """What became of the good rows of one file within a scope.

    Attributes:
        told: rows that nothing in themselves rejects.
        there: of them in the published tables.
        repeated: of them that repeat another row.
        merged: of those that are there, how many carry the stamp of this run.
        adds_up: whether told are there or repeated, row by row.
        replaced: of those repeated, how many a newer row of this run stands in place of.
    """

    told: int
    there: int
    repeated: int
    merged: int
    adds_up: bool
    replaced: int = 0


def tally(rows: DataFrame, what: str, key: str, **also: Column) -> DataFrame:
    """Rows to be added up for one side of the balance.

    Grain: one row per row.
    Columns: ``source``, ``source_file``, 1 for ``what`` and 0 for the other sides, the hash of the
    key for ``sum_of_<what>`` and 0 for the others; ``merged`` and ``replaced``, whether ``also``
    says so.
    """
    # A sum of hashes differs, all but surely, where one row is lost and another there twice.
    hashed = F.shiftright(F.xxhash64(key), HASH_BITS_DROPPED)
    nothing = F.lit(0).cast("long")
    ones = {name: F.lit(int(name == what)).cast("long") for name in CHECKED}
    hashes = {f"{SUM_OF}{name}": hashed if name == what else nothing for name in CHECKED}
    counted = {name: also.get(name, nothing).cast("long") for name in (MERGED, REPLACED)}
    columns = {**ones, **hashes, **counted}
    named = (value.alias(name) for name, value in columns.items())
    return rows.select(c.SOURCE, c.SOURCE_FILE, *named)


def tally_published(name: str, table: DataFrame, scope: Scope, batch: Batch) -> DataFrame:
    """Rows of a primary table that are at home there, within the scope."""
    home = HOMES[name]
    at_home = table.filter(F.col(c.SOURCE).isin(*home.sources))
    if home.sources[0] not in DESCRIBING and scope.where:
        at_home = at_home.filter(scope.where)
    return tally(at_home, THERE, home.key, merged=F.col(c.BATCH_ID) == batch.batch_id)


def replaced_by(plan: Plan) -> Column:
    """Whether a row that repeats another one is older than one that a run takes."""
    return (F.col(c.REJECTED_BY) == SUPERSEDED) & held_by_taken(plan)


def key_in_rows(source: str) -> str:
    """Column of typed rows that the key of the source's primary table is made of."""
    return c.ROW_KEY if source in DESCRIBING else c.ROW_ID


def balance_files(
    scope: Scope,
    plan: Plan,
    typed: Mapping[str, DataFrame],
    tables: Mapping[str, DataFrame],
    repeats: DataFrame,
) -> dict[tuple[str, str], FileBalance]:
    """What became of the good rows of each source and file within the scope.

    Args:
        scope: what the run derived.
        plan: what the run did.
        typed: source to its typed rows.
        tables: primary tables by name.
        repeats: rows that repeat another one.
    """
    parts = []
    for source, rows in typed.items():
        if scope.concerns(source):
            key = key_in_rows(source)
            parts.append(tally(scope.good_rows(source, rows), TOLD, key))
            again = repeats.filter(F.col(c.SOURCE) == source)
            again = again if source in DESCRIBING or not scope.where else again.filter(scope.where)
            parts.append(tally(again, REPEATED, key, replaced=replaced_by(plan)))
    for name, table in tables.items():
        if any(scope.concerns(source) for source in HOMES[name].sources):
            parts.append(tally_published(name, table, scope, plan.batch))
    if not parts:
        return {}
    summed = (*CHECKED, *(f"{SUM_OF}{name}" for name in CHECKED), MERGED, REPLACED)
    sums = (F.sum(name).alias(name) for name in summed)
    # One row per file.
    rows_found = unite(parts).groupBy(c.SOURCE, c.SOURCE_FILE).agg(*sums).collect()
    return {(row[c.SOURCE], row[c.SOURCE_FILE]): read_balance(row.asDict()) for row in rows_found}


def read_balance(sums: Mapping[str, int]) -> FileBalance:
    """The balance that the sums of one file make."""
    told, there, repeated = (sums[name] for name in CHECKED)
    hashes = [sums[f"{SUM_OF}{name}"] for name in CHECKED]
    adds_up = told == there + repeated and hashes[0] == hashes[1] + hashes[2]
    return FileBalance(told, there, repeated, sums[MERGED], adds_up, sums[REPLACED])


def require_balance(balances: Mapping[tuple[str, str], FileBalance]) -> None:
    """Stop where good rows of a file are not there, or others are.

    Raises:
        AccountingError: naming source, file and numbers.
    """
    for (source, name), one in balances.items():
        if not one.adds_up:
            raise AccountingError(
                f"{source}, file {name}: of {one.told} good rows {one.repeated} repeat another "
                f"row and {one.there} are published, which does not add up row by row. Rows were "
                "lost or are there twice; the primary tables cannot be trusted."
            )
