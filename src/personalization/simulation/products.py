"""The products' table: titles, categories, prices, and the days on which each can be bought."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from personalization.contracts import columns as c
from personalization.simulation import texts
from personalization.simulation.catalogue import LEAVES
from personalization.simulation.world import World

if TYPE_CHECKING:
    import pyarrow as pa


def write_stock_outs(world: World) -> list[str | None]:
    """Days out of stock of each item as ``first/last``, both included; None: always in stock."""
    told: list[str | None] = [None] * world.items.size
    period = world.period
    for item, first, last in world.assortment.stock_outs.tolist():
        days = texts.write_days(period.midnight(np.array([first, last]))).to_pylist()
        told[item] = "/".join(days)
    return told


def write_products(world: World) -> dict[str, pa.Array]:
    """Columns of the products' table. Grain: one row per item."""
    import pyarrow as pa

    items, period, assortment = world.items, world.period, world.assortment
    number = np.arange(items.size)
    retired = texts.write_moments(period.midnight(assortment.retire_day))
    return {
        c.ITEM_ID: texts.write_items(number),
        c.TITLE: pa.array(items.titles),
        c.CATEGORY_PATH: pa.array([" > ".join(LEAVES[leaf].path) for leaf in items.leaf]),
        c.BRAND: pa.array([items.brands[brand] for brand in items.brand]),
        c.PRICE: texts.write_prices(items.base_price),
        c.CURRENCY: texts.pick_words((world.currency,), np.zeros(items.size, np.int64)),
        c.LAUNCHED_TS: texts.write_moments(period.midnight(assortment.launch_day)),
        c.RETIRED_TS: texts.blank_where(assortment.retire_day > period.n_days, retired),
        c.STOCK_OUTS: pa.array(write_stock_outs(world), pa.string()),
    }
