"""Option groups of the generated shop, read from the project's own parameter files."""

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from personalization.simulation.experiment import ExperimentOptions
from personalization.simulation.settings import DirtOptions, ShopOptions
from personalization.simulation.shifts import DriftOptions
from personalization.simulation.strengths import Strengths
from personalization.simulation.world import World, build_world

CONF = Path(__file__).parents[2] / "conf"
NO_DIRT = {field.name: 1 if field.name == "late_days" else 0.0 for field in fields(DirtOptions)}


class Options(NamedTuple):
    shop: ShopOptions
    strengths: Strengths
    dirt: DirtOptions
    drift: DriftOptions
    experiment: ExperimentOptions


def merge(lower: Mapping[str, Any], upper: Mapping[str, Any]) -> dict[str, Any]:
    """Values of ``upper`` over those of ``lower``, group by group."""
    merged = dict(lower)
    for key, value in upper.items():
        both = isinstance(value, Mapping) and isinstance(merged.get(key), Mapping)
        merged[key] = merge(merged[key], value) if both else value
    return merged


def read_groups(*environments: str) -> dict[str, Any]:
    """Groups of ``data_generation``, later environments over earlier ones."""
    groups: dict[str, Any] = {}
    for name in environments:
        text = (CONF / name / "parameters" / "data_generation.yml").read_text()
        text = text.replace("${globals:seed}", "7").replace("${globals:run_date}", "'2026-06-30'")
        groups = merge(groups, yaml.safe_load(text)["data_generation"])
    return groups


def options_of(*environments: str, **changes: Any) -> Options:
    """Options of the environments with changes: by group, nested."""
    groups = merge(read_groups(*environments), changes)
    return Options(
        ShopOptions(**groups["shop"]),
        Strengths(**groups["strengths"]),
        DirtOptions(**groups["dirt"]),
        DriftOptions(**groups["drift"]),
        ExperimentOptions(**groups["experiment"]),
    )


def world_of(*environments: str, **changes: Any) -> World:
    """The world of these options."""
    return build_world(*options_of(*environments, **changes))
