"""Random draws without state: each number is a function of seed, purpose, person and count.

Whoever asks for the same number gets it, in any order, block, process or machine: a person can be
drawn again alone. The generator is SplitMix64.

Reference: Steele, Lea, Flood (2014), Fast splittable pseudorandom number generators, OOPSLA.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from personalization.simulation.layout import few_rows

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]
Flags = NDArray[np.bool_]
Words = NDArray[np.uint64]
Keys = tuple[Indices, Indices]  # person's number and count of each draw

GOLDEN: Final = np.uint64(0x9E3779B97F4A7C15)
HEIGHT: Final = 2**40  # steps of a ladder: whole numbers, so that no row depends on its neighbours


def mix(words: Words) -> Words:
    """Scramble 64-bit words, one to one (SplitMix64's finaliser)."""
    words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return words ^ (words >> np.uint64(31))


def as_words(numbers: Indices | int) -> Words:
    """Whole numbers as 64-bit words."""
    return np.atleast_1d(np.asarray(numbers, dtype=np.int64)).view(np.uint64)


def key_of(seed: int, purpose: str) -> Words:
    """The word that stands for a purpose in a shop."""
    return mix(as_words(seed) * GOLDEN + as_words(zlib.crc32(purpose.encode())))


def scramble(seed: int, purpose: str, numbers: Indices) -> Words:
    """Numbers out of order, one to one: different ones stay different."""
    return mix(key_of(seed, purpose) + as_words(numbers) * GOLDEN)


@dataclass(frozen=True)
class Chance:
    """The random numbers of a shop.

    Attributes:
        seed: of the shop.
        replica: other numbers of the same shop, to see how much is chance.
    """

    seed: int
    replica: int = 0

    def uniforms(self, purpose: str, person: Indices | int, count: Indices | int = 0) -> Floats:
        """Numbers in (0, 1), one per pair of person and count, which are broadcast.

        >>> Chance(1).uniforms("mood", np.array([7, 8])).shape
        (2,)
        """
        key = mix(key_of(self.seed, purpose) + as_words(self.replica))
        words = mix(key + (as_words(person) + np.uint64(1)) * GOLDEN)
        words = mix(words + (as_words(count) + np.uint64(1)) * GOLDEN)
        numbers: Floats = ((words >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53
        return numbers

    def normals(self, purpose: str, person: Indices | int, count: Indices | int = 0) -> Floats:
        """Standard normal numbers, as ``uniforms``."""
        numbers: Floats = ndtri(self.uniforms(purpose, person, count))
        return numbers

    def choices(
        self, purpose: str, shares: Floats, person: Indices, count: Indices | int = 0
    ) -> Indices:
        """Places drawn from ``shares``, which sum to 1, as ``uniforms``."""
        steps = np.cumsum(shares) / np.sum(shares)
        drawn = np.searchsorted(steps, self.uniforms(purpose, person, count), side="right")
        return np.minimum(drawn, steps.size - 1)

    def below(
        self, purpose: str, bound: Indices | int, person: Indices, count: Indices | int = 0
    ) -> Indices:
        """Whole numbers from 0 to below ``bound``, as ``uniforms``."""
        drawn: Indices = np.floor(self.uniforms(purpose, person, count) * bound).astype(np.int64)
        return drawn

    def between(
        self, purpose: str, span: Sequence[int], person: Indices, count: Indices | int = 0
    ) -> Indices:
        """Whole numbers of a span, its shortest and longest included, as ``uniforms``."""
        low, high = span
        drawn: Indices = low + self.below(purpose, high - low + 1, person, count)
        return drawn


@dataclass(frozen=True)
class Ladder:
    """Rows of weights to draw columns from, by the height that a uniform number climbs to.

    Attributes:
        rungs: upper end of each column in whole steps, its row times ``HEIGHT`` added; ascending,
            shape ``(n_rows * n_columns,)``.
        n_columns: columns of a row.
    """

    rungs: Indices
    n_columns: int

    @classmethod
    def build(cls, weights: Floats) -> Ladder:
        """A ladder for each row of ``weights``: not negative, a positive sum in each row."""
        rungs = np.empty(weights.shape, dtype=np.int64)
        for rows in few_rows(*weights.shape):
            heights = np.cumsum(weights[rows], axis=1)
            heights /= heights[:, -1:].copy()
            heights *= HEIGHT
            rungs[rows] = np.floor(heights)
            rungs[rows] += np.arange(rows.start, rows.stop)[:, None] * HEIGHT
        return cls(rungs.ravel(), weights.shape[1])

    def below(self, rows: Indices, columns: Indices) -> Indices:
        """Steps of a row that lie below a column."""
        before = self.rungs[np.maximum(rows * self.n_columns + columns - 1, 0)] - rows * HEIGHT
        return np.where(columns > 0, before, 0)

    def pick(
        self, rows: Indices, uniforms: Floats, low: Indices | int = 0, high: Indices | int = HEIGHT
    ) -> Indices:
        """Column of each draw; only from those between the steps ``low`` and ``high``.

        A quarter of the first row lies on column 0, the rest on column 2:

        >>> ladder = Ladder.build(np.array([[1.0, 0.0, 3.0], [0.0, 1.0, 0.0]]))
        >>> ladder.pick(np.array([0, 0, 1]), np.array([0.2, 0.3, 0.0])).tolist()
        [0, 2, 1]
        """
        climbed = low + np.floor(uniforms * (high - np.asarray(low))).astype(np.int64)
        found = np.searchsorted(self.rungs, rows * HEIGHT + climbed, side="right")
        picked: Indices = found - rows * self.n_columns
        return picked


def count_within(counts: Indices) -> tuple[Indices, Indices]:
    """Row and place within it, for as many places as each row has.

    >>> [part.tolist() for part in count_within(np.array([2, 0, 1]))]
    [[0, 0, 2], [0, 1, 0]]
    """
    rows = np.repeat(np.arange(counts.size), counts)
    return rows, np.arange(rows.size) - np.repeat(np.cumsum(counts) - counts, counts)
