"""The raw files of a shop: a file for each day and table, as pieces of bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from pyspark.sql import functions as F  # noqa: N812 - Spark's own custom

from personalization.contracts import columns as c
from personalization.contracts import kinds, schemas
from personalization.datasets.raw_writing import PIECES
from personalization.pipelines.data_generation.packing import (
    AGAIN,
    UNPACKED,
    WORDS,
    order_in_files,
    pack,
    read_columns,
    unpack,
)
from personalization.simulation import texts
from personalization.simulation.accounts import draw_pools, write_accounts
from personalization.simulation.dirt import CHANGED, REDELIVERED, RENAMED, find_dirty_files
from personalization.simulation.happenings import NUMBER_OF, SEARCH
from personalization.simulation.products import write_products
from personalization.simulation.tables import WRITERS, to_csv
from personalization.simulation.world import World
from personalization.spark.build import active_session

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray
    from pyspark import Broadcast
    from pyspark.sql import Column, DataFrame

KINDS_OF: Final = {
    schemas.EVENTS.name: kinds.EVENT_KINDS,
    schemas.ORDERS.name: (kinds.PURCHASE,),
    schemas.SEARCH_LOGS.name: (SEARCH,),
}
# A column of each table and what a renamed file calls it.
OTHER_NAMES: Final = {
    schemas.EVENTS.name: (c.ITEM_ID, "product_id"),
    schemas.ORDERS.name: (c.ITEM_ID, "product_id"),
    schemas.SEARCH_LOGS.name: (c.QUERY, "search_term"),
}
USERS_PER_PIECE: Final = 20_000
SLOTS_PER_CORE: Final = 4
PEOPLE_PER_SLOT: Final = 8192  # at most, whose days are written by one task where there are many


def piece(file: str, content: bytes, rows: int) -> pa.RecordBatch:
    """One row of ``PIECES``."""
    import pyarrow as pa

    return pa.RecordBatch.from_pylist([{"file": file, "content": content, "rows": rows}])


@dataclass(frozen=True)
class DayWriter:
    """Turns rows that come by file into pieces of CSV; runs in Python workers."""

    world: Broadcast[World]
    table: str

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Pieces as ``PIECES``."""
        last, dirty = "", find_dirty_files(self.world.value)
        for batch in batches:
            rows = unpack(read_columns(batch))
            for start, end in runs(rows["delivered"], rows[AGAIN]):
                part = {name: column[start:end] for name, column in rows.items()}
                file, day = self._name(part), int(part["delivered"][0])
                if dirty[CHANGED][day] and part[AGAIN][0] and file != last:
                    part = change_price(part)
                columns = WRITERS[self.table](self.world.value, part)
                if dirty[RENAMED][day]:
                    columns = rename_column(columns, *OTHER_NAMES[self.table])
                content = to_csv(columns, header=file != last)
                last = file
                yield piece(file, content, end - start)

    def _name(self, rows: dict[str, NDArray[Any]]) -> str:
        first = self.world.value.period.midnight(rows["delivered"][:1].astype(np.int64))
        (day,) = texts.write_days(first).to_pylist()
        return f"{day}-again.csv" if rows[AGAIN][0] else f"{day}.csv"


def change_price(rows: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """The rows, the first one that is otherwise clean a unit dearer."""
    clean = (rows["dirt"] == 0) & (rows["line_dirt"] == 0) & (rows["item"] >= 0)
    dearer = np.arange(clean.size) == np.argmax(clean)
    return {**rows, "price": rows["price"] + (dearer & clean)}


def rename_column(columns: dict[str, pa.Array], name: str, other: str) -> dict[str, pa.Array]:
    """The columns, one of them under another name.

    >>> rename_column({"a": 1, "b": 2}, "a", "c")
    {'c': 1, 'b': 2}
    """
    return {other if key == name else key: column for key, column in columns.items()}


def runs(*columns: NDArray[Any]) -> list[tuple[int, int]]:
    """Start and end of each run of rows that are equal in all columns.

    >>> runs(np.array([1, 1, 2]), np.array([0, 0, 0]))
    [(0, 2), (2, 3)]
    """
    changes = np.zeros(columns[0].size - 1, dtype=bool)
    for column in columns:
        changes |= column[1:] != column[:-1]
    edges = [0, *(np.flatnonzero(changes) + 1).tolist(), columns[0].size]
    return list(pairwise(edges))


def deliveries(world: World) -> Column:
    """An entry for each time that the file of a row's day comes: whether it has come before."""
    dirty = find_dirty_files(world)
    days = np.flatnonzero(dirty[REDELIVERED] | dirty[CHANGED]).tolist()
    once, twice = F.array(F.lit(0)), F.array(F.lit(0), F.lit(1))
    return F.when(F.col("delivered").isin(days), twice).otherwise(once)


def deliver_days(world: World, happenings: DataFrame, table: str) -> DataFrame:
    """The daily files of one table.

    Grain: one row per piece of a file. Columns: ``PIECES``.
    """
    session = active_session()
    n_days = world.period.n_days
    cores = session.sparkContext.defaultParallelism
    n_slots = min(n_days, max(SLOTS_PER_CORE * cores, -(-world.n_people // PEOPLE_PER_SLOT)))
    wanted = [NUMBER_OF[kind] for kind in KINDS_OF[table]]
    words = ("query", "results") if table == schemas.SEARCH_LOGS.name else ()
    slot = F.floor(F.col("delivered") * n_slots / n_days).cast("int")
    ordered = (
        happenings.filter(F.col("kind").isin(wanted))
        .withColumn(AGAIN, F.explode(deliveries(world)))
        .select(slot.alias("slot"), *map(pack, WORDS), *UNPACKED, *words)
        .repartitionById(n_slots, F.col("slot"))
        .sortWithinPartitions(*order_in_files())
        .drop("slot")
    )
    writer = DayWriter(session.sparkContext.broadcast(world), table)
    return ordered.mapInArrow(writer, PIECES)


@dataclass(frozen=True)
class WholeWriter:
    """Writes a table that has one file; runs in a Python worker."""

    world: Broadcast[World]
    table: str

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Pieces as ``PIECES``."""
        for _ in batches:
            yield from self._users() if self.table == schemas.USERS.name else self._products()

    def _users(self) -> Iterator[pa.RecordBatch]:
        world = self.world.value
        pools = draw_pools(world.seed, world.countries)
        for first in range(0, world.size.n_users, USERS_PER_PIECE):
            number = np.arange(first, min(first + USERS_PER_PIECE, world.size.n_users))
            content = to_csv(write_accounts(world, pools, number), header=first == 0)
            yield piece("users.csv", content, number.size)

    def _products(self) -> Iterator[pa.RecordBatch]:
        content = to_csv(write_products(self.world.value), header=True)
        yield piece("products.csv", content, self.world.value.items.size)


def deliver_whole(world: World, table: str) -> DataFrame:
    """The one file of users or products. Columns: ``PIECES``."""
    session = active_session()
    writer = WholeWriter(session.sparkContext.broadcast(world), table)
    return session.range(0, 1, 1, 1).mapInArrow(writer, PIECES)


def deliver_nothing() -> DataFrame:
    """No piece of any file. Columns: ``PIECES``."""
    return active_session().createDataFrame([], PIECES)
