"""The days after a cut, and what is known of people at it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd

from personalization.simulation.baskets import check_out, fill_carts, follow_habits, number_counts
from personalization.simulation.browsing import browse, keep_on_sale
from personalization.simulation.chance import Flags, Floats, Indices
from personalization.simulation.choice import Chooser
from personalization.simulation.clock import DAY_SECONDS
from personalization.simulation.lists import click_on_boxes, show_boxes
from personalization.simulation.people import People
from personalization.simulation.searches import click_on_results, search
from personalization.simulation.visits import draw_visits
from personalization.simulation.world import World


@dataclass(frozen=True)
class Window:
    """Days after the cut in which a purchase counts.

    Attributes:
        world: the shop.
        first: first day, from the start of the period; nothing of it is known.
    """

    world: World
    first: int

    @property
    def start(self) -> int:
        """First moment, seconds since 1970."""
        return int(self.world.period.start + self.first * DAY_SECONDS)

    def comes(self, people: People) -> Flags:
        """Who had an account and had not left before the cut."""
        return people.has_account & (people.first_day < self.first) & (people.last_day > self.first)

    @cached_property
    def appeal(self) -> Floats:
        """Appeal of each item on each day of the window; shape ``(n_days, n_items)``."""
        return self.world.assortment.appeal[self.first :].astype(np.float64)

    @cached_property
    def stays(self) -> Floats:
        """Probability that who came before the cut still comes, by day of the window."""
        days = np.arange(self.world.period.n_days - self.first)
        stays: Floats = np.exp(-(days + 0.5) / self.world.strengths.people.stay_days)
        return stays

    @cached_property
    def traffic(self) -> Floats:
        """Visits on each day of the window per expected visit of an average day, who left aside."""
        weights: Floats = self.world.day_weights[self.first :] * self.stays
        return weights

    @cached_property
    def shares(self) -> Floats:
        """Share of the window's visits on each day; 0 where nobody ever comes."""
        shares: Floats = self.traffic / max(self.traffic.sum(), 1e-300)
        return shares

    def treated_share(self, people: People) -> Floats:
        """Share of each person's visits of the window that the experiment treats; ``(n_people,)``.

        0 where there is no experiment.
        """
        if self.world.experiment is None:
            return np.zeros(people.number.size)
        days = np.arange(self.first, self.world.period.n_days)
        treats = self.world.experiment.effect(1.0, people.number[:, None], days)
        treated: Floats = (treats * self.shares).sum(axis=1)
        return treated


class Past(NamedTuple):
    """What somebody who watched until the cut remembers.

    Attributes:
        chains: habits that have begun, with their last purchase before the cut; one row per chain
            of repeated purchases; columns ``person``, ``item``, ``ts``.
        last_seen: item that each person looked at last; -1 for none.
    """

    chains: pd.DataFrame
    last_seen: Indices


def find_last_seen(window: Window, chooser: Chooser, views: pd.DataFrame) -> Indices:
    """Item of the last view of each person before the cut.

    Args:
        window: the days after the cut.
        chooser: of the people.
        views: what ``browse`` has drawn, with the place of each ``person``.
    """
    before = views[views["ts"] < window.start].drop_duplicates("person", keep="last")
    seen = np.full(chooser.people.number.size, -1, dtype=np.int64)
    seen[before["person"]] = before["item"]
    return seen


def remember(window: Window, chooser: Chooser) -> Past:
    """Draw again what these people did before the cut."""
    world = window.world
    visits = draw_visits(world, chooser)
    browsed = browse(world, chooser, visits)
    opened = [
        browsed,
        click_on_boxes(world, chooser, visits, show_boxes(world, chooser, visits)),
        click_on_results(search(world, chooser, visits)),
    ]
    views = keep_on_sale(world, pd.concat(opened, ignore_index=True))
    lines = check_out(world, chooser, visits, fill_carts(world, chooser, visits, views))
    lines = lines[lines["ts"] < window.start]
    begun = lines[world.items.is_habit[lines["item"]]]
    origin = pd.DataFrame(
        {
            "person": visits.person[begun["visit"]],
            "item": begun["item"],
            "chain": number_counts(visits, begun),
            "ts": begun["ts"],
        }
    )
    again = follow_habits(world, chooser, visits, lines)
    both = pd.concat([origin, again[again["ts"] < window.start]], ignore_index=True)
    chains = both.groupby(["person", "item", "chain"], as_index=False).agg({"ts": "max"})
    whose = browsed.assign(person=visits.person[browsed["visit"]])
    return Past(chains, find_last_seen(window, chooser, whose))
