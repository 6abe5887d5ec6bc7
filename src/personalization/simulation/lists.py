"""The box of recommendations: what a known policy shows, with propensities, and what is clicked."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import expit

from personalization.simulation.chance import Flags, Keys, count_within
from personalization.simulation.choice import Chooser
from personalization.simulation.dealing import MOST_PLACES, POLICIES
from personalization.simulation.visits import Visits
from personalization.simulation.world import World


def draw_boxes(world: World, chooser: Chooser, visits: Visits) -> pd.DataFrame:
    """Which visits are shown a box, when, and by which policy.

    Grain: one row per box; columns ``visit``, ``person``, ``count``, ``ts``, ``day``, ``policy``,
    ``turned`` (how far the places are rotated).
    """
    rules, chance = world.strengths.lists, world.chance
    number = chooser.people.number[visits.person]
    shown = chance.uniforms("box", number, visits.count) < rules.visit_share
    ts = visits.start + world.strengths.lists.first_seconds
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


def deal(world: World, boxes: pd.DataFrame, policy: int) -> pd.DataFrame:
    """The items that the groups of products send to each box, its places rotated by lot.

    Grain: one row per box and place; a group that has nothing on sale that day sends nothing. Adds
    ``item``, ``position`` (from 1), ``propensity``.
    """
    deck = world.decks[policy]
    row, place = count_within(np.full(len(boxes), deck.length))
    dealt = boxes.iloc[row].reset_index(drop=True)
    day, group = dealt["day"].to_numpy(), (place - dealt["turned"].to_numpy()) % deck.length
    count = dealt["count"].to_numpy() * MOST_PLACES + group
    uniforms = world.chance.uniforms("dealt", dealt["person"].to_numpy(), count)
    item = deck.pick(day, group, uniforms)
    sends: Flags = deck.totals[day, group] > 0
    with np.errstate(invalid="ignore"):  # nothing of nothing; not sent
        propensity = deck.propensity(day, np.minimum(item, world.items.size - 1))
    shown: pd.DataFrame = dealt.assign(item=item, position=place + 1, propensity=propensity)
    return shown.loc[sends]


def show_boxes(world: World, chooser: Chooser, visits: Visits) -> pd.DataFrame:
    """Items shown in boxes of recommendations.

    Grain: one row per box and place; columns ``visit``, ``person``, ``count``, ``ts``, ``policy``
    (number in :data:`POLICIES`), ``item``, ``position``, ``propensity``.
    """
    boxes = draw_boxes(world, chooser, visits)
    policy = boxes["policy"].to_numpy()
    dealt = [deal(world, boxes[policy == number], number) for number in range(len(POLICIES))]
    shown = pd.concat(dealt, ignore_index=True)
    return shown.sort_values("visit", kind="stable", ignore_index=True)


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
    delay = chance.between("click delay", rules.click_seconds, *keys)
    opened = pd.DataFrame(
        {"visit": visit, "item": item, "ts": shown["ts"] + delay, "request": visit}
    )
    return opened.loc[clicks]
