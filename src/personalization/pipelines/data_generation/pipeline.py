"""Wiring of data generation."""

from __future__ import annotations

from kedro.pipeline import Pipeline, node

from personalization.contracts.schemas import RAW_TABLES
from personalization.pipelines.data_generation.nodes import generate_raw_files


def create_pipeline() -> Pipeline:
    """One node from the parameters to the five raw tables."""
    return Pipeline(
        [
            node(
                func=generate_raw_files,
                inputs={
                    "shop": "params:data_generation.shop",
                    "visits": "params:data_generation.visits",
                    "behaviour": "params:data_generation.behaviour",
                    "dirt": "params:data_generation.dirt",
                },
                outputs={f"raw_{name}": f"raw_{name}" for name in RAW_TABLES},
                name="generate_raw_files",
            )
        ]
    )
