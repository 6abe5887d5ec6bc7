"""What every recommender offers: fit, recommend, and arrays to keep it by."""

from __future__ import annotations

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self

import numpy as np
from numpy.typing import NDArray

from personalization.contracts.errors import ArtefactError
from personalization.recommenders.interactions import SeenItems, as_ids
from personalization.recommenders.top_k import FloatArray, StrArray, TopK, rank_items

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

Arrays = Mapping[str, NDArray[Any]]

CELLS_AT_ONCE: Final = 2**22  # scores held in memory at a time: 32 MB of float64
VERSION_DIGITS: Final = 16


class Recommender(ABC):
    """A model that ranks items for users.

    ``fit`` reads a frame with one row per interaction: ``user_id`` and ``item_id`` (string),
    ``interaction_ts`` (timestamp), ``weight`` (double). A fitted model holds plain NumPy arrays
    only, so that it is kept without pickle and needs no Spark to recommend.

    Attributes:
        name: what the registry and artefacts call the model.
    """

    name: ClassVar[str]

    @abstractmethod
    def fit(self, interactions: DataFrame) -> Self:
        """Learn from ``interactions`` and return the model itself.

        Raises:
            EmptyWindowError: no row can be used.
        """

    @property
    @abstractmethod
    def item_ids(self) -> StrArray:
        """The items that the model can recommend, shape ``(n_items,)``, ascending."""

    @property
    @abstractmethod
    def user_ids(self) -> StrArray:
        """The users that the model tells apart, shape ``(n_users,)``, ascending; may be empty."""

    @abstractmethod
    def score(self, user_ids: StrArray) -> FloatArray:
        """How much each user is expected to like each item; higher is better.

        Returns:
            A new array of shape ``(len(user_ids), n_items)``, columns as in ``item_ids``. Minus
            infinity where the model has nothing to say, as for a user it does not know.
        """

    @property
    @abstractmethod
    def settings(self) -> dict[str, Any]:
        """The parameters that the model was made with, as JSON can hold them."""

    @abstractmethod
    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """What was learned: numbers and fixed-width text, never objects."""

    @classmethod
    @abstractmethod
    def from_arrays(cls, arrays: Arrays, settings: Mapping[str, Any]) -> Self:
        """The model that :meth:`to_arrays` and :attr:`settings` describe.

        Raises:
            ArtefactError: an array is missing, or shapes do not agree.
        """

    def recommend(self, user_ids: StrArray, k: int, seen: SeenItems | None = None) -> TopK:
        """The best ``k`` items of each user, ties broken by the smaller item id.

        Args:
            user_ids: shape ``(n_users,)``; a user that the model does not know gets an empty
                list, unless the model treats all users alike.
            k: length of a list, at least 1; lists are shorter where candidates run out.
            seen: items to keep out of each user's list; None keeps nothing out.

        Raises:
            ValueError: ``k`` is less than 1.
        """
        if k < 1:
            raise ValueError(f"k must be at least 1, got {k}.")
        users = as_ids(user_ids)
        rows = max(1, CELLS_AT_ONCE // max(1, len(self.item_ids)))
        ids, values = [as_ids([]).reshape(0, k)], [np.empty((0, k))]
        for start in range(0, len(users), rows):
            chunk = users[start : start + rows]
            scores = self.score(chunk)
            if seen is not None:
                scores[seen.cells(chunk, self.item_ids)] = -np.inf
            chunk_ids, chunk_values = rank_items(scores, self.item_ids, k)
            ids.append(chunk_ids)
            values.append(chunk_values)
        return TopK(users, np.concatenate(ids), np.concatenate(values))

    def version(self) -> str:
        """What was learned and how, as 16 hex digits of a SHA-256; equal models share it."""
        digest = hashlib.sha256(json.dumps([self.name, self.settings], sort_keys=True).encode())
        for key, array in sorted(self.to_arrays().items()):
            digest.update(json.dumps([key, array.dtype.str, array.shape]).encode())
            digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()[:VERSION_DIGITS]


def take_array(arrays: Arrays, key: str, shape: tuple[int | None, ...]) -> NDArray[Any]:
    """The array named ``key``, whose shape must be ``shape``; None stands for any length.

    Raises:
        ArtefactError: there is no such array, or its shape differs.
    """
    if key not in arrays:
        raise ArtefactError(f"The model's array '{key}' is missing.")
    found = arrays[key].shape
    if len(found) != len(shape) or any(
        want not in {None, have} for want, have in zip(shape, found, strict=True)
    ):
        raise ArtefactError(f"The model's array '{key}' has shape {found}; expected {shape}.")
    return arrays[key]


def take_ids(arrays: Arrays, key: str) -> StrArray:
    """The ids named ``key``: text, shape ``(n,)``, ascending and distinct.

    Raises:
        ArtefactError: the array is missing, is no text, or is out of order.
    """
    ids = take_array(arrays, key, (None,))
    if ids.dtype.kind != "U" or (ids[1:] <= ids[:-1]).any():
        raise ArtefactError(f"The model's array '{key}' must hold distinct ids in order.")
    return ids
