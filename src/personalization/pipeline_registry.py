"""The project's pipelines by name; ``__default__`` runs them all, in the order of their data."""

from __future__ import annotations

from kedro.framework.project import find_pipelines
from kedro.pipeline import Pipeline


def register_pipelines() -> dict[str, Pipeline]:
    """Every package of ``personalization.pipelines`` that has a ``create_pipeline``."""
    pipelines: dict[str, Pipeline] = find_pipelines(raise_errors=True)
    return {**pipelines, "__default__": sum(pipelines.values(), Pipeline([]))}
