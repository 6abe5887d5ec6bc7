"""Models that recommend: one interface, one file per model."""

from personalization.recommenders.als import Als, AlsOptions
from personalization.recommenders.base import Recommender
from personalization.recommenders.interactions import SeenItems
from personalization.recommenders.popularity import Popularity
from personalization.recommenders.registry import REGISTRY
from personalization.recommenders.top_k import TopK

__all__ = ["REGISTRY", "Als", "AlsOptions", "Popularity", "Recommender", "SeenItems", "TopK"]
