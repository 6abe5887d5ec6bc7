"""What a block of people costs one core, in a ``huge`` shop beside ``medium``; without Spark.

``simulation/README.md`` works out from it what ``huge`` needs.
"""

from __future__ import annotations

import pickle
import resource
import time
from typing import NamedTuple

import numpy as np

from personalization.simulation.dirt import soil
from personalization.simulation.happenings import block_numbers, happen
from personalization.simulation.truth import Window, best_items
from personalization.simulation.world import World
from tests.benchmarks.report import Measured, print_line
from tests.simulation.options_of import world_of

BLOCKS = 32
TEST_DAYS = 28
MEGABYTE = 2**20


class Cost(NamedTuple):
    """Of a shop, by one core.

    Attributes:
        million_rows: that the whole shop has, from the blocks simulated.
        broadcast_mb: of what every worker gets.
        simulation_hours: of all blocks.
        best_items_hours: of all accounts.
        memory_mb: highest that this process has needed so far.
    """

    million_rows: float
    broadcast_mb: float
    simulation_hours: float
    best_items_hours: float
    memory_mb: float


def measure(world: World) -> Cost:
    """Simulate some blocks, spread over the shop, and rank their accounts' items."""
    blocks = np.linspace(0, world.n_blocks - 1, BLOCKS).astype(int).tolist()
    broadcast = len(pickle.dumps(world)) / MEGABYTE
    _ = world.decks  # laid out by each worker
    began = time.process_time()
    rows = sum(len(soil(world, happen(world, block_numbers(world, one)))) for one in blocks)
    simulated = time.process_time()
    window = Window(world, world.period.n_days - TEST_DAYS)
    for one in blocks:
        best_items(window, block_numbers(world, one))
    ranked = time.process_time()
    hours = world.n_blocks / BLOCKS / 3600
    return Cost(
        million_rows=rows * world.n_blocks / BLOCKS / 1e6,
        broadcast_mb=broadcast,
        simulation_hours=(simulated - began) * hours,
        best_items_hours=(ranked - simulated) * hours,
        memory_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    )


def main() -> None:
    medium, huge = (measure(world_of("base", shop={"size": size})) for size in ("medium", "huge"))
    units = ("million rows", "MB", "core-hours", "core-hours", "MB")
    for name, unit, value, other in zip(Cost._fields, units, huge, medium, strict=True):
        print_line(Measured(f"huge_{name}", value, unit, "medium", other))


if __name__ == "__main__":
    main()
