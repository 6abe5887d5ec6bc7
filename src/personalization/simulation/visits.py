"""Visits: when each person comes, signed in or not, and what the visit is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.stats import poisson

from personalization.simulation.chance import Flags, Floats, Indices, count_within
from personalization.simulation.choice import Chooser
from personalization.simulation.clock import DAY_SECONDS, draw_second_of_day
from personalization.simulation.people import People
from personalization.simulation.world import World

MOST_VIEWS: Final = 200


@dataclass(frozen=True)
class Visits:
    """Visits of some people, by person and then in time order; one entry per visit.

    Attributes:
        person: place of the person.
        count: number of the visit among the person's draws; each once for a person.
        start: first moment, seconds since 1970.
        day: of the start.
        signed_in: from the first view on.
        device: number of the device.
        n_views: that the visit makes by itself.
        intent: log-odds added to the wish to buy.
        leaf: what the visit is about; -1 for nothing in particular.
    """

    person: Indices
    count: Indices
    start: Indices
    day: Indices
    signed_in: Flags
    device: Indices
    n_views: Indices
    intent: Floats
    leaf: Indices


def count_visits(world: World, people: People, busy: Floats) -> Indices:
    """Visits of each person, Poisson; ``busy`` is the traffic while they come, in average days."""
    expected = people.visits_per_day * busy
    uniforms = world.chance.uniforms("visits", people.number)
    drawn = poisson.ppf(uniforms, np.maximum(expected, 1e-12))
    return np.asarray(drawn, dtype=np.int64)


def draw_starts(world: World, people: People) -> tuple[Indices, Indices, Indices]:
    """Person, count and moment of each visit, by person and then in time order."""
    traffic = np.concatenate([[0.0], np.cumsum(world.day_weights)])
    edges = np.arange(traffic.size)
    low = np.interp(np.maximum(people.first_day, 0.0), edges, traffic)
    high = np.interp(people.last_day, edges, traffic)
    person, count = count_within(count_visits(world, people, np.maximum(high - low, 0.0)))
    number = people.number[person]
    passed = low[person] + world.chance.uniforms("visit", number, count) * (high - low)[person]
    day = np.minimum(np.interp(passed, traffic, edges).astype(np.int64), traffic.size - 2)
    second = draw_second_of_day(world.chance, world.strengths.clock, "visit", number, count)
    around_the_clock = world.chance.below("bot second", DAY_SECONDS, number, count)
    second = np.where(people.is_bot[person], around_the_clock, second)
    opened = world.period.start + np.ceil(people.first_day * DAY_SECONDS).astype(np.int64)
    start = np.maximum(world.period.midnight(day) + second, opened[person])
    order = np.lexsort((count, start, person))
    return person[order], count[order], start[order]


def draw_visits(world: World, chooser: Chooser) -> Visits:
    """Draw the visits of the chooser's people."""
    chance, people = world.chance, chooser.people
    person, count, start = draw_starts(world, people)
    number, day = people.number[person], world.period.day_of(start)
    rules, who = world.strengths.visits, world.strengths.people
    wish = rules.views_log_mean + rules.views_log_sd * chance.normals("views", number, count)
    views = np.where(people.is_bot[person], who.bot_views, np.floor(np.exp(wish)))
    signs_in = chance.uniforms("sign in", number, count) < who.signed_in_share
    other = chance.choices(
        "other device", np.array(list(who.device_weights.values())), number, count
    )
    own = chance.uniforms("own device", number, count) < who.own_device_share
    return Visits(
        person=person,
        count=count,
        start=start,
        day=day,
        signed_in=signs_in & people.has_account[person],
        device=np.where(own, people.device[person], other),
        n_views=np.minimum(1 + views, MOST_VIEWS).astype(np.int64),
        intent=world.strengths.funnel.intent_sd * chance.normals("intent", number, count),
        leaf=chooser.draw_leaves("about", person, count, day),
    )
