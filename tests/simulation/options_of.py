"""Option groups of the generated shop, read from the project's own parameter files."""

from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from personalization.simulation.settings import (
    BehaviourOptions,
    DirtOptions,
    ShopOptions,
    VisitOptions,
)

CONF = Path(__file__).parents[2] / "conf"
NO_DIRT = DirtOptions(
    duplicate_event_share=0.0,
    unparsable_time_share=0.0,
    missing_customer_share=0.0,
    unparsable_price_share=0.0,
)


class Options(NamedTuple):
    shop: ShopOptions
    visits: VisitOptions
    behaviour: BehaviourOptions
    dirt: DirtOptions


def read_groups(*environments: str) -> dict[str, dict[str, Any]]:
    """Groups of ``data_generation``, later environments over earlier ones."""
    groups: dict[str, dict[str, Any]] = {}
    for name in environments:
        text = (CONF / name / "parameters" / "data_generation.yml").read_text()
        text = text.replace("${globals:seed}", "7").replace("${globals:run_date}", "'2026-06-30'")
        given = yaml.safe_load(text)
        for group, values in given["data_generation"].items():
            groups[group] = {**groups.get(group, {}), **values}
    return groups


def options_of(*environments: str, **shop: object) -> Options:
    groups = read_groups(*environments)
    return Options(
        replace(ShopOptions(**groups["shop"]), **shop),
        VisitOptions(**groups["visits"]),
        BehaviourOptions(**groups["behaviour"]),
        DirtOptions(**groups["dirt"]),
    )
