"""The files of a shop that come every day, one for each day and table, as pieces of bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Final

import numpy as np
from pyspark.sql import functions as F  # noqa: N812 - Spark's own custom

from personalization.contracts import columns as c
from personalization.contracts import schemas
from personalization.datasets.raw_writing import PIECES, cut_pieces
from personalization.pipelines.data_generation.bundles import (
    EVENTS,
    PURCHASES,
    SEARCHES,
    Bundle,
    Rows,
    open_bundles,
    pick_rows,
    read_columns,
    runs,
)
from personalization.pipelines.data_generation.tasks import count_tasks
from personalization.simulation import texts
from personalization.simulation.chance import Flags, Indices, scramble
from personalization.simulation.dirt import CHANGED, REDELIVERED, RENAMED, find_dirty_files
from personalization.simulation.tables import WRITERS, to_csv
from personalization.simulation.world import World
from personalization.spark.build import active_session

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark import Broadcast
    from pyspark.sql import Column, DataFrame

# The bundles that each table's rows are in: a purchase is an event and an order line.
HELD_BY: Final = {
    schemas.EVENTS.name: (EVENTS, PURCHASES),
    schemas.ORDERS.name: (PURCHASES,),
    schemas.SEARCH_LOGS.name: (SEARCHES,),
}
# A column of each table and what a renamed file calls it.
OTHER_NAMES: Final = {
    schemas.EVENTS.name: {c.ITEM_ID: "product_id"},
    schemas.ORDERS.name: {c.ITEM_ID: "product_id"},
    schemas.SEARCH_LOGS.name: {c.QUERY: "search_term"},
}
ROWS_AT_ONCE: Final = 100_000


@dataclass(frozen=True)
class DayWriter:
    """Turns bundles that come by day into pieces of CSV; runs in Python workers."""

    world: Broadcast[World]
    table: str

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Pieces as ``PIECES``."""
        dirty = find_dirty_files(self.world.value)
        twice = dirty[REDELIVERED] | dirty[CHANGED]
        for days, rows in read_days(self.world.value.seed, open_bundles(batches)):
            yield from self._write(days, rows, ".csv", dirty[RENAMED])
            again = change_prices(pick_rows(rows, twice[rows["delivered"]]), dirty[CHANGED])
            yield from self._write(days[twice[days]], again, "-again.csv", dirty[RENAMED])

    def _write(
        self, days: Indices, rows: Rows, ending: str, renamed: Flags
    ) -> Iterator[pa.RecordBatch]:
        last = -1
        for first in range(0, rows["delivered"].size, ROWS_AT_ONCE):
            part = pick_rows(rows, slice(first, first + ROWS_AT_ONCE))
            table = self._tell(part)
            for start, end in runs(part["delivered"]):
                day = int(part["delivered"][start])
                of_day = table.slice(start, end - start)
                yield self._piece(day, of_day, ending, head=day != last, renamed=renamed)
                last = day
        nothing = self._tell(pick_rows(rows, slice(0)))
        for day in np.setdiff1d(days, rows["delivered"]).tolist():
            yield self._piece(day, nothing, ending, head=True, renamed=renamed)

    def _tell(self, rows: Rows) -> pa.Table:
        import pyarrow as pa

        return pa.table(WRITERS[self.table](self.world.value, rows))

    def _piece(
        self, day: int, rows: pa.Table, ending: str, *, head: bool, renamed: Flags
    ) -> pa.RecordBatch:
        if renamed[day]:
            rows = rows.rename_columns(OTHER_NAMES[self.table])
        content = to_csv(rows, header=head)
        return cut_pieces(f"{self._date(day)}{ending}", content, rows.num_rows)

    def _date(self, day: int) -> str:
        (date,) = texts.write_days(self.world.value.period.midnight(np.array([day]))).to_pylist()
        return str(date)


def read_days(seed: int, bundles: Iterable[Bundle]) -> Iterator[tuple[Indices, Rows]]:
    """Whole days with their rows, as many as make :data:`ROWS_AT_ONCE`, and one at least."""
    gathered: list[Bundle] = []
    for _, of_day in groupby(bundles, key=day_of):
        gathered += of_day
        if sum(one.rows.num_rows for one in gathered) >= ROWS_AT_ONCE:
            days, rows, gathered = list_days(gathered), join_bundles(seed, gathered), []
            yield days, rows
    if gathered:
        yield list_days(gathered), join_bundles(seed, gathered)


def list_days(bundles: Iterable[Bundle]) -> Indices:
    """The days that bundles are of, each once; also those without a row."""
    return np.unique([one.day for one in bundles])


def day_of(one: Bundle) -> int | None:
    """The day of the file that a bundle's rows belong to."""
    return one.day


def join_bundles(seed: int, bundles: Iterable[Bundle]) -> Rows:
    """The rows of some files: by file and moment, then by visit, those of one together.

    Which visit comes first within a second tells nothing of whose it is.
    """
    import pyarrow as pa

    rows = read_columns(pa.Table.from_batches([one.rows for one in bundles]))
    visit = scramble(seed, "place in file", (rows["person"] << texts.NUMBER_BITS) + rows["visit"])
    place = np.lexsort((rows["seq"], visit, rows["ts"], rows["delivered"]))
    # a large shop's day fills the memory: no column is there twice longer than it must
    return {name: rows.pop(name)[place] for name in tuple(rows)}


def change_prices(rows: Rows, days: Flags) -> Rows:
    """The rows, in each file of these days the first one that is otherwise clean a unit dearer."""
    clean = (rows["dirt"] == 0) & (rows["line_dirt"] == 0) & (rows["item"] >= 0)
    chosen = np.flatnonzero(clean & days[rows["delivered"]])
    _, first = np.unique(rows["delivered"][chosen], return_index=True)
    price = rows["price"].copy()
    price[chosen[first]] += 1
    return {**rows, "price": price}


def name_empty_bundle(holds: str) -> list[Column]:
    """A bundle without rows for the day ``id``, so that it has a file. Columns: ``BUNDLES``."""
    zero = F.lit(0)
    return [
        F.lit(holds).alias("holds"),
        F.col("id").cast("int").alias("day"),
        zero.alias("rows"),
        zero.cast("long").alias("raw_bytes"),
        F.lit(None).cast("binary").alias("content"),
    ]


def deliver_days(world: World, happenings: DataFrame, table: str) -> DataFrame:
    """The daily files of one table; a day on which nothing happened has a head and no row.

    Grain: one row per piece of a file. Columns: ``PIECES``.
    """
    session = active_session()
    n_days = world.period.n_days
    cores = session.sparkContext.defaultParallelism
    n_slots = count_tasks(world.n_people, cores, n_days)
    slot = F.floor(F.col("day") * n_slots / n_days).cast("int")
    every_day = session.range(0, n_days, 1, 1).select(*name_empty_bundle(HELD_BY[table][0]))
    ordered = (
        happenings.filter(F.col("holds").isin(*HELD_BY[table]))
        .unionByName(every_day)
        .repartitionById(n_slots, slot)
        .sortWithinPartitions("day")
    )
    writer = DayWriter(session.sparkContext.broadcast(world), table)
    return ordered.mapInArrow(writer, PIECES)
