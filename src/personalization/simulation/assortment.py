"""The calendar that is the same for everybody: what is on sale, at what price, in what favour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from personalization.simulation.chance import Flags, Floats, Indices
from personalization.simulation.clock import Period
from personalization.simulation.items import Items
from personalization.simulation.shifts import (
    CAMPAIGN,
    NEW_CATEGORY,
    Shift,
    find_shift,
    raise_prices,
)
from personalization.simulation.strengths import AssortmentOptions

YOUNGEST_DAYS: Final = 30  # age at the start of what was launched before
MOST_LOG_APPEAL: Final = 2.2  # bounds how many draws are thrown away
YEAR_DAYS: Final = 365.25


@dataclass(frozen=True)
class Assortment:
    """What holds for each item on each day.

    Attributes:
        launch_day: first day on sale; negative before the period.
        retire_day: first day no longer on sale; beyond the period where it stays.
        stock_outs: item, first and last day out of stock, both included; shape ``(n, 3)``.
        appeal: factor on the weight with which an item is chosen, 0 where it is not on sale;
            shape ``(n_days, n_items)``.
        discount: factor on its price, shape ``(n_days, n_items)``.
        price_level: factor on all prices by day, shape ``(n_days,)``.
    """

    launch_day: Indices
    retire_day: Indices
    stock_outs: Indices
    appeal: NDArray[np.float32]
    discount: NDArray[np.float32]
    price_level: Floats

    @cached_property
    def peak(self) -> Floats:
        """Highest appeal of each item over the period; 0 for one that is never on sale."""
        highest: Floats = self.appeal.max(axis=0).astype(np.float64)
        return highest

    def on_sale(self, items: Indices, days: Indices) -> Flags:
        """Whether an item can be bought on a day; false outside the period."""
        inside = (days >= 0) & (days < len(self.appeal))
        return inside & (self.appeal[np.clip(days, 0, len(self.appeal) - 1), items] > 0)


def draw_life(
    rng: np.random.Generator, is_core: Flags, n_days: int, options: AssortmentOptions
) -> tuple[Indices, Indices]:
    """First day on sale and first day no longer on sale, as day numbers."""
    size = is_core.size
    is_new = (rng.random(size) < options.new_share) & ~is_core
    launch = np.where(
        is_new,
        rng.integers(1, n_days - 3, size),
        -rng.integers(YOUNGEST_DAYS, options.oldest_days, size),
    )
    leaves = (rng.random(size) < options.retired_share) & ~is_core
    retire = rng.integers(np.maximum(launch, 0) + 3, n_days + 1, size)
    return launch, np.where(leaves, retire, n_days + 1)


def draw_stock_outs(
    rng: np.random.Generator,
    is_core: Flags,
    launch: Indices,
    end: Indices,
    options: AssortmentOptions,
) -> Indices:
    """Item, first and last day out of stock; at most one for an item, while it is on sale.

    Args:
        rng: random numbers.
        is_core: products that are never missing.
        launch: first day on sale.
        end: first day no longer on sale, or of the period's end.
        options: how often and how long.
    """
    shortest, longest = options.stock_out_days
    first = rng.integers(np.maximum(launch, 0), end)
    last = np.minimum(first + rng.integers(shortest, longest + 1, is_core.size), end - 1)
    out = np.flatnonzero((rng.random(is_core.size) < options.stock_out_share) & ~is_core)
    return np.stack([out, first[out], last[out]], axis=1)


def mark_days_on_sale(launch: Indices, retire: Indices, stock_outs: Indices, n_days: int) -> Flags:
    """True on days when an item can be bought; shape ``(n_days, n_items)``.

    >>> outs = np.array([[0, 1, 2]])
    >>> mark_days_on_sale(np.array([-5, 2]), np.array([9, 3]), outs, 4).T.astype(int).tolist()
    [[1, 0, 0, 1], [0, 0, 1, 0]]
    """
    days = np.arange(n_days)[:, None]
    on_sale: Flags = (days >= launch) & (days < retire)
    for item, first, last in stock_outs:
        on_sale[first : last + 1, item] = False
    return on_sale


def draw_trends(
    rng: np.random.Generator, n_days: int, n_items: int, options: AssortmentOptions
) -> Floats:
    """Slow ups and downs of the log-appeal: an AR(1) process by week, straight between weeks."""
    kept = np.exp(-1 / options.trend_weeks)
    steps = rng.standard_normal((n_days // 7 + 2, n_items))
    for week in range(1, len(steps)):
        steps[week] = kept * steps[week - 1] + np.sqrt(1 - kept**2) * steps[week]
    weeks, part = np.divmod(np.arange(n_days) / 7, 1)
    before, after = steps[weeks.astype(int)], steps[weeks.astype(int) + 1]
    trend: Floats = options.trend_log_sd * (before + part[:, None] * (after - before))
    return trend


def draw_seasons(
    rng: np.random.Generator, period: Period, leaf: Indices, options: AssortmentOptions
) -> Floats:
    """Yearly swing of each item's log-appeal, that of its leaf; shape ``(n_days, n_items)``."""
    n_leaves = int(leaf.max()) + 1
    swing = np.abs(rng.normal(0.0, options.season_log_sd, n_leaves))
    turned = rng.random(n_leaves)
    years = (period.start / 86_400 + np.arange(period.n_days)) / YEAR_DAYS
    season: Floats = swing * np.cos(2 * np.pi * (years[:, None] - turned))
    return season[:, leaf]


