"""The nodes of data_generation."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from pyspark.sql import DataFrame

from personalization.contracts import schemas
from personalization.pipelines.data_generation.daily_files import deliver_days
from personalization.pipelines.data_generation.identities import (
    DIRT,
    SESSIONS,
    list_dirty_files,
    list_soiled_rows,
    list_visitors,
)
from personalization.pipelines.data_generation.injected import (
    list_arms,
    list_effects,
    list_shifts,
)
from personalization.pipelines.data_generation.options import (
    DirtOptions,
    DriftOptions,
    ExperimentOptions,
    ShopOptions,
    Strengths,
)
from personalization.pipelines.data_generation.traffic import (
    BEST_ITEMS,
    rank_best_items,
    simulate_nobody,
    simulate_people,
)
from personalization.pipelines.data_generation.whole_files import (
    deliver_nothing,
    deliver_whole,
)
from personalization.simulation.world import NoWorld, World, build_world
from personalization.spark.build import active_session


def draw_world(
    shop: ShopOptions,
    strengths: Strengths,
    dirt: DirtOptions,
    drift: DriftOptions,
    experiment: ExperimentOptions,
) -> World | NoWorld:
    """Draw what is the same for everybody; ``NoWorld`` where generation is off.

    Args:
        shop: size, period and seed.
        strengths: of everything that acts.
        dirt: what is wrong with the files.
        drift: what changes on purpose.
        experiment: the A/B test that runs.

    Raises:
        ConfigurationError: what is set does not go together.
    """
    if not shop.enabled:
        return NoWorld()
    return build_world(shop, strengths, dirt, drift, experiment)


def record_parameters(
    shop: ShopOptions,
    strengths: Strengths,
    dirt: DirtOptions,
    drift: DriftOptions,
    experiment: ExperimentOptions,
) -> dict[str, Any]:
    """Keep what the shop is made of: seed and parameters, from which all of it can be drawn again.

    Args:
        shop: size, period and seed.
        strengths: of everything that acts.
        dirt: what is wrong with the files.
        drift: what changes on purpose.
        experiment: the A/B test that runs.
    """
    return {
        "shop": asdict(shop),
        "strengths": asdict(strengths),
        "dirt": asdict(dirt),
        "drift": asdict(drift),
        "experiment": asdict(experiment),
    }


def simulate_happenings(world: World | NoWorld) -> DataFrame:
    """Let everybody visit, look, search and buy.

    Grain: one row per bundle of events or searches as delivered. Columns: ``bundles.BUNDLES``.
    """
    return simulate_nobody() if isinstance(world, NoWorld) else simulate_people(world)


def deliver_files(
    world: World | NoWorld, happenings: DataFrame
) -> tuple[DataFrame, DataFrame, DataFrame, DataFrame, DataFrame]:
    """Write users, products, and a file of events, orders and searches for each day.

    Returns:
        Pieces of files of ``raw_users``, ``raw_products``, ``raw_events``, ``raw_orders`` and
        ``raw_search_logs``; none where generation is off, so that a shop's own files stay.
    """
    if isinstance(world, NoWorld):
        nothing = deliver_nothing()
        return nothing, nothing, nothing, nothing, nothing
    return (
        deliver_whole(world, schemas.USERS.name),
        deliver_whole(world, schemas.PRODUCTS.name),
        deliver_days(world, happenings, schemas.EVENTS.name),
        deliver_days(world, happenings, schemas.ORDERS.name),
        deliver_days(world, happenings, schemas.SEARCH_LOGS.name),
    )


def find_best_items(world: World | NoWorld, shop: ShopOptions) -> DataFrame:
    """Rank what each user most probably buys in the test window; nothing drawn for it is used.

    Grain: one row per user and rank, up to 100. Columns: ``user_id``, ``rank``, ``item_id``,
    ``probability``.
    """
    if isinstance(world, NoWorld):
        return active_session().createDataFrame([], BEST_ITEMS)
    return rank_best_items(world, shop.test_days)


def describe_injected(world: World | NoWorld) -> tuple[DataFrame, DataFrame, DataFrame]:
    """Write down what was done to the shop on purpose.

    Returns:
        ``truth_drift``: one row per active scenario; ``truth_experiment``: one row per arm;
        ``truth_experiment_users``: one row per user with an account.
    """
    return list_shifts(world), list_effects(world), list_arms(world)


def list_dirt(world: World | NoWorld, happenings: DataFrame) -> DataFrame:
    """What is wrong with which row or file.

    Grain: one row per soiled row, and one per day whose files are wrong as a whole. Columns: ``of``
    (``dirt``: an event or search; ``line_dirt``: an order line; ``file``), ``row_id`` (of the
    event, search or order; null for files), ``line_number`` (of the order line), ``what``,
    ``delivered`` (day of the file, from 0).
    """
    if isinstance(world, NoWorld):
        return active_session().createDataFrame([], DIRT)
    return list_soiled_rows(world, happenings).unionByName(list_dirty_files(world))


def list_sessions(world: World | NoWorld, happenings: DataFrame) -> DataFrame:
    """Who each session really is of.

    Grain: one row per session. Columns: ``session_id``, ``visitor`` (``account``, ``stranger`` or
    ``bot``), ``user_id`` (of accounts, also where the shop does not know it).
    """
    if isinstance(world, NoWorld):
        return active_session().createDataFrame([], SESSIONS)
    return list_visitors(world, happenings)
