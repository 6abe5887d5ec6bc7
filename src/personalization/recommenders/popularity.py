"""Popularity: what most users had, ever or lately; the baseline that others must beat."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from pyspark.sql import functions as F  # noqa: N812 - the usual name

from personalization.contracts import columns as c
from personalization.contracts.errors import ConfigurationError, EmptyWindowError
from personalization.recommenders.base import Arrays, Recommender, take_array, take_ids
from personalization.recommenders.interactions import encode
from personalization.recommenders.top_k import FloatArray, StrArray

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame


class Popularity(Recommender):
    """Ranks items by the number of distinct users who met them, the same list for everyone.

    Items that nobody met within the window score 0 and follow in the order of their ids.

    Args:
        window_days: count only the days before ``until``; None counts all time.
        until: rows at or after this moment are left out (UTC where it names no zone); None
            leaves none out. A window needs it.

    Raises:
        ConfigurationError: the window is not positive, or has no end.
    """

    name: ClassVar[str] = "popularity"

    def __init__(self, window_days: int | None = None, until: datetime | None = None) -> None:
        if window_days is not None and (window_days < 1 or until is None):
            raise ConfigurationError(
                f"popularity: window_days is {window_days}, until is {until}; "
                "a window has at least 1 day and needs its end."
            )
        self.window_days = window_days
        self.until = until if until is None or until.tzinfo else until.replace(tzinfo=UTC)
        self._item_ids: StrArray = np.empty(0, dtype=np.str_)
        self._user_counts: FloatArray = np.empty(0)

    def fit(self, interactions: DataFrame) -> Self:
        """Count each item's users in Spark; only the counts leave it."""
        counts = (
            self._before_end(interactions)
            .where(F.col(c.ITEM_ID).isNotNull())
            .groupBy(c.ITEM_ID)
            .agg(F.countDistinct(self._counted_user()).alias(c.VALUE))
            .toArrow()
        )
        self._item_ids, places = encode(counts[c.ITEM_ID])
        self._user_counts = np.zeros(len(places))
        self._user_counts[places] = counts[c.VALUE].to_numpy()
        if not self._user_counts.any():
            raise EmptyWindowError(f"popularity: no interaction {self._window()} has a user.")
        return self

    def _before_end(self, interactions: DataFrame) -> DataFrame:
        """The rows before the end of the window."""
        if self.until is None:
            return interactions
        return interactions.where(F.col(c.INTERACTION_TS) < F.lit(self.until))

    def _counted_user(self) -> Column:
        """The user of a row inside the window; null in earlier rows, which only show their item."""
        if self.until is None or self.window_days is None:
            return F.col(c.USER_ID)
        start = F.lit(self.until - timedelta(days=self.window_days))
        return F.when(F.col(c.INTERACTION_TS) >= start, F.col(c.USER_ID))

    def _window(self) -> str:
        """The window in words."""
        days = "" if self.window_days is None else f"in the {self.window_days} days "
        return "of all given" if self.until is None else f"{days}before {self.until.isoformat()}"

    @property
    def item_ids(self) -> StrArray:
        """All items met before the end of the window."""
        return self._item_ids

    @property
    def user_ids(self) -> StrArray:
        """None: the model treats all users alike."""
        return np.empty(0, dtype=np.str_)

    def score(self, user_ids: StrArray) -> FloatArray:
        """The items' numbers of users, repeated for each user, known or not."""
        return np.tile(self._user_counts, (len(user_ids), 1))

    @property
    def settings(self) -> dict[str, Any]:
        """``window_days``, and ``until`` as ISO 8601."""
        until = None if self.until is None else self.until.isoformat()
        return {"window_days": self.window_days, "until": until}

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """``item_ids`` and ``user_counts``, both of shape ``(n_items,)``."""
        return {"item_ids": self._item_ids, "user_counts": self._user_counts}

    @classmethod
    def from_arrays(cls, arrays: Arrays, settings: Mapping[str, Any]) -> Self:
        """The model that :meth:`to_arrays` and :attr:`settings` describe."""
        until = settings["until"]
        model = cls(settings["window_days"], until and datetime.fromisoformat(until))
        model._item_ids = take_ids(arrays, "item_ids")
        model._user_counts = take_array(arrays, "user_counts", model._item_ids.shape)
        return model
