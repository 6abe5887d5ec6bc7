"""The project's pipelines by name; ``__default__`` runs them all, in the order of their data."""

from __future__ import annotations

from kedro.pipeline import Pipeline

from personalization.names import every_pipeline


def register_pipelines() -> dict[str, Pipeline]:
    """Every package of ``personalization.pipelines`` that has a ``create_pipeline``."""
    pipelines = every_pipeline()
    return {**pipelines, "__default__": sum(pipelines.values(), Pipeline([]))}
