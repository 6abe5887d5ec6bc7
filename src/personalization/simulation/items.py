"""Products: titles, prices, popularity and taste. Numbered by leaf, so that a leaf is a range."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import ndtri

from personalization.simulation.catalogue import ADJECTIVES, LEAF_NAMES, LEAVES
from personalization.simulation.chance import Flags, Floats, Indices
from personalization.simulation.strengths import Strengths, TasteOptions


@dataclass(frozen=True)
class Items:
    """Products, one entry per product in each array.

    Attributes:
        leaf: number of the leaf in :data:`LEAVES`, ascending.
        brand: number of the brand.
        noun: number of the noun within the leaf.
        adjective: number of the adjective.
        brands: names of the brands.
        base_price: without discount, in the shop's currency.
        log_price: log of that relative to the leaf's median.
        log_popularity: log of the weight with which an item is chosen.
        tastes: latent taste, shape ``(n_items, n_dimensions)``; each of length 1.
        cycle_days: median days until an item is bought again; 0 where it is not.
    """

    leaf: Indices
    brand: Indices
    noun: Indices
    adjective: Indices
    brands: tuple[str, ...]
    base_price: Floats
    log_price: Floats
    log_popularity: Floats
    tastes: Floats
    cycle_days: Floats

    @property
    def size(self) -> int:
        """How many there are."""
        return self.leaf.size

    @cached_property
    def first_of_leaf(self) -> Indices:
        """First item of each leaf, and the number of items; shape ``(n_leaves + 1,)``."""
        return np.searchsorted(self.leaf, np.arange(len(LEAVES) + 1))

    @cached_property
    def titles(self) -> tuple[str, ...]:
        """Brand, adjective and noun of each item; written once."""
        parts = (self.brand, self.adjective, self.leaf, self.noun)
        return tuple(
            f"{self.brands[brand]} {ADJECTIVES[adjective]} {LEAVES[leaf].nouns[noun]}"
            for brand, adjective, leaf, noun in zip(*(p.tolist() for p in parts), strict=True)
        )

    @property
    def is_habit(self) -> Flags:
        """Whether an item is bought again and again."""
        return self.cycle_days > 0


def draw_brands(seed: int, size: int) -> tuple[str, ...]:
    """Names of the brands, all different."""
    from faker import Faker

    fake = Faker("en_GB")
    fake.seed_instance(seed)
    return tuple(fake.unique.last_name() for _ in range(size))


def draw_leaves(rng: np.random.Generator, size: int, log_sd: float) -> Indices:
    """Leaf of each item, ascending; each leaf has one at least where there are enough."""
    shares = np.exp(rng.normal(0.0, log_sd, len(LEAVES)))
    sure = np.arange(len(LEAVES))[:size]
    more = rng.choice(len(LEAVES), size - sure.size, p=shares / shares.sum())
    return np.sort(np.concatenate([sure, more]))


def draw_item_tastes(rng: np.random.Generator, leaf: Indices, taste: TasteOptions) -> Floats:
    """Taste of each item, of length 1: partly its leaf's, partly its own."""
    centres = rng.standard_normal((len(LEAVES), taste.n_dimensions))
    own = rng.standard_normal((leaf.size, taste.n_dimensions))
    shared = taste.category_share
    mixed = np.sqrt(shared) * centres[leaf] + np.sqrt(1 - shared) * own
    tastes: Floats = mixed / np.linalg.norm(mixed, axis=1, keepdims=True)
    return tastes


def spread_normals(rng: np.random.Generator, leaf: Indices) -> Floats:
    """Standard normal numbers, spread evenly over all items and within each leaf.

    The numbers are the middles of n equal parts of the distribution, and a leaf's items lie far
    apart, so that neither a leaf nor a seed has all the luck.
    """
    drawn = np.lexsort((rng.random(leaf.size), leaf))
    place = np.empty(leaf.size)
    place[drawn] = np.arange(leaf.size) - np.searchsorted(leaf, leaf) + rng.random(leaf.size)
    rank = np.argsort(np.argsort(place / np.bincount(leaf)[leaf]))
    numbers: Floats = ndtri((rank + 0.5) / leaf.size)
    return numbers


def draw_items(seed: int, size: int, strengths: Strengths) -> Items:
    """Draw the shop's products."""
    rng, assortment = np.random.default_rng([seed, 1]), strengths.assortment
    leaf = draw_leaves(rng, size, assortment.category_log_sd)
    nouns = np.array([len(one.nouns) for one in LEAVES])[leaf]
    median = np.array([assortment.median_prices[name] for name in LEAF_NAMES])[leaf]
    cycles = [strengths.habits.cycle_days.get(name, 0.0) for name in LEAF_NAMES]
    price = np.round(median * np.exp(assortment.price_log_sd * spread_normals(rng, leaf)), 2)
    return Items(
        leaf=leaf,
        # a leaf has some of the brands only, so that a brand says something about its products
        brand=(leaf * 3 + rng.integers(0, assortment.brands_per_category, size))
        % assortment.n_brands,
        noun=(rng.random(size) * nouns).astype(np.int64),
        adjective=rng.integers(0, len(ADJECTIVES), size),
        brands=draw_brands(int(rng.integers(0, 2**31)), assortment.n_brands),
        base_price=np.maximum(price, 0.01),
        log_price=np.log(np.maximum(price, 0.01) / median),
        log_popularity=assortment.popularity_log_sd * spread_normals(rng, leaf),
        tastes=draw_item_tastes(rng, leaf, strengths.taste),
        cycle_days=np.array(cycles, dtype=np.float64)[leaf],
    )
