"""Central table to models and recommendations."""

from personalization.pipelines.training.pipeline import create_pipeline

__all__ = ["create_pipeline"]
