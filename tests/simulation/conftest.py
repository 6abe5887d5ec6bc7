"""A tiny clean shop, and one large enough for shares to settle; both simulated once."""

import pandas as pd
import pytest

from personalization.simulation.shop import Shop, simulate_shop
from personalization.simulation.tables import write_tables
from tests.simulation.options_of import Options, options_of


@pytest.fixture(scope="session")
def options() -> Options:
    return options_of("base", "test", n_users=500, n_products=150, n_events=40_000)


@pytest.fixture(scope="session")
def shop(options: Options) -> Shop:
    return simulate_shop(options.shop, options.visits, options.behaviour)


@pytest.fixture(scope="session")
def tables(shop: Shop) -> dict[str, pd.DataFrame]:
    return write_tables(shop, "EUR")
