"""The people of a shop spread over Spark's workers, a block at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pandas as pd

from personalization.pipelines.data_generation.bundles import BUNDLES, bundle
from personalization.pipelines.data_generation.tasks import count_tasks
from personalization.simulation import texts
from personalization.simulation.dirt import soil
from personalization.simulation.happenings import block_numbers, happen
from personalization.simulation.truth import best_items
from personalization.simulation.window import Window
from personalization.simulation.world import World
from personalization.spark.build import active_session
from personalization.spark.progress import Done, Teller, count_done

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark import Accumulator, Broadcast
    from pyspark.sql import DataFrame


@dataclass(frozen=True)
class Simulator:
    """Simulates the blocks of the shares whose places come in Arrow batches."""

    world: Broadcast[World]
    n_shares: int
    done: Accumulator[Done]

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """The bundles of each share; columns ``BUNDLES``."""
        for batch in batches:
            for share in batch.column(0).to_pylist():
                yield from bundle(list(self._happen(share)))

    def _happen(self, share: int) -> Iterator[pd.DataFrame]:
        """What the people of each block of a share do."""
        world = self.world.value
        for block in range(share, world.n_blocks, self.n_shares):
            people = block_numbers(world, block)
            rows = soil(world, happen(world, people))
            self.done.add(Done(people.size, len(rows)))
            yield rows


def simulate_people(world: World) -> DataFrame:
    """Everything that the people of a shop do.

    Grain: one row per bundle: of a share of the people, what it holds, and the day of its file.
    Columns: ``BUNDLES``; ``identities.name_happenings`` gives the rows.
    """
    session = active_session()
    context = session.sparkContext
    n_shares = count_tasks(world.n_people, context.defaultParallelism, world.n_blocks)
    shares = session.range(0, n_shares, 1, n_shares)
    done = count_done(context, Teller("happenings", "people", world.n_people))
    simulator = Simulator(context.broadcast(world), n_shares, done)
    return shares.mapInArrow(simulator, BUNDLES)


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
    cores = session.sparkContext.defaultParallelism
    n_shares = count_tasks(world.n_people, cores, world.n_blocks)
    window = Window(world, world.period.n_days - test_days)
    oracle = Oracle(session.sparkContext.broadcast(window), n_shares)
    return session.range(0, n_shares, 1, n_shares).mapInArrow(oracle, BEST_ITEMS)


def simulate_nobody() -> DataFrame:
    """No happening at all. Columns: ``BUNDLES``."""
    return active_session().createDataFrame([], BUNDLES)
