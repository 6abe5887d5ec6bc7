"""The category tree of the generated shop, with the words that titles are made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Leaf:
    """A lowest category.

    Attributes:
        path: categories from root to leaf.
        nouns: what a product of the leaf may be.
        median_price: in the shop's currency, per piece.
        is_habit: true where people buy the same again and again.
    """

    path: tuple[str, str, str]
    nouns: tuple[str, ...]
    median_price: float
    is_habit: bool = False

    @property
    def name(self) -> str:
        """Name of the leaf itself."""
        return self.path[-1]


PRICE_LOG_SD: Final = 0.6  # within a leaf

ADJECTIVES: Final = (
    *("Classic", "Compact", "Soft", "Light", "Sturdy", "Smart", "Natural", "Fresh"),
    *("Modern", "Urban", "Nordic", "Bright", "Quiet", "Rustic", "Fine", "Royal"),
)

LEAVES: Final = (
    Leaf(("Home", "Kitchen", "Cookware"), ("Pan", "Pot", "Wok", "Casserole"), 38.0),
    Leaf(("Home", "Kitchen", "Tableware"), ("Plate", "Bowl", "Mug", "Glass"), 14.0),
    Leaf(("Home", "Decor", "Lighting"), ("Lamp", "Lantern", "Spotlight"), 45.0),
    Leaf(("Home", "Decor", "Textiles"), ("Cushion", "Throw", "Rug", "Curtain"), 29.0),
    Leaf(("Home", "Cleaning", "Detergents"), ("Detergent", "Softener", "Soap"), 7.0, is_habit=True),
    Leaf(("Fashion", "Women", "Dresses"), ("Dress", "Skirt", "Gown"), 52.0),
    Leaf(("Fashion", "Men", "Shirts"), ("Shirt", "Polo", "Pullover"), 36.0),
    Leaf(("Fashion", "Shoes", "Sneakers"), ("Sneaker", "Trainer", "Runner"), 74.0),
    Leaf(("Electronics", "Audio", "Headphones"), ("Headphones", "Earbuds", "Headset"), 65.0),
    Leaf(("Electronics", "Computing", "Accessories"), ("Keyboard", "Mouse", "Charger"), 27.0),
    Leaf(("Grocery", "Drinks", "Coffee"), ("Espresso", "Roast", "Capsules"), 11.0, is_habit=True),
    Leaf(("Grocery", "Snacks", "Chocolate"), ("Truffles", "Bar", "Pralines"), 6.0, is_habit=True),
    Leaf(("Beauty", "Skin", "Creams"), ("Cream", "Lotion", "Balm"), 18.0, is_habit=True),
    Leaf(("Beauty", "Fragrance", "Perfumes"), ("Perfume", "Cologne"), 58.0),
    Leaf(("Pets", "Dogs", "Dog Food"), ("Kibble", "Chews", "Pate"), 16.0, is_habit=True),
    Leaf(("Sports", "Fitness", "Training"), ("Mat", "Dumbbell", "Band", "Bottle"), 24.0),
)
