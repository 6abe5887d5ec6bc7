"""What is wrong with the files as received: decided row by row, and remembered as truth."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from personalization.contracts import kinds
from personalization.simulation.chance import Chance, Flags, Indices
from personalization.simulation.happenings import NUMBER_OF, SEARCH
from personalization.simulation.shifts import BROKEN_TRACKING, find_shift
from personalization.simulation.world import World

CLEAN: Final = 0
DUPLICATE, LATE, CLOCK_STOPPED, CLOCK_RESET, LOST_USER = 1, 2, 3, 4, 5  # of events and searches
MISSING_CUSTOMER, WRONG_TYPE, CANCELLED = 1, 2, 3  # of order lines
EVENT_DIRT: Final = ("", "duplicate", "late", "clock stopped", "clock reset", "lost user")
LINE_DIRT: Final = ("", "missing customer", "wrong type", "cancelled")
REDELIVERED, CHANGED, RENAMED = FILE_DIRT = ("redelivered", "changed", "renamed")
NO_MOMENT: Final = "0000-00-00 00:00:00"
RESET_MOMENT: Final = "1970-01-01 00:00:00"
NO_PRICE: Final = "n/a"


def draw_kinds(
    chance: Chance, purpose: str, shares: tuple[float, ...], keys: tuple[Indices, Indices]
) -> Indices:
    """Kind of dirt of each row, one at most; 0: none."""
    drawn = chance.uniforms(purpose, *keys)
    found: Indices = np.searchsorted(np.cumsum(shares), drawn, side="right") + 1
    return np.where(found > len(shares), CLEAN, found)


def find_dirty_files(world: World) -> dict[str, Flags]:
    """Days of whose files something is wrong as a whole, by kind in :data:`FILE_DIRT`.

    As many as the share says, and one at least where there is a share.
    """
    days, dirt = np.arange(world.period.n_days), world.dirt
    shares = (dirt.redelivered_share, dirt.changed_share, dirt.renamed_share)
    found = {}
    for kind, share in zip(FILE_DIRT, shares, strict=True):
        rank = np.argsort(np.argsort(Chance(world.seed).uniforms(kind, days)))
        found[kind] = rank < (max(1, round(share * days.size)) if share else 0)
    return found


def lose_users(world: World, rows: pd.DataFrame, day: Indices) -> Flags:
    """Rows in which a broken tracker has lost who it was."""
    broken = find_shift(world.shifts, BROKEN_TRACKING)
    if broken is None:
        return np.zeros(len(rows), dtype=bool)
    keys = (rows["person"].to_numpy(), rows["seq"].to_numpy().astype(np.int64))
    lost: Flags = Chance(world.seed).uniforms("tracking", *keys) < broken.strength
    lost &= rows["known"].to_numpy() & broken.during(world.period.n_days)[day]
    return lost


def soil(world: World, rows: pd.DataFrame) -> pd.DataFrame:
    """Decide what is wrong with each row, and repeat those that are delivered twice.

    Adds: ``dirt`` (of the event or search; number in :data:`EVENT_DIRT`), ``line_dirt`` (of the
    order line that a purchase also is; number in :data:`LINE_DIRT`), ``delivered`` (day of the
    file, from 0).
    """
    dirt, chance = world.dirt, Chance(world.seed)
    keys = (rows["person"].to_numpy(), rows["seq"].to_numpy().astype(np.int64))
    day = world.period.day_of(rows["ts"].to_numpy())
    shares = (dirt.duplicate_share, dirt.late_share, *(2 * [dirt.clock_error_share / 2]))
    kind = draw_kinds(chance, "dirt", shares, keys)
    late = 1 + chance.below("late", dirt.late_days, *keys)
    in_time = day + late < world.period.n_days
    kind = np.where((kind == LATE) & ~in_time, CLEAN, kind)
    # a search log has no second clock: only events lose their moment
    searched = rows["kind"].to_numpy() == NUMBER_OF[SEARCH]
    kind = np.where(searched & (kind >= CLOCK_STOPPED), CLEAN, kind)
    kind = np.where((kind == CLEAN) & lose_users(world, rows, day) & ~searched, LOST_USER, kind)
    line = draw_kinds(
        chance, "line dirt", (dirt.missing_customer_share, dirt.wrong_type_share), keys
    )
    line = np.where((line == MISSING_CUSTOMER) & ~rows["known"].to_numpy(), CLEAN, line)
    line = np.where(rows["cancelled"].to_numpy(), CANCELLED, line)
    line = np.where(rows["kind"].to_numpy() == NUMBER_OF[kinds.PURCHASE], line, CLEAN)
    soiled = rows.assign(
        dirt=kind.astype(np.int8),
        line_dirt=line.astype(np.int8),
        delivered=(day + np.where(kind == LATE, late, 0)).astype(np.int32),
    )
    times = np.where(kind == DUPLICATE, 2, 1)
    twice = soiled.take(np.repeat(np.arange(len(soiled)), times))
    return twice.reset_index(drop=True)
