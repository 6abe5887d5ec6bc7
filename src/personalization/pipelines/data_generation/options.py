"""Parameter groups of data generation; the simulation reads them, so they are defined there."""

from personalization.simulation.experiment import ExperimentOptions
from personalization.simulation.settings import DirtOptions, ShopOptions
from personalization.simulation.shifts import DriftOptions
from personalization.simulation.strengths import Strengths

__all__ = [
    "DirtOptions",
    "DriftOptions",
    "ExperimentOptions",
    "ShopOptions",
    "Strengths",
]
