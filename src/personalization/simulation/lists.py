"""The box of recommendations: what a known policy shows, with propensities, and what is clicked."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from scipy.special import expit

from personalization.simulation.chance import Flags, Floats, Keys, Ladder
from personalization.simulation.choice import Chooser
from personalization.simulation.visits import Visits
from personalization.simulation.world import World

POLICIES: Final = ("popular", "uniform")
FIRST_LOOK_SECONDS: Final = 1
MOST_PLACES: Final = 32


def policy_weights(world: World, policy: int) -> Floats:
    """Weight of each item on each day under a policy, 0 where not on sale."""
    appeal = world.assortment.appeal.astype(np.float64)
    if POLICIES[policy] == "uniform":
        return (appeal > 0).astype(np.float64)
    weights: Floats = appeal * np.exp(world.items.log_popularity)
    return weights


def draw_boxes(world: World, chooser: Chooser, visits: Visits) -> pd.DataFrame:
    """Which visits are shown a box, when, and by which policy.

    Grain: one row per box; columns ``visit``, ``person``, ``count``, ``ts``, ``day``, ``policy``,
    ``turned`` (how far the places are rotated).
    """
    rules, chance = world.strengths.lists, world.chance
    number = chooser.people.number[visits.person]
    shown = chance.uniforms("box", number, visits.count) < rules.visit_share
    ts = visits.start + FIRST_LOOK_SECONDS
    visit = np.flatnonzero(shown & (ts < world.period.end))
    keys = (number[visit], visits.count[visit])
    return pd.DataFrame(
        {
            "visit": visit,
            "person": keys[0],
            "count": keys[1],
            "ts": ts[visit],
            "day": world.period.day_of(ts[visit]),
            "policy": (chance.uniforms("policy", *keys) < rules.uniform_share).astype(np.int64),
            "turned": chance.below("turned", rules.length, *keys),
        }
    )


def deal_group(world: World, boxes: pd.DataFrame, group: int, length: int) -> pd.DataFrame:
    """The item that one group of products sends to each box of one policy.

    The products are split into as many groups as a box has places; each sends one item, drawn by
    the policy's weights, and the places are rotated by lot: so a propensity is the product of two
    known numbers.

    Grain: one row per box; adds ``item``, ``position`` (from 1), ``propensity``; a group that has
    nothing on sale that day sends nothing.
    """
    policy = int(boxes["policy"].iloc[0])
    weights = policy_weights(world, policy)[:, group::length]
    totals = weights.sum(axis=1)
    boxes = boxes[totals[boxes["day"]] > 0]
    day = boxes["day"].to_numpy()
    safe = np.where(totals[:, None] > 0, weights, 1.0)
    count = boxes["count"].to_numpy() * MOST_PLACES + group
    uniforms = world.chance.uniforms("dealt", boxes["person"].to_numpy(), count)
    column = Ladder.build(safe).pick(day, uniforms)
    return boxes.assign(
        item=column * length + group,
        position=(group + boxes["turned"]) % length + 1,
        propensity=weights[day, column] / totals[day] / length,
    )


def show_boxes(world: World, chooser: Chooser, visits: Visits) -> pd.DataFrame:
    """Items shown in boxes of recommendations.

    Grain: one row per box and place; columns ``visit``, ``person``, ``count``, ``ts``, ``policy``
    (number in :data:`POLICIES`), ``item``, ``position``, ``propensity``.
    """
    length = world.strengths.lists.length
    boxes = draw_boxes(world, chooser, visits)
    dealt = [
        deal_group(world, of_policy, group, length)
        for _, of_policy in boxes.groupby("policy")
        for group in range(length)
    ]
    if not dealt:
        return boxes.assign(item=0, position=0, propensity=0.0)
    shown = pd.concat(dealt, ignore_index=True)
    return shown.sort_values(["visit", "position"], ignore_index=True)


def click_on_boxes(
    world: World, chooser: Chooser, visits: Visits, shown: pd.DataFrame
) -> pd.DataFrame:
    """Views opened by a click on a shown item, seconds later.

    Grain: one row per click; columns ``visit``, ``item``, ``ts``, ``request`` (the visit's number).
    """
    rules, chance = world.strengths.lists, world.chance
    visit, item = shown["visit"].to_numpy(), shown["item"].to_numpy()
    person, place = visits.person[visit], shown["position"].to_numpy()
    keys: Keys = (
        shown["person"].to_numpy(),
        shown["count"].to_numpy() * MOST_PLACES + place,
    )
    attention = place.astype(np.float64) ** -rules.position_bias
    day = world.period.day_of(shown["ts"].to_numpy())
    liking = rules.click_logit + rules.click_taste * chooser.affinity(person, item, day)
    if world.experiment is not None:
        effect = world.experiment.options.click_logit
        liking += world.experiment.effect(effect, keys[0], day)
    clicks: Flags = chance.uniforms("click", *keys) < attention * expit(liking)
    clicks &= ~chooser.people.is_bot[person]
    delay = 2 + chance.below("click delay", 38, *keys)
    opened = pd.DataFrame(
        {"visit": visit, "item": item, "ts": shown["ts"] + delay, "request": visit}
    )
    return opened.loc[clicks]
