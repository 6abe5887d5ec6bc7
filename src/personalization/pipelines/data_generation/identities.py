"""Who is behind a session, and what is wrong with a row, under the ids that the files have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from pyspark.sql import functions as F  # noqa: N812 - Spark's own custom

from personalization.contracts import kinds
from personalization.pipelines.data_generation.bundles import (
    ROWS,
    SOILED,
    VISITS,
    of_happenings,
    open_bundles,
    open_rows,
    read_columns,
)
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
    from numpy.typing import NDArray
    from pyspark import Broadcast
    from pyspark.sql import DataFrame

ROW, LINE, FILE = "dirt", "line_dirt", "file"
DIRT: Final = "of string, row_id string, line_number int, what string, delivered int"
VISITORS: Final = ("account", "stranger", "bot")
SESSIONS: Final = "session_id string, visitor string, user_id string"
# What a person has one of in a visit: first letter of its id, and the column with its number.
IDS: Final = {"session_id": (texts.SESSION, "visit"), "order_id": (texts.ORDER, "order")}
OWN_NUMBERS: Final = ("person", "seq", "kind", "visit", "order", "item")
NAMED: Final = f"{ROWS}, row_id string, session_id string, order_id string, item_id string"


@dataclass(frozen=True)
class SessionNamer:
    """Names the sessions in bundles of visits; runs in Python workers."""

    world: Broadcast[World]

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Rows as ``SESSIONS``."""
        import pyarrow as pa

        world = self.world.value
        for one in open_bundles(batches):
            rows = read_columns(one.rows)
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
    broadcast = active_session().sparkContext.broadcast(world)
    visits = happenings.filter(F.col("holds") == VISITS)
    return visits.mapInArrow(SessionNamer(broadcast), SESSIONS)


@dataclass(frozen=True)
class RowNamer:
    """Adds the files' ids to rows from bundles; runs in Python workers."""

    seed: int

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Rows as ``NAMED``."""
        import pyarrow as pa

        for rows in open_rows(batches):
            read = read_columns(rows.select(OWN_NUMBERS))
            ids = {
                "row_id": name_rows(self.seed, read),
                **{
                    name: texts.write_visits(self.seed, prefix, read["person"], read[number])
                    for name, (prefix, number) in IDS.items()
                },
                "item_id": texts.only_where(read["item"] >= 0, texts.write_items, read["item"]),
            }
            yield pa.RecordBatch.from_arrays(
                [*rows.columns, *ids.values()], [*rows.schema.names, *ids]
            )


def name_happenings(happenings: DataFrame, seed: int) -> DataFrame:
    """Everything that happened, row by row, with the ids that the files have.

    Grain: one row per event or search as delivered. Columns: ``bundles.ROWS``, then ``row_id`` (of
    the event or search), ``session_id``, ``order_id``, ``item_id``.

    Args:
        happenings: columns ``bundles.BUNDLES``, such as ``truth_happenings``.
        seed: of the shop, as in ``truth_parameters``.
    """
    return of_happenings(happenings).mapInArrow(RowNamer(seed), NAMED)


def name_rows(seed: int, rows: Mapping[str, NDArray[Any]]) -> pa.Array:
    """Id of the event or search that each row is."""
    import pyarrow as pa
    import pyarrow.compute as pc

    own = (rows["person"], rows["seq"])
    events, searches = (texts.write_ids(seed, one, *own) for one in (texts.EVENT, texts.SEARCH))
    return pc.if_else(pa.array(rows["kind"] == NUMBER_OF[SEARCH]), searches, events)


def name_soiled_rows(seed: int, rows: Mapping[str, NDArray[Any]]) -> Iterator[pa.RecordBatch]:
    """What is wrong with each row under the id that the files have. Columns: ``DIRT``."""
    import pyarrow as pa

    bought = rows["kind"] == NUMBER_OF[kinds.PURCHASE]
    # an order line comes twice, or late, with the event that it also is
    with_event = bought & np.isin(rows[ROW], (DUPLICATE, LATE))
    orders = texts.write_visits(seed, texts.ORDER, rows["person"], rows["order"])
    for of, row_id, words, number, told in (
        (ROW, name_rows(seed, rows), EVENT_DIRT, rows[ROW], rows[ROW] > 0),
        (LINE, orders, LINE_DIRT, rows[LINE], rows[LINE] > 0),
        (LINE, orders, EVENT_DIRT, rows[ROW], with_event),
    ):
        lines = pa.array(rows["line"].astype(np.int32), mask=np.full(told.size, of != LINE))
        columns = {
            "of": pa.array([of] * told.size, pa.string()),
            "row_id": row_id,
            "line_number": lines,
            "what": texts.pick_words(words, number),
            "delivered": pa.array(rows["delivered"]),
        }
        yield pa.RecordBatch.from_pydict(columns).filter(pa.array(told))


@dataclass(frozen=True)
class DirtNamer:
    """Names the rows in bundles of soiled ones; runs in Python workers."""

    seed: int

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Rows as ``DIRT``."""
        for one in open_bundles(batches):
            yield from name_soiled_rows(self.seed, read_columns(one.rows))


def list_soiled_rows(world: World, happenings: DataFrame) -> DataFrame:
    """What is wrong with which row. Grain: one row per soiled row. Columns: ``DIRT``."""
    soiled = happenings.filter(F.col("holds") == SOILED)
    return soiled.mapInArrow(DirtNamer(world.seed), DIRT)


def list_dirty_files(world: World) -> DataFrame:
    """Days with wrong files. Grain: one row per day and kind. Columns: ``DIRT``."""
    rows = [
        (FILE, None, None, kind, day)
        for kind, days in find_dirty_files(world).items()
        for day in np.flatnonzero(days).tolist()
    ]
    return active_session().createDataFrame(rows, DIRT)
