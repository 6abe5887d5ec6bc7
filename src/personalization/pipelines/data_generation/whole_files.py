"""The files of a shop that come once, of users and of products, as pieces of bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from personalization.contracts import schemas
from personalization.datasets.raw_writing import PIECES, cut_pieces
from personalization.simulation.accounts import draw_pools, write_accounts
from personalization.simulation.products import write_products
from personalization.simulation.tables import to_csv
from personalization.simulation.world import World
from personalization.spark.build import active_session

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark import Broadcast
    from pyspark.sql import DataFrame

USERS_AT_ONCE: Final = 20_000


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
        import pyarrow as pa

        world = self.world.value
        pools = draw_pools(world.seed, world.countries)
        for first in range(0, world.size.n_users, USERS_AT_ONCE):
            number = np.arange(first, min(first + USERS_AT_ONCE, world.size.n_users))
            content = to_csv(
                pa.table(write_accounts(world, pools, number)), header=first == 0, quoting="needed"
            )
            yield cut_pieces("users.csv", content, number.size)

    def _products(self) -> Iterator[pa.RecordBatch]:
        import pyarrow as pa

        content = to_csv(pa.table(write_products(self.world.value)), header=True, quoting="needed")
        yield cut_pieces("products.csv", content, self.world.value.items.size)


def deliver_whole(world: World, table: str) -> DataFrame:
    """The one file of users or products. Columns: ``PIECES``."""
    session = active_session()
    writer = WholeWriter(session.sparkContext.broadcast(world), table)
    return session.range(0, 1, 1, 1).mapInArrow(writer, PIECES)


def deliver_nothing() -> DataFrame:
    """No piece of any file. Columns: ``PIECES``."""
    return active_session().createDataFrame([], PIECES)
