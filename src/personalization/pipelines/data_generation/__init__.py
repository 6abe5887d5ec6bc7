"""Generate a shop's raw files where there are none."""

from personalization.pipelines.data_generation.pipeline import create_pipeline

__all__ = ["create_pipeline"]
