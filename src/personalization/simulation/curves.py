"""Functions laid out once, to be looked up millions of times."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from personalization.simulation.chance import Floats

CELLS: Final = 4000


@dataclass(frozen=True)
class Curve:
    """A function, straight within each of ``CELLS`` parts of its domain.

    Attributes:
        low: lowest argument.
        high: highest argument.
        roots: square roots that are taken of the distance from ``low`` before it is cut into equal
            parts: with each, parts near ``low`` are finer.
        offsets: value of each part's line at 0; shape ``(CELLS,)``.
        slopes: of each part's line, same shape.
    """

    low: float
    high: float
    roots: int
    offsets: Floats
    slopes: Floats

    @classmethod
    def build(
        cls, function: Callable[[Floats], Floats], low: float, high: float, roots: int = 0
    ) -> Curve:
        """Lay out a function.

        Args:
            function: of arguments of shape ``(n,)``.
            low: lowest argument.
            high: highest argument.
            roots: see the attribute.
        """
        edges = low + (high - low) * np.linspace(0.0, 1.0, CELLS + 1) ** 2**roots
        values = function(edges)
        slopes = np.diff(values) / np.diff(edges)
        return cls(low, high, roots, values[:-1] - slopes * edges[:-1], slopes)

    def __call__(self, arguments: Floats) -> Floats:
        """Values of the function; arguments beyond its domain count as its nearest end.

        >>> Curve.build(np.square, 0.0, 2.0)(np.array([1.0, 1.5, 9.0])).round(6).tolist()
        [1.0, 2.25, 4.0]
        """
        inside = np.clip(arguments, self.low, self.high)
        place = (inside - self.low) / (self.high - self.low)
        for _ in range(self.roots):
            np.sqrt(place, out=place)
        place *= CELLS
        cell = np.minimum(place.astype(np.int32), CELLS - 1)
        values: Floats = self.slopes[cell]
        values *= inside
        values += self.offsets[cell]
        return values
