"""One small shop without dirt, simulated once; enough people for shares to settle."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from personalization.simulation.happenings import KINDS, block_numbers, happen
from tests.simulation.options_of import NO_DIRT, world_of

if TYPE_CHECKING:
    from personalization.simulation.world import World

SMALL = {"days": 182, "n_users": 600, "n_strangers": 600, "n_products": 200, "visits_per_user": 40}
CHANGES = {
    "shop": {"size": "small", "sizes": {"small": SMALL}},
    "strengths": {"people": {"bot_share": 0.002}},
    "dirt": NO_DIRT,
}


@pytest.fixture(scope="session")
def world() -> World:
    return world_of("base", **CHANGES)


@pytest.fixture(scope="session")
def happenings(world: World) -> pd.DataFrame:
    blocks = [happen(world, block_numbers(world, block)) for block in range(world.n_blocks)]
    return pd.concat(blocks).sort_values("person", kind="stable", ignore_index=True)


@pytest.fixture(scope="session")
def of_kind(happenings: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Rows by kind."""
    names = np.array(KINDS)[happenings["kind"]]
    return dict(iter(happenings.groupby(names)))
