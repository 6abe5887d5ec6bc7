"""What visitors look at by themselves, one item after the other."""

from __future__ import annotations

import numpy as np
import pandas as pd

from personalization.simulation.chance import Flags, Indices, Keys, count_within
from personalization.simulation.choice import Chooser
from personalization.simulation.visits import MOST_VIEWS, Visits
from personalization.simulation.world import World


def point_to_first(earlier: Indices) -> Indices:
    """Follow pointers to earlier rows until they rest.

    >>> point_to_first(np.array([0, 0, 1, 3])).tolist()
    [0, 0, 0, 3]
    """
    while not np.array_equal(earlier, earlier[earlier]):
        earlier = earlier[earlier]
    return earlier


def find_source(world: World, visits: Visits, visit: Indices, turn: Indices, keys: Keys) -> Indices:
    """Row whose item each view shows: its own, or that of an earlier view of the same person.

    Args:
        world: the shop.
        visits: the visits.
        visit: of each view, ascending.
        turn: of each view within its visit, from 0.
        keys: person's number and count of each view, for the random numbers.
    """
    chance, rules = world.chance, world.strengths.visits
    row = np.arange(visit.size)
    back = 1 + np.floor(chance.uniforms("back", *keys) * turn).astype(np.int64)
    returns = (chance.uniforms("revisit", *keys) < rules.revisit_share) & (turn > 0)
    source = np.where(returns, row - np.minimum(back, turn), row)
    same_person = np.concatenate([[False], visits.person[1:] == visits.person[:-1]])
    resumes = (turn == 0) & same_person[visit]
    resumes &= chance.uniforms("resume", *keys) < rules.resume_share
    return point_to_first(np.where(resumes, row - 1, source))


def wait_between(world: World, is_bot: Flags, turn: Indices, keys: Keys) -> Indices:
    """Seconds from the start of the visit to each view; visits one after another."""
    rules = world.strengths.visits
    drawn = rules.gap_log_mean + rules.gap_log_sd * world.chance.normals("gap", *keys)
    of_bots = world.strengths.people.bot_gap_seconds
    gaps = np.where(is_bot, of_bots, np.ceil(np.exp(drawn))).astype(np.int64)
    passed = np.cumsum(np.where(turn == 0, 0, gaps))
    begins = np.flatnonzero(turn == 0)
    waited: Indices = passed - np.repeat(passed[begins], np.diff(np.append(begins, turn.size)))
    return waited


def browse(world: World, chooser: Chooser, visits: Visits) -> pd.DataFrame:
    """Views that visitors make by themselves.

    Grain: one row per view; columns ``visit``, ``item``, ``ts``, ``request`` (-1: none). An item
    may be missing (-1) or no longer on sale.
    """
    visit, turn = count_within(visits.n_views)
    person = visits.person[visit]
    count = visits.count[visit] * MOST_VIEWS + turn
    keys = (chooser.people.number[person], count)
    stays = world.chance.uniforms("focus", *keys) < world.strengths.visits.focus_share
    leaf = np.where(stays, visits.leaf[visit], -1)
    item = chooser.draw_items("item", person, count, visits.day[visit], leaf)
    source = find_source(world, visits, visit, turn, keys)
    waited = wait_between(world, chooser.people.is_bot[person], turn, keys)
    return pd.DataFrame(
        {
            "visit": visit,
            "item": item[source],
            "ts": visits.start[visit] + waited,
            "request": np.full(visit.size, -1),
        }
    )


def keep_on_sale(world: World, rows: pd.DataFrame) -> pd.DataFrame:
    """The rows whose ``item`` can be bought at their ``ts``, within the period."""
    item, day = rows["item"].to_numpy(), world.period.day_of(rows["ts"].to_numpy())
    kept = (item >= 0) & world.assortment.on_sale(np.maximum(item, 0), day)
    return rows[kept].reset_index(drop=True)
