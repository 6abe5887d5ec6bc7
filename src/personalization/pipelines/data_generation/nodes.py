"""What the data generation pipeline offers."""

import pandas as pd

from personalization.contracts.schemas import RAW_TABLES
from personalization.pipelines.data_generation.options import (
    BehaviourOptions,
    DirtOptions,
    ShopOptions,
    VisitOptions,
)
from personalization.simulation.dirt import soil_tables
from personalization.simulation.shop import simulate_shop
from personalization.simulation.tables import write_tables

RawFiles = dict[str, pd.DataFrame]


def generate_raw_files(
    shop: ShopOptions, visits: VisitOptions, behaviour: BehaviourOptions, dirt: DirtOptions
) -> dict[str, RawFiles]:
    """Generate the five raw tables of a shop, or nothing.

    Returns:
        For each dataset ``raw_<table>``, file name to frame of text in the order of the
        contract. Empty for each dataset where generation is off: a shop's own files stay.
    """
    if not shop.enabled:
        return {f"raw_{name}": {} for name in RAW_TABLES}
    clean = write_tables(simulate_shop(shop, visits, behaviour), shop.currency)
    tables = soil_tables(clean, shop.seed, dirt)
    return {f"raw_{name}": {f"{name}.csv": tables[name]} for name in RAW_TABLES}