def draw_discounts(
    rng: np.random.Generator, n_days: int, n_items: int, options: AssortmentOptions
) -> Floats:
    """Factor on the price by week; shape ``(n_days, n_items)``."""
    weeks = n_days // 7 + 1
    promoted = rng.random((weeks, n_items)) < options.promotion_share
    kept = 1 - np.array(options.discounts)
    factor = np.where(promoted, rng.choice(kept, (weeks, n_items)), 1.0)
    return np.repeat(factor, 7, axis=0)[:n_days]


def draw_log_appeal(
    rng: np.random.Generator,
    period: Period,
    items: Items,
    launch: Indices,
    options: AssortmentOptions,
) -> Floats:
    """Novelty, trend and season of each item's log-appeal; shape ``(n_days, n_items)``."""
    age = np.maximum(np.arange(period.n_days)[:, None] - launch, 0)
    drawn: Floats = (
        options.novelty * np.exp(-age / options.novelty_days)
        + draw_trends(rng, period.n_days, items.size, options)
        + draw_seasons(rng, period, items.leaf, options)
    )
    return drawn


def launch_category(launch: Indices, leaf: Indices, shifts: Sequence[Shift]) -> Indices:
    """First day on sale of each item where a new category begins on a day of its own."""
    new = find_shift(shifts, NEW_CATEGORY)
    return launch if new is None else np.where(leaf == new.leaf, new.first, launch)


def favour_category(shifts: Sequence[Shift], n_days: int, leaf: Indices) -> Floats | float:
    """Log-appeal that a new category has on top; shape ``(n_days, n_items)``."""
    new = find_shift(shifts, NEW_CATEGORY)
    if new is None:
        return 0.0
    faded = new.strength * (1 - new.risen(n_days))
    favoured: Floats = faded[:, None] * (leaf == new.leaf)
    return favoured


def cut_prices(discount: Floats, shifts: Sequence[Shift], leaf: Indices) -> Floats:
    """The discounts with those of a campaign."""
    campaign = find_shift(shifts, CAMPAIGN)
    if campaign is None:
        return discount
    cut = campaign.during(len(discount))[:, None] & (leaf == campaign.leaf)
    return np.where(cut, np.minimum(discount, 1 - campaign.discount), discount)


def draw_assortment(
    seed: int,
    period: Period,
    items: Items,
    options: AssortmentOptions,
    shifts: Sequence[Shift] = (),
) -> Assortment:
    """Draw the calendar of a shop; ``shifts`` are what changes on purpose."""
    rng = np.random.default_rng([seed, 2])
    n_days = period.n_days
    is_core = items.log_popularity >= np.quantile(items.log_popularity, 1 - options.core_share)
    launch, retire = draw_life(rng, is_core, n_days, options)
    launch = launch_category(launch, items.leaf, shifts)
    retire = np.where(retire > launch, retire, n_days + 1)
    end = np.minimum(retire, n_days)
    stock_outs = draw_stock_outs(rng, is_core, launch, end, options)
    drawn = draw_discounts(rng, n_days, items.size, options)
    discount = cut_prices(drawn, shifts, items.leaf)
    log_appeal = draw_log_appeal(rng, period, items, launch, options)
    log_appeal -= options.discount_appeal * np.log(discount)
    log_appeal = np.clip(log_appeal, -MOST_LOG_APPEAL, MOST_LOG_APPEAL)
    appeal = np.exp(log_appeal + favour_category(shifts, n_days, items.leaf))
    on_sale = mark_days_on_sale(launch, retire, stock_outs, n_days)
    return Assortment(
        launch_day=launch,
        retire_day=retire,
        stock_outs=stock_outs,
        appeal=(appeal * on_sale).astype(np.float32),
        discount=discount.astype(np.float32),
        price_level=raise_prices(shifts, n_days),
    )
