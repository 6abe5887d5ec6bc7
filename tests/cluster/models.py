"""Whether the models of two data roots say the same.

Popularity is counted, so it has to be equal to the last digit. ALS adds up float32 numbers in the
order in which partitions arrive: from one run to the next, also on one machine, its vectors differ
in their last digits, and so do scores. ``SCORE_TOLERANCE`` bounds the difference of any score.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from personalization.datasets.model_artefact import ModelArtefactDataset

if TYPE_CHECKING:
    from pathlib import Path

    from personalization.recommenders import Recommender

SCORE_TOLERANCE = 1e-3  # of the largest score


class Agreement(NamedTuple):
    """One model on both sides.

    Attributes:
        name: of the model.
        difference: the largest one between two scores, relative to the largest score.
        tolerance: that it must not exceed.
        problem: why it could not be compared; empty where it could.
    """

    name: str
    difference: float
    tolerance: float
    problem: str = ""

    @property
    def is_same(self) -> bool:
        return not self.problem and self.difference <= self.tolerance

    def __str__(self) -> str:
        verdict = "Same" if self.is_same else "DIFFERS"
        told = self.problem or (
            f"scores differ by {self.difference:.1g} at most, {self.tolerance:g} allowed"
        )
        return f"{verdict:<8} {self.name:<32} {told}"


def compare_models(roots: tuple[Path, Path]) -> list[Agreement]:
    """Every model that is on either side."""
    here, there = (
        {path.parent.name: path.parent for path in sorted(root.glob("06_models/*/*/current"))}
        for root in roots
    )
    found = []
    for name in sorted(here.keys() | there.keys()):
        tolerance = SCORE_TOLERANCE if name.endswith("als") else 0.0
        if name in here and name in there:
            models = [ModelArtefactDataset(filepath=str(s[name])).load() for s in (here, there)]
            found.append(agree(name, models[0], models[1], tolerance))
        else:
            found.append(Agreement(name, np.inf, tolerance, "it is on one side only"))
    return found


def agree(name: str, one: Recommender, other: Recommender, tolerance: float) -> Agreement:
    """Two models of the same users and items, by the scores of every pair."""
    for what in ("user_ids", "item_ids"):
        if getattr(one, what).tolist() != getattr(other, what).tolist():
            return Agreement(name, np.inf, tolerance, f"{what} differ")
    users = one.user_ids if len(one.user_ids) else np.array(["anybody"])
    largest, most = 0.0, 0.0
    for block in np.array_split(users, max(1, len(users) // 1000)):
        scores = one.score(block), other.score(block)
        largest = max(largest, float(np.abs(scores[0]).max(initial=0)))
        most = max(most, float(np.abs(scores[0] - scores[1]).max(initial=0)))
    return Agreement(name, most / largest if largest else most, tolerance)
