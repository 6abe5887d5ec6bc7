"""Products: titles, prices, popularity, and the days on which each one can be bought."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from personalization.simulation.catalogue import ADJECTIVES, LEAVES, PRICE_LOG_SD
from personalization.simulation.chance import Flags, Floats, Indices, faker_seed, number_ids
from personalization.simulation.clock import Moments, Period
from personalization.simulation.settings import BehaviourOptions, ShopOptions

CORE_ITEMS: Final = 20  # always on sale, so that every list has something to show on every day
NEW_SHARE: Final = 0.2
RETIRED_SHARE: Final = 0.1
STOCK_OUT_SHARE: Final = 0.15  # per item and half of the period
STOCK_OUT_DAYS: Final = (2, 12)  # shortest and longest
PROMOTION_SHARE: Final = 0.08  # of the weeks of an item
MEMORY_DAYS: Final = 900  # the oldest products
BRANDS: Final = 40
LEAF_WEIGHT: Final = 0.75  # how alike the products of a leaf are in taste, 0 to 1


@dataclass(frozen=True)
class Items:
    """Products, one entry per product in each array.

    Attributes:
        ids: item ids.
        labels: one row per item with the integers ``leaf``, ``brand``, ``noun``, ``adjective``.
        brands: names of the brands, numbered by ``labels.brand``.
        base_price: price without a promotion, in the shop's currency.
        log_popularity: log of the weight with which an item is chosen.
        tastes: latent taste of length 1, shape ``(n_items, n_tastes)``.
        is_habit: true for items that people buy again and again.
        launch_day: first day on sale; negative before the period.
        retire_day: first day no longer on sale; beyond the period where it stays.
        stock_outs: item, first and last day out of stock, both included.
        on_sale: true on days when an item can be bought, shape ``(n_days, n_items)``.
        discount: factor on the base price, shape ``(n_days, n_items)``.
    """

    ids: NDArray[np.str_]
    labels: pd.DataFrame
    brands: tuple[str, ...]
    base_price: Floats
    log_popularity: Floats
    tastes: Floats
    is_habit: Flags
    launch_day: Indices
    retire_day: Indices
    stock_outs: pd.DataFrame
    on_sale: Flags
    discount: Floats

    def sold_at(self, items: Indices, moments: Moments, period: Period) -> Flags:
        """True where an item can be bought at a moment; false outside the period."""
        days = period.day_of(moments)
        inside = (days >= 0) & (days < period.n_days)
        return inside & self.on_sale[np.clip(days, 0, period.n_days - 1), items]

    def price_at(self, items: Indices, moments: Moments, period: Period) -> Floats:
        """Price of one piece at a moment within the period, rounded to cents."""
        days = np.clip(period.day_of(moments), 0, period.n_days - 1)
        return np.maximum(np.round(self.base_price[items] * self.discount[days, items], 2), 0.01)


def draw_brands(seed: int) -> tuple[str, ...]:
    """Names of the brands, all different."""
    from faker import Faker

    fake = Faker("en_GB")
    fake.seed_instance(seed)
    return tuple(fake.unique.last_name() for _ in range(BRANDS))


def draw_labels(rng: np.random.Generator, n_items: int) -> pd.DataFrame:
    """Leaf, brand, noun and adjective of each item, as numbers."""
    leaf = rng.integers(0, len(LEAVES), n_items)
    nouns = np.array([len(one.nouns) for one in LEAVES])
    noun = (rng.random(n_items) * nouns[leaf]).astype(np.int64)
    # a leaf has a quarter of the brands, so that a brand says something about its products
    brand = (leaf * 3 + rng.integers(0, BRANDS // 4, n_items)) % BRANDS
    adjective = rng.integers(0, len(ADJECTIVES), n_items)
    return pd.DataFrame({"leaf": leaf, "brand": brand, "noun": noun, "adjective": adjective})


def draw_item_tastes(rng: np.random.Generator, leaf: Indices, n_tastes: int) -> Floats:
    """Taste of each item: partly its leaf's, partly its own; rows have length 1."""
    centres = rng.standard_normal((len(LEAVES), n_tastes))
    own = rng.standard_normal((leaf.size, n_tastes))
    mixed = LEAF_WEIGHT * centres[leaf] + (1 - LEAF_WEIGHT**2) ** 0.5 * own
    tastes: Floats = mixed / np.linalg.norm(mixed, axis=1, keepdims=True)
    return tastes


