"""Parameter groups of data generation; the simulation reads them, so they are defined there."""

from personalization.simulation.settings import (
    BehaviourOptions,
    DirtOptions,
    ShopOptions,
    VisitOptions,
)

__all__ = ["BehaviourOptions", "DirtOptions", "ShopOptions", "VisitOptions"]
