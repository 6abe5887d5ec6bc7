import os
import subprocess
import sys
from dataclasses import replace

import pandas as pd
import pytest

from personalization.simulation.shop import simulate_shop
from personalization.simulation.tables import write_tables
from tests.simulation.options_of import options_of

FINGERPRINT = """
import hashlib
from personalization.simulation.shop import simulate_shop
from personalization.simulation.tables import write_tables
from tests.simulation.options_of import options_of
options = options_of("base", "test", n_events=2_000)
tables = write_tables(simulate_shop(*options[:3]), "EUR")
text = "".join(table.to_csv() for table in tables.values())
print(hashlib.sha256(text.encode()).hexdigest())
"""


def fingerprint(hash_seed: str, project) -> str:
    run = subprocess.run(
        [sys.executable, "-c", FINGERPRINT],
        env={
            **os.environ,
            "PYTHONHASHSEED": hash_seed,
            "PYTHONPATH": f"{project / 'src'}:{project}",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    return run.stdout


def test_the_shop_does_not_depend_on_the_hash_seed(project_path):
    assert fingerprint("1", project_path) == fingerprint("2", project_path)


def test_the_same_seed_gives_the_same_tables_and_another_seed_others():
    def tables(seed):
        options = options_of("base", "test", seed=seed, n_events=2_000)
        return write_tables(simulate_shop(*options[:3]), "EUR")

    first, again, other = tables(1), tables(1), tables(2)
    for name, table in first.items():
        pd.testing.assert_frame_equal(table, again[name])
        assert not table.equals(other[name])


def test_repeated_orders_have_visits_of_their_own(shop, options):
    frame = shop.scene.visits.frame
    assert len(frame) == len(shop.scene.visits.moods)
    views = shop.views["visit"].value_counts()
    assert set(shop.lines["visit"]) <= set(views.index)
    bought_twice = shop.lines.assign(user=frame["user"].to_numpy()[shop.lines["visit"]])
    assert bought_twice.duplicated(["user", "item"]).mean() > 0.1


@pytest.mark.parametrize("field", ["list_share", "search_share"])
def test_a_shop_without_lists_or_searches_still_sells(field):
    options = options_of("base", "test")
    rules = replace(options.visits, **{field: 0.0})
    tables = write_tables(simulate_shop(options.shop, rules, options.behaviour), "EUR")
    assert len(tables["orders"]) > 50
    assert (len(tables["search_logs"]) == 0) == (field == "search_share")
    assert ("impression" in set(tables["events"]["event_kind"])) == (field == "search_share")


def test_a_shop_where_nobody_buys_has_no_orders():
    options = options_of("base", "test")
    tables = write_tables(
        simulate_shop(options.shop, options.visits, replace(options.behaviour, checkout_rate=0.0)),
        "EUR",
    )
    assert tables["orders"].empty
    assert set(tables["events"]["event_kind"]) == {"impression", "view", "cart"}
