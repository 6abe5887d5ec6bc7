"""Parameter groups of data generation; the simulation reads them, so they are defined there."""

from personalization.simulation.settings import DirtOptions, ShopOptions, TruthOptions
from personalization.simulation.strengths import Strengths

__all__ = ["DirtOptions", "ShopOptions", "Strengths", "TruthOptions"]
