"""Visits: who comes, when, signed in or not, and how many items each visit looks at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from personalization.simulation.chance import Floats
from personalization.simulation.clock import Period, draw_moments
from personalization.simulation.settings import BehaviourOptions, ShopOptions, VisitOptions
from personalization.simulation.users import Users, draw_devices

OWN_DEVICE_SHARE: Final = 0.8  # of a user's visits
UNIQUE_SHARE: Final = 0.75  # of the views of a visit that show an item for the last time
SEARCH_CLICK_SHARE: Final = 0.6
HABITUAL_SHARE: Final = 0.25  # of the bought items, as far as they are bought again


@dataclass(frozen=True)
class Visits:
    """Visits in time order.

    Attributes:
        frame: one row per visit: ``user`` (who it is, also when not signed in), ``known``
            (signed in), ``start`` (seconds since 1970), ``device``, ``searcher``.
        moods: taste of the visitor during the visit, shape ``(n_visits, n_tastes)``.
    """

    frame: pd.DataFrame
    moods: Floats


def mean_views(options: VisitOptions) -> float:
    """Mean views of a visit: one, and the whole part of a log-normal number."""
    beyond = np.exp(options.views_log_mean + options.views_log_sd**2 / 2) - 0.5
    return 1.0 + max(float(beyond), 0.0)


def count_visits(shop: ShopOptions, visits: VisitOptions, behaviour: BehaviourOptions) -> int:
    """Visits needed for about ``n_events`` events: impressions, views, carts and purchases."""
    repeats = HABITUAL_SHARE * behaviour.repeat_rate / (1 - behaviour.repeat_rate)
    bought = behaviour.checkout_rate * behaviour.line_rate * (1 + repeats)
    views = mean_views(visits) + (
        visits.searcher_share * visits.search_share * SEARCH_CLICK_SHARE
        + visits.list_share * visits.list_length * visits.click_rate
    )
    events = views * (1 + behaviour.cart_rate * UNIQUE_SHARE * (1 + bought))
    return max(round(shop.n_events / (events + visits.list_share * visits.list_length)), 1)


def draw_visits(
    rng: np.random.Generator,
    period: Period,
    users: Users,
    size: int,
    options: tuple[VisitOptions, BehaviourOptions],
) -> Visits:
    """Draw visits; a visitor who has not signed up yet is unknown."""
    rules, behaviour = options
    start = draw_moments(rng, period, size)
    user = rng.choice(users.ids.size, size=size, p=users.activity)
    signed_in = rng.random(size) >= rules.anonymous_share
    own_device = rng.random(size) < OWN_DEVICE_SHARE
    frame = pd.DataFrame(
        {
            "user": user,
            "known": signed_in & (users.signed_up[user] <= start),
            "start": start,
            "device": np.where(own_device, users.devices[user], draw_devices(rng, size)),
            "searcher": users.searches[user],
        }
    )
    mood = rng.standard_normal((size, behaviour.n_tastes))
    return Visits(frame, users.tastes[user] + behaviour.taste_drift * mood)


def draw_view_counts(rng: np.random.Generator, options: VisitOptions, size: int) -> pd.Series[int]:
    """Views of each visit, at least one; shape ``(size,)``."""
    beyond = rng.lognormal(options.views_log_mean, options.views_log_sd, size)
    return pd.Series(1 + np.floor(beyond).astype(np.int64))


def draw_view_moments(
    rng: np.random.Generator, visits: pd.DataFrame, options: VisitOptions
) -> pd.DataFrame:
    """Moments at which each visit looks at items, the items still open.

    Grain: one row per view; adds ``visit``, ``turn`` (from 0 within the visit) and ``ts``.
    """
    counts = draw_view_counts(rng, options, len(visits)).to_numpy()
    visit = np.repeat(np.arange(len(visits)), counts)
    turn = np.arange(visit.size) - np.repeat(counts.cumsum() - counts, counts)
    gaps = np.ceil(rng.lognormal(options.gap_log_mean, options.gap_log_sd, visit.size))
    waited = pd.Series(np.where(turn == 0, 0, gaps).astype(np.int64)).groupby(visit).cumsum()
    start = visits["start"].to_numpy()[visit]
    return pd.DataFrame({"visit": visit, "turn": turn, "ts": start + waited.to_numpy()})
