"""An experiment that runs in the shop: who is treated, and what that does to clicks and carts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

import numpy as np

from personalization.contracts.errors import ConfigurationError
from personalization.contracts.values import require
from personalization.simulation.chance import Chance, Flags, Floats, Indices
from personalization.simulation.limits import Name, Range, Share, check_ranges

ARMS: Final = ("control", "treatment")
LogOdds = Annotated[float, Range(-5, 5)]


@dataclass(frozen=True)
class ExperimentOptions:
    """An A/B test whose effects are known.

    Attributes:
        enabled: whether it runs.
        name: its name; another name treats other people.
        start: days before the end of the period at which it begins.
        days: that it takes.
        treated_share: of the people.
        click_logit: log-odds added to a treated person's click on a recommendation.
        cart_logit: log-odds added to a treated person's cart.
    """

    enabled: bool
    name: Name
    start: Annotated[int, Range(1, 3660)]
    days: Annotated[int, Range(1, 3660)]
    treated_share: Share
    click_logit: LogOdds
    cart_logit: LogOdds

    def __post_init__(self) -> None:
        """Refuse values out of range."""
        require(
            isinstance(self.enabled, bool),
            f"data_generation.experiment.enabled is {self.enabled!r}; it must be true or false",
        )
        check_ranges("experiment", self)


@dataclass(frozen=True)
class Experiment:
    """An experiment in a shop's own days.

    Attributes:
        options: effects and share.
        seed: of the shop.
        first: first day, from the start of the period.
    """

    options: ExperimentOptions
    seed: int
    first: int

    def treats(self, number: Indices) -> Flags:
        """Whether each person is treated, the same for the whole experiment."""
        drawn = Chance(self.seed).uniforms(f"experiment {self.options.name}", number)
        return drawn < self.options.treated_share

    def effect(self, log_odds: float, number: Indices, day: Indices) -> Floats:
        """Log-odds added for each person and day."""
        runs = (day >= self.first) & (day < self.first + self.options.days)
        added: Floats = log_odds * (runs & self.treats(number)).astype(np.float64)
        return added


def plan_experiment(options: ExperimentOptions, seed: int, n_days: int) -> Experiment | None:
    """The experiment of a shop; None where there is none.

    Raises:
        ConfigurationError: it begins before the shop does.
    """
    if not options.enabled:
        return None
    if options.start > n_days:
        raise ConfigurationError(
            f"data_generation.experiment.start is {options.start}; the shop has {n_days} days only"
        )
    return Experiment(options, seed, n_days - options.start)
