"""The category tree of the generated shop, the words of its titles, and where people may live."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Leaf:
    """A lowest category.

    Attributes:
        path: categories from root to leaf.
        nouns: what a product of the leaf may be.
    """

    path: tuple[str, str, str]
    nouns: tuple[str, ...]

    @property
    def name(self) -> str:
        """Name of the leaf itself."""
        return self.path[-1]


ADJECTIVES: Final = (
    *("Classic", "Compact", "Soft", "Light", "Sturdy", "Smart", "Natural", "Fresh"),
    *("Modern", "Urban", "Nordic", "Bright", "Quiet", "Rustic", "Fine", "Royal"),
)

# Countries whose names and addresses Faker knows.
LOCALES: Final = {
    "AT": "de_AT",
    "BE": "nl_BE",
    "CH": "de_CH",
    "DE": "de_DE",
    "DK": "da_DK",
    "ES": "es_ES",
    "FI": "fi_FI",
    "FR": "fr_FR",
    "GB": "en_GB",
    "IE": "en_IE",
    "IT": "it_IT",
    "NL": "nl_NL",
    "NO": "no_NO",
    "PL": "pl_PL",
    "PT": "pt_PT",
    "SE": "sv_SE",
    "US": "en_US",
}

LEAVES: Final = (
    Leaf(("Home", "Kitchen", "Cookware"), ("Pan", "Pot", "Wok", "Casserole")),
    Leaf(("Home", "Kitchen", "Tableware"), ("Plate", "Bowl", "Mug", "Glass")),
    Leaf(("Home", "Kitchen", "Knives"), ("Knife", "Sharpener", "Board")),
    Leaf(("Home", "Decor", "Lighting"), ("Lamp", "Lantern", "Spotlight")),
    Leaf(("Home", "Decor", "Textiles"), ("Cushion", "Throw", "Rug", "Curtain")),
    Leaf(("Home", "Decor", "Candles"), ("Candle", "Tealight", "Holder")),
    Leaf(("Home", "Cleaning", "Detergents"), ("Detergent", "Softener", "Soap")),
    Leaf(("Home", "Cleaning", "Paper"), ("Tissues", "Towels", "Napkins")),
    Leaf(("Fashion", "Women", "Dresses"), ("Dress", "Skirt", "Gown")),
    Leaf(("Fashion", "Women", "Tops"), ("Blouse", "Top", "Cardigan")),
    Leaf(("Fashion", "Men", "Shirts"), ("Shirt", "Polo", "Pullover")),
    Leaf(("Fashion", "Men", "Trousers"), ("Jeans", "Chinos", "Shorts")),
    Leaf(("Fashion", "Shoes", "Sneakers"), ("Sneaker", "Trainer", "Runner")),
    Leaf(("Fashion", "Shoes", "Boots"), ("Boot", "Ankle Boot", "Chelsea")),
    Leaf(("Electronics", "Audio", "Headphones"), ("Headphones", "Earbuds", "Headset")),
    Leaf(("Electronics", "Audio", "Speakers"), ("Speaker", "Soundbar", "Radio")),
    Leaf(("Electronics", "Computing", "Accessories"), ("Keyboard", "Mouse", "Charger")),
    Leaf(("Electronics", "Computing", "Storage"), ("Drive", "Card", "Stick")),
    Leaf(("Electronics", "Phones", "Cases"), ("Case", "Cover", "Protector")),
    Leaf(("Grocery", "Drinks", "Coffee"), ("Espresso", "Roast", "Capsules")),
    Leaf(("Grocery", "Drinks", "Tea"), ("Green Tea", "Infusion", "Black Tea")),
    Leaf(("Grocery", "Snacks", "Chocolate"), ("Truffles", "Bar", "Pralines")),
    Leaf(("Grocery", "Snacks", "Nuts"), ("Almonds", "Cashews", "Mix")),
    Leaf(("Grocery", "Pantry", "Oils"), ("Olive Oil", "Vinegar", "Pesto")),
    Leaf(("Beauty", "Skin", "Creams"), ("Cream", "Lotion", "Balm")),
    Leaf(("Beauty", "Hair", "Shampoo"), ("Shampoo", "Conditioner", "Mask")),
    Leaf(("Beauty", "Fragrance", "Perfumes"), ("Perfume", "Cologne", "Mist")),
    Leaf(("Beauty", "Make-up", "Lips"), ("Lipstick", "Gloss", "Liner")),
    Leaf(("Pets", "Dogs", "Dog Food"), ("Kibble", "Chews", "Pate")),
    Leaf(("Pets", "Cats", "Cat Food"), ("Pouches", "Crunch", "Treats")),
    Leaf(("Pets", "Dogs", "Leads"), ("Lead", "Collar", "Harness")),
    Leaf(("Sports", "Fitness", "Training"), ("Mat", "Dumbbell", "Band", "Bottle")),
    Leaf(("Sports", "Outdoor", "Camping"), ("Tent", "Stove", "Sleeping Bag")),
    Leaf(("Sports", "Cycling", "Bike Parts"), ("Pump", "Helmet", "Lock")),
    Leaf(("Toys", "Games", "Board Games"), ("Board Game", "Card Game", "Dice")),
    Leaf(("Toys", "Kids", "Puzzles"), ("Puzzle", "Blocks", "Train")),
    Leaf(("Books", "Fiction", "Novels"), ("Novel", "Thriller", "Stories")),
    Leaf(("Books", "Non-fiction", "Cookbooks"), ("Cookbook", "Guide", "Atlas")),
    Leaf(("Garden", "Plants", "Seeds"), ("Seeds", "Bulbs", "Herbs")),
    Leaf(("Garden", "Tools", "Hand Tools"), ("Trowel", "Shears", "Gloves")),
)
LEAF_NAMES: Final = tuple(leaf.name for leaf in LEAVES)
