"""Compare models on the purchases they have not seen."""

from personalization.pipelines.evaluation.pipeline import create_pipeline

__all__ = ["create_pipeline"]
