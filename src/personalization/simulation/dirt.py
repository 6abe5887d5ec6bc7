"""Faults in the files as received: rows delivered twice, values that cannot be read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd

from personalization.contracts import columns as c
from personalization.contracts import schemas
from personalization.simulation.chance import open_streams
from personalization.simulation.settings import DirtOptions

NOT_A_PRICE: Final = "n/a"
NOT_A_MOMENT: Final = "0000-00-00 00:00:00"


def overwrite_share(
    rng: np.random.Generator, table: pd.DataFrame, column: str, value: str, share: float
) -> pd.DataFrame:
    """The table with ``value`` in a random share of the rows of one column."""
    hit = rng.random(len(table)) < share
    return table.assign(**{column: table[column].mask(hit, value)})


def deliver_twice(rng: np.random.Generator, table: pd.DataFrame, share: float) -> pd.DataFrame:
    """The table with a random share of its rows repeated exactly, right after the first."""
    times = 1 + (rng.random(len(table)) < share)
    return table.loc[np.repeat(table.index, times)].reset_index(drop=True)


def soil_tables(
    tables: Mapping[str, pd.DataFrame], seed: int, dirt: DirtOptions
) -> dict[str, pd.DataFrame]:
    """The raw tables with faults in the events and the orders; with all shares 0, as given."""
    rng = open_streams(seed)["dirt"]
    events = overwrite_share(
        rng,
        tables[schemas.EVENTS.name],
        c.EVENT_TS,
        NOT_A_MOMENT,
        dirt.unparsable_time_share,
    )
    orders = tables[schemas.ORDERS.name]
    orders = overwrite_share(rng, orders, c.USER_ID, "", dirt.missing_customer_share)
    orders = overwrite_share(rng, orders, c.PRICE, NOT_A_PRICE, dirt.unparsable_price_share)
    return {
        **tables,
        schemas.EVENTS.name: deliver_twice(rng, events, dirt.duplicate_event_share),
        schemas.ORDERS.name: orders,
    }
