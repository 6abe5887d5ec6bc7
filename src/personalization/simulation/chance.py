"""Random draws that the parts of a shop share."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]
Flags = NDArray[np.bool_]

PARTS: Final = ("users", "items", "visits", "views", "lists", "searches", "baskets", "dirt")


def open_streams(seed: int) -> dict[str, np.random.Generator]:
    """One independent random stream per part of the shop."""
    return dict(zip(PARTS, np.random.default_rng(seed).spawn(len(PARTS)), strict=True))


def faker_seed(rng: np.random.Generator) -> int:
    """A seed for Faker, taken from the part's own stream."""
    return int(rng.integers(0, 2**31))


def scale_to_rate(weights: Floats, rate: float) -> Floats:
    """Probabilities in proportion to the weights, with mean ``rate`` unless cut at 1.

    Args:
        weights: not negative, shape ``(n,)``; empty gives empty.
        rate: mean probability aimed at, 0 to 1.

    >>> scale_to_rate(np.array([1.0, 3.0]), 0.5).tolist()
    [0.25, 0.75]
    """
    if not weights.size:
        return weights
    scaled: Floats = np.minimum(weights * (rate / weights.mean()), 1.0)
    return scaled


def pick_by_weight(weights: Floats, rows: Indices, uniforms: Floats) -> Indices:
    """Column drawn from a row's weights, for each uniform number.

    Args:
        weights: not negative, a positive sum in each row, shape ``(n_rows, n_columns)``.
        rows: row to draw from, shape ``(n_draws,)``.
        uniforms: numbers in [0, 1), shape ``(n_draws,)``.

    A quarter of the first row lies on column 0, the rest on column 2:

    >>> w = np.array([[1.0, 0.0, 3.0], [0.0, 1.0, 0.0]])
    >>> pick_by_weight(w, np.array([0, 0, 1]), np.array([0.2, 0.3, 0.0])).tolist()
    [0, 2, 1]
    """
    n_rows, n_columns = weights.shape
    heights = weights.cumsum(axis=1)
    ladder = (heights / heights[:, -1:] + np.arange(n_rows)[:, None]).ravel()
    picks = np.searchsorted(ladder, rows + uniforms, side="right") - rows * n_columns
    inside: Indices = np.minimum(picks, n_columns - 1)
    return inside


def number_ids(prefix: str, numbers: Indices) -> NDArray[np.str_]:
    """Ids of a prefix and at least six digits.

    >>> number_ids("u", np.array([0, 41])).tolist()
    ['u000000', 'u000041']
    """
    return np.char.mod(f"{prefix}%06d", numbers)
