"""Who is behind a session, and what is wrong with a row, under the ids that the files have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from pyspark.sql import functions as F  # noqa: N812 - Spark's own custom

from personalization.contracts import kinds
from personalization.pipelines.data_generation.packing import read_columns
from personalization.simulation import texts
from personalization.simulation.dirt import (
    DUPLICATE,
    EVENT_DIRT,
    LATE,
    LINE_DIRT,
    find_dirty_files,
)
from personalization.simulation.happenings import NUMBER_OF, SEARCH
from personalization.simulation.world import World
from personalization.spark.build import active_session

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark import Broadcast
    from pyspark.sql import Column, DataFrame

ROW, LINE, FILE = "dirt", "line_dirt", "file"
DIRT: Final = "of string, row_id string, line_number int, what string, delivered int"
VISITORS: Final = ("account", "stranger", "bot")
SESSIONS: Final = "session_id string, visitor string, user_id string"


@dataclass(frozen=True)
class SessionNamer:
    """Names the sessions of people that come in Arrow batches; runs in Python workers."""

    world: Broadcast[World]

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Rows as ``SESSIONS``."""
        import pyarrow as pa

        world = self.world.value
        for batch in batches:
            rows = read_columns(batch)
            person, has_account = rows["person"], rows["person"] < world.size.n_users
            visitor = np.where(has_account, 0, np.where(person < world.n_humans, 1, 2))
            columns = {
                "session_id": texts.write_visits(world.seed, texts.SESSION, person, rows["visit"]),
                "visitor": texts.pick_words(VISITORS, visitor),
                "user_id": texts.only_where(has_account, texts.write_users, person),
            }
            yield pa.RecordBatch.from_pydict(columns)


def list_visitors(world: World, happenings: DataFrame) -> DataFrame:
    """Who each session is of, known to the shop or not.

    Grain: one row per session. Columns: ``SESSIONS``; ``user_id`` of accounts only.
    """
    visits = happenings.filter(F.col("visit") >= 0).select("person", "visit").distinct()
    broadcast = active_session().sparkContext.broadcast(world)
    return visits.mapInArrow(SessionNamer(broadcast), SESSIONS)


@dataclass(frozen=True)
class DirtNamer:
    """Names soiled rows that come in Arrow batches; runs in Python workers."""

    world: Broadcast[World]

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Rows as ``DIRT``."""
        import pyarrow as pa
        import pyarrow.compute as pc

        seed = self.world.value.seed
        for batch in batches:
            rows = read_columns(batch)
            of_line, searched = rows["of"] == LINE, rows["kind"] == NUMBER_OF[SEARCH]
            own = (rows["person"], rows["seq"])
            events, searches = (
                texts.write_ids(seed, prefix, *own) for prefix in (texts.EVENT, texts.SEARCH)
            )
            orders = texts.write_visits(seed, texts.ORDER, rows["person"], rows["order"])
            row_id = pc.if_else(pa.array(searched), searches, events)
            columns = {
                "of": batch.column("of"),
                "row_id": pc.if_else(pa.array(of_line), orders, row_id),
                "line_number": pa.array(rows["line"].astype(np.int32), mask=~of_line),
                "what": batch.column("what"),
                "delivered": pa.array(rows["delivered"].astype(np.int32)),
            }
            yield pa.RecordBatch.from_pydict(columns)


def tell_dirt(column: str, words: tuple[str, ...], about: str, where: Column) -> Column:
    """What a number of dirt stands for, with what it is about; null where nothing is wrong."""
    word = F.element_at(F.array(*map(F.lit, words)), F.col(column).cast("int") + 1)
    told = F.struct(F.lit(about).alias("of"), word.alias("what"))
    return F.when(where, told)


def list_soiled_rows(world: World, happenings: DataFrame) -> DataFrame:
    """What is wrong with which row. Grain: one row per soiled row. Columns: ``DIRT``."""
    # an order line comes twice, or late, with the event that it also is
    bought = F.col("kind") == NUMBER_OF[kinds.PURCHASE]
    both = (
        tell_dirt(ROW, EVENT_DIRT, ROW, F.col(ROW) > 0),
        tell_dirt(LINE, LINE_DIRT, LINE, F.col(LINE) > 0),
        tell_dirt(ROW, EVENT_DIRT, LINE, bought & F.col(ROW).isin(DUPLICATE, LATE)),
    )
    told = F.array_compact(F.array(*both))
    soiled = happenings.filter((F.col(ROW) > 0) | (F.col(LINE) > 0))
    found = soiled.withColumn("told", F.explode(told)).select(
        "person", "seq", "kind", "order", "line", "told.of", "told.what", "delivered"
    )
    broadcast = active_session().sparkContext.broadcast(world)
    return found.distinct().mapInArrow(DirtNamer(broadcast), DIRT)


def list_dirty_files(world: World) -> DataFrame:
    """Days with wrong files. Grain: one row per day and kind. Columns: ``DIRT``."""
    rows = [
        (FILE, None, None, kind, day)
        for kind, days in find_dirty_files(world).items()
        for day in np.flatnonzero(days).tolist()
    ]
    return active_session().createDataFrame(rows, DIRT)
