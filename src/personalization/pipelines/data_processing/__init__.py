"""Raw files to ``prm_user_item_interactions``."""

from personalization.pipelines.data_processing.pipeline import create_pipeline

__all__ = ["create_pipeline"]