def draw_life(rng: np.random.Generator, n_items: int, n_days: int) -> tuple[Indices, Indices]:
    """First day on sale and first day no longer on sale, as day numbers."""
    is_core = np.arange(n_items) < CORE_ITEMS
    is_new = (rng.random(n_items) < NEW_SHARE) & ~is_core
    launch = np.where(
        is_new, rng.integers(1, n_days - 3, n_items), -rng.integers(30, MEMORY_DAYS, n_items)
    )
    leaves = (rng.random(n_items) < RETIRED_SHARE) & ~is_core
    retire = rng.integers(np.maximum(launch, 0) + 3, n_days + 1, n_items)
    return launch, np.where(leaves, retire, n_days + 1)


def draw_stock_outs(
    rng: np.random.Generator, launch: Indices, retire: Indices, n_days: int
) -> pd.DataFrame:
    """Days out of stock, at most once per half of the period.

    Grain: one row per item and stock-out; columns ``item``, ``first_day``, ``last_day``.
    """
    halves = []
    for begin, end in ((0, n_days // 2), (n_days // 2 + 1, n_days)):
        first = rng.integers(begin, end, launch.size)
        last = np.minimum(first + rng.integers(*STOCK_OUT_DAYS, launch.size), end - 1)
        chosen = (rng.random(launch.size) < STOCK_OUT_SHARE) & (first >= launch) & (last < retire)
        items = np.flatnonzero(chosen & (np.arange(launch.size) >= CORE_ITEMS))
        halves.append(
            pd.DataFrame({"item": items, "first_day": first[items], "last_day": last[items]})
        )
    return pd.concat(halves, ignore_index=True).sort_values(
        ["item", "first_day"], ignore_index=True
    )


def mark_days_on_sale(
    launch: Indices, retire: Indices, stock_outs: pd.DataFrame, n_days: int
) -> Flags:
    """True on days when an item can be bought; shape ``(n_days, n_items)``.

    >>> outs = pd.DataFrame({"item": [0], "first_day": [1], "last_day": [2]})
    >>> mark_days_on_sale(np.array([-5, 2]), np.array([9, 3]), outs, 4).T.astype(int).tolist()
    [[1, 0, 0, 1], [0, 0, 1, 0]]
    """
    days = np.arange(n_days)[:, None]
    on_sale: Flags = (days >= launch) & (days < retire)
    for item, first, last in stock_outs[["item", "first_day", "last_day"]].to_numpy():
        on_sale[first : last + 1, item] = False
    return on_sale


def draw_discounts(rng: np.random.Generator, n_days: int, n_items: int) -> Floats:
    """Factor on the price: weekly promotions of 10, 20 or 30 %; shape ``(n_days, n_items)``."""
    weeks = n_days // 7 + 1
    promoted = rng.random((weeks, n_items)) < PROMOTION_SHARE
    factor = np.where(promoted, rng.choice([0.9, 0.8, 0.7], (weeks, n_items)), 1.0)
    return np.repeat(factor, 7, axis=0)[:n_days]


def draw_items(
    rng: np.random.Generator, period: Period, shop: ShopOptions, behaviour: BehaviourOptions
) -> Items:
    """Draw the shop's products."""
    size, n_days = shop.n_products, period.n_days
    labels = draw_labels(rng, size)
    leaf = labels["leaf"].to_numpy()
    launch, retire = draw_life(rng, size, n_days)
    stock_outs = draw_stock_outs(rng, launch, retire, n_days)
    median = np.array([one.median_price for one in LEAVES])[leaf]
    return Items(
        ids=number_ids("i", np.arange(size)),
        labels=labels,
        brands=draw_brands(faker_seed(rng)),
        base_price=np.round(median * rng.lognormal(0.0, PRICE_LOG_SD, size), 2),
        log_popularity=rng.normal(0.0, behaviour.popularity_log_sd, size),
        tastes=draw_item_tastes(rng, leaf, behaviour.n_tastes),
        is_habit=np.array([one.is_habit for one in LEAVES])[leaf],
        launch_day=launch,
        retire_day=retire,
        stock_outs=stock_outs,
        on_sale=mark_days_on_sale(launch, retire, stock_outs, n_days),
        discount=draw_discounts(rng, n_days, size),
    )
