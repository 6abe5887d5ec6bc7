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
        median_price: in the shop's currency, per piece.
        cycle_days: median days until the same is bought again; 0 where it is not.
    """

    path: tuple[str, str, str]
    nouns: tuple[str, ...]
    median_price: float
    cycle_days: float = 0.0

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
    Leaf(("Home", "Kitchen", "Cookware"), ("Pan", "Pot", "Wok", "Casserole"), 38.0),
    Leaf(("Home", "Kitchen", "Tableware"), ("Plate", "Bowl", "Mug", "Glass"), 14.0),
    Leaf(("Home", "Kitchen", "Knives"), ("Knife", "Sharpener", "Board"), 32.0),
    Leaf(("Home", "Decor", "Lighting"), ("Lamp", "Lantern", "Spotlight"), 45.0),
    Leaf(("Home", "Decor", "Textiles"), ("Cushion", "Throw", "Rug", "Curtain"), 29.0),
    Leaf(("Home", "Decor", "Candles"), ("Candle", "Tealight", "Holder"), 11.0),
    Leaf(("Home", "Cleaning", "Detergents"), ("Detergent", "Softener", "Soap"), 7.0, 30.0),
    Leaf(("Home", "Cleaning", "Paper"), ("Tissues", "Towels", "Napkins"), 6.0, 24.0),
    Leaf(("Fashion", "Women", "Dresses"), ("Dress", "Skirt", "Gown"), 52.0),
    Leaf(("Fashion", "Women", "Tops"), ("Blouse", "Top", "Cardigan"), 29.0),
    Leaf(("Fashion", "Men", "Shirts"), ("Shirt", "Polo", "Pullover"), 36.0),
    Leaf(("Fashion", "Men", "Trousers"), ("Jeans", "Chinos", "Shorts"), 48.0),
    Leaf(("Fashion", "Shoes", "Sneakers"), ("Sneaker", "Trainer", "Runner"), 74.0),
    Leaf(("Fashion", "Shoes", "Boots"), ("Boot", "Ankle Boot", "Chelsea"), 96.0),
    Leaf(("Electronics", "Audio", "Headphones"), ("Headphones", "Earbuds", "Headset"), 65.0),
    Leaf(("Electronics", "Audio", "Speakers"), ("Speaker", "Soundbar", "Radio"), 88.0),
    Leaf(("Electronics", "Computing", "Accessories"), ("Keyboard", "Mouse", "Charger"), 27.0),
    Leaf(("Electronics", "Computing", "Storage"), ("Drive", "Card", "Stick"), 42.0),
    Leaf(("Electronics", "Phones", "Cases"), ("Case", "Cover", "Protector"), 16.0),
    Leaf(("Grocery", "Drinks", "Coffee"), ("Espresso", "Roast", "Capsules"), 11.0, 21.0),
    Leaf(("Grocery", "Drinks", "Tea"), ("Green Tea", "Infusion", "Black Tea"), 7.0, 35.0),
    Leaf(("Grocery", "Snacks", "Chocolate"), ("Truffles", "Bar", "Pralines"), 6.0, 18.0),
    Leaf(("Grocery", "Snacks", "Nuts"), ("Almonds", "Cashews", "Mix"), 8.0, 25.0),
    Leaf(("Grocery", "Pantry", "Oils"), ("Olive Oil", "Vinegar", "Pesto"), 12.0, 45.0),
    Leaf(("Beauty", "Skin", "Creams"), ("Cream", "Lotion", "Balm"), 18.0, 50.0),
    Leaf(("Beauty", "Hair", "Shampoo"), ("Shampoo", "Conditioner", "Mask"), 10.0, 40.0),
    Leaf(("Beauty", "Fragrance", "Perfumes"), ("Perfume", "Cologne", "Mist"), 58.0),
    Leaf(("Beauty", "Make-up", "Lips"), ("Lipstick", "Gloss", "Liner"), 14.0),
    Leaf(("Pets", "Dogs", "Dog Food"), ("Kibble", "Chews", "Pate"), 16.0, 22.0),
    Leaf(("Pets", "Cats", "Cat Food"), ("Pouches", "Crunch", "Treats"), 13.0, 20.0),
    Leaf(("Pets", "Dogs", "Leads"), ("Lead", "Collar", "Harness"), 21.0),
    Leaf(("Sports", "Fitness", "Training"), ("Mat", "Dumbbell", "Band", "Bottle"), 24.0),
    Leaf(("Sports", "Outdoor", "Camping"), ("Tent", "Stove", "Sleeping Bag"), 79.0),
    Leaf(("Sports", "Cycling", "Bike Parts"), ("Pump", "Helmet", "Lock"), 34.0),
    Leaf(("Toys", "Games", "Board Games"), ("Board Game", "Card Game", "Dice"), 26.0),
    Leaf(("Toys", "Kids", "Puzzles"), ("Puzzle", "Blocks", "Train"), 19.0),
    Leaf(("Books", "Fiction", "Novels"), ("Novel", "Thriller", "Stories"), 12.0),
    Leaf(("Books", "Non-fiction", "Cookbooks"), ("Cookbook", "Guide", "Atlas"), 25.0),
    Leaf(("Garden", "Plants", "Seeds"), ("Seeds", "Bulbs", "Herbs"), 5.0),
    Leaf(("Garden", "Tools", "Hand Tools"), ("Trowel", "Shears", "Gloves"), 17.0),
)
