"""The closed list of models that an artefact can become."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from personalization.recommenders.als import Als
from personalization.recommenders.base import Recommender
from personalization.recommenders.popularity import Popularity

# A manifest names a key of this table, never an import path.
REGISTRY: Final[Mapping[str, type[Recommender]]] = MappingProxyType(
    {model.name: model for model in (Popularity, Als)}
)
