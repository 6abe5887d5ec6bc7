"""The people of a shop spread over Spark's workers, a block at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from personalization.simulation import texts
from personalization.simulation.dirt import soil
from personalization.simulation.happenings import COLUMNS, block_numbers, happen
from personalization.simulation.truth import best_items
from personalization.simulation.window import Window
from personalization.simulation.world import World
from personalization.spark.build import active_session
from personalization.spark.progress import Done, Teller, count_done

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark import Accumulator, Broadcast
    from pyspark.sql import DataFrame

SPARK_TYPES: Final = {
    "int8": "tinyint",
    "int16": "smallint",
    "int32": "int",
    "int64": "bigint",
    "float64": "double",
    "bool": "boolean",
}
TEXTS: Final = {"query": "string", "results": "array<int>"}
SOILED: Final = {"dirt": "int8", "line_dirt": "int8", "delivered": "int32"}
TYPES: Final = {**{name: dtype for name, (dtype, _) in COLUMNS.items()}, **SOILED}
SCHEMA: Final = ", ".join(
    f"`{name}` {TEXTS.get(name) or SPARK_TYPES[dtype]}" for name, dtype in TYPES.items()
)
SHARES_PER_CORE: Final = 4
PEOPLE_PER_SHARE: Final = 8192  # at most, so that a long job shows progress and repeats little


def arrow_schema() -> pa.Schema:
    """``SCHEMA`` in Arrow's words; a worker has no session to translate it."""
    import pyarrow as pa

    texts = {"query": pa.string(), "results": pa.list_(pa.int32())}
    return pa.schema(
        [
            (name, texts[name] if name in texts else pa.from_numpy_dtype(dtype))
            for name, dtype in TYPES.items()
        ]
    )


@dataclass(frozen=True)
class Simulator:
    """Simulates the blocks of the shares whose places come in Arrow batches."""

    world: Broadcast[World]
    n_shares: int
    done: Accumulator[Done]

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Rows as ``SCHEMA``, one batch for each block."""
        import pyarrow as pa

        world, schema = self.world.value, arrow_schema()
        for batch in batches:
            for share in batch.column(0).to_pylist():
                for block in range(share, world.n_blocks, self.n_shares):
                    people = block_numbers(world, block)
                    rows = soil(world, happen(world, people))
                    self.done.add(Done(people.size, len(rows)))
                    yield pa.RecordBatch.from_pandas(rows, schema=schema, preserve_index=False)


def count_shares(world: World, cores: int) -> int:
    """Into how many tasks the people are split."""
    wanted = max(SHARES_PER_CORE * cores, -(-world.n_people // PEOPLE_PER_SHARE))
    return min(world.n_blocks, wanted)


def simulate_people(world: World) -> DataFrame:
    """Everything that the people of a shop do.

    Grain: one row per event or search as delivered. Columns: ``SCHEMA``; see
    ``simulation.happenings`` and ``simulation.dirt``.
    """
    session = active_session()
    context = session.sparkContext
    n_shares = count_shares(world, context.defaultParallelism)
    shares = session.range(0, n_shares, 1, n_shares)
    done = count_done(context, Teller("happenings", "people", world.n_people))
    simulator = Simulator(context.broadcast(world), n_shares, done)
    return shares.mapInArrow(simulator, SCHEMA)


BEST_ITEMS: Final = "user_id string, rank int, item_id string, probability double"


@dataclass(frozen=True)
class Oracle:
    """Ranks the items of the shares of people whose places come in Arrow batches."""

    window: Broadcast[Window]
    n_shares: int

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Rows as ``BEST_ITEMS``, one batch for each block."""
        import pyarrow as pa

        window = self.window.value
        for batch in batches:
            for share in batch.column(0).to_pylist():
                for block in range(share, window.world.n_blocks, self.n_shares):
                    best = best_items(window, block_numbers(window.world, block))
                    columns = {
                        "user_id": texts.write_users(best["person"].to_numpy()),
                        "rank": pa.array(best["rank"].to_numpy().astype("int32")),
                        "item_id": texts.write_items(best["item"].to_numpy()),
                        "probability": pa.array(best["probability"].to_numpy()),
                    }
                    yield pa.RecordBatch.from_pydict(columns)


def rank_best_items(world: World, test_days: int) -> DataFrame:
    """What each user most probably buys in the last days, everything before them known.

    Grain: one row per user and rank. Columns: ``BEST_ITEMS``; see ``simulation.truth``.
    """
    session = active_session()
    n_shares = count_shares(world, session.sparkContext.defaultParallelism)
    window = Window(world, world.period.n_days - test_days)
    oracle = Oracle(session.sparkContext.broadcast(window), n_shares)
    return session.range(0, n_shares, 1, n_shares).mapInArrow(oracle, BEST_ITEMS)


def simulate_nobody() -> DataFrame:
    """No happening at all. Columns: ``SCHEMA``."""
    return active_session().createDataFrame([], SCHEMA)
