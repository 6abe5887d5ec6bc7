"""Matrix factorisation of implicit feedback by alternating least squares.

Users and items get vectors x and y that minimise, over all pairs (u, i),

    sum (1 + alpha r_ui) (p_ui - x_u · y_i)² + regularization (sum |x_u|² + sum |y_i|²)

where r is the strength of what is known of the pair and p is 1 where r > 0, else 0.

Reference: Hu, Koren, Volinsky (2008), Collaborative filtering for implicit feedback datasets.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from pyspark.sql import functions as F  # noqa: N812 - the usual name

from personalization.contracts import columns as c
from personalization.contracts.errors import ConfigurationError, EmptyWindowError
from personalization.contracts.values import require_number
from personalization.recommenders.base import Arrays, Recommender, take_array, take_ids
from personalization.recommenders.interactions import positions, sum_weights
from personalization.recommenders.top_k import FloatArray, StrArray

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

logger = logging.getLogger(__name__)

USERS_LOOKED_AT: Final = 1000
FAINT_SCORE: Final = 0.1  # a pair that is in the data should score nearly 1

Confidence = Literal["binary", "count", "log"]
Backend = Literal["implicit", "mllib"]


@dataclass(frozen=True)
class AlsOptions:
    """Parameters of the factorisation; both backends read them alike.

    Attributes:
        factors: length of the vectors.
        alpha: how much each unit of strength adds to the confidence of 1.
        regularization: weight of the squared length of the vectors; grows with the data, since
            it competes with a user's and an item's whole history.
        iterations: rounds; each solves for all items and all users once.
        seed: of the first vectors.
        confidence: strength of a pair from its summed weight w: 1, w or log(1 + w).
        backend: ``implicit`` on one machine, ``mllib`` on a cluster.
        num_threads: of ``implicit``; 0 takes all cores. Changes no result.
    """

    factors: int = 64
    alpha: float = 1.0
    regularization: float = 5.0
    iterations: int = 10
    seed: int = 0
    confidence: Confidence = "count"
    backend: Backend = "implicit"
    num_threads: int = 0

    def __post_init__(self) -> None:
        for name in ("factors", "iterations", "seed", "num_threads"):
            require_number(getattr(self, name), f"als: {name}", int)
        for name in ("alpha", "regularization"):
            require_number(getattr(self, name), f"als: {name}")
        if min(self.factors, self.iterations) < 1 or self.num_threads < 0:
            raise ConfigurationError("als: factors and iterations must be 1 or more, threads 0.")
        if not (self.alpha > 0 and self.regularization > 0):
            raise ConfigurationError("als: alpha and regularization must be greater than 0.")
        if self.confidence not in {"binary", "count", "log"}:
            raise ConfigurationError(f"als: confidence '{self.confidence}' is unknown.")
        if self.backend not in {"implicit", "mllib"}:
            raise ConfigurationError(f"als: backend '{self.backend}' is unknown.")


class Factors(NamedTuple):
    """The learned vectors, float32, and whom they belong to.

    Shapes: ``user_ids (n_users,)`` and ``item_ids (n_items,)``, both ascending;
    ``user_factors (n_users, factors)`` and ``item_factors (n_items, factors)``.
    """

    user_ids: StrArray
    item_ids: StrArray
    user_factors: NDArray[np.float32]
    item_factors: NDArray[np.float32]


def strength(weight: Column, confidence: Confidence) -> Column:
    """What a pair's summed weight says of the user's interest, greater than 0."""
    if confidence == "binary":
        return F.lit(1.0)
    return weight if confidence == "count" else F.log1p(weight)


class Als(Recommender):
    """Recommends by the inner product of a user's and an item's vector.

    A user without a pair of positive weight in the data has no vector and gets an empty list.

    Args:
        options: parameters of the factorisation.
    """

    name: ClassVar[str] = "als"

    def __init__(self, options: AlsOptions | None = None) -> None:
        self.options = AlsOptions() if options is None else options
        no_ids, no_factors = np.empty(0, np.str_), np.empty((0, self.options.factors), np.float32)
        self._factors = Factors(no_ids, no_ids, no_factors, no_factors)

    def fit(self, interactions: DataFrame) -> Self:
        """Sum up each pair's weights in Spark and factorise them with the chosen backend."""
        pairs = sum_weights(interactions)
        rated = pairs.withColumn(c.WEIGHT, strength(F.col(c.WEIGHT), self.options.confidence))
        if self.options.backend == "mllib":
            from personalization.recommenders.als_mllib import factorise
        else:
            from personalization.recommenders.als_implicit import factorise
        factors = factorise(rated, self.options)
        if not len(factors.user_ids):
            raise EmptyWindowError("als: no interaction of a user with an item has a weight > 0.")
        self._factors = factors
        self._warn_if_nothing_was_learned()
        return self

    def _warn_if_nothing_was_learned(self) -> None:
        """Too large a regularization shrinks all vectors to zero; the first users show it."""
        best = self.score(self.user_ids[:USERS_LOOKED_AT]).max()
        if best < FAINT_SCORE:
            logger.warning(
                "als: no score exceeds %.2g: regularization %g is too large for these data.",
                best,
                self.options.regularization,
            )

    @property
    def item_ids(self) -> StrArray:
        """The items of the training data."""
        return self._factors.item_ids

    @property
    def user_ids(self) -> StrArray:
        """The users of the training data."""
        return self._factors.user_ids

    def score(self, user_ids: StrArray) -> FloatArray:
        """Inner products of the vectors, about 1 for a pair that is sure and 0 for none.

        They are summed up in double precision and rounded to single, so that a score does not
        depend on who else is in the batch, and equal vectors score equal.
        """
        places = positions(user_ids, self._factors.user_ids)
        scores = np.full((len(places), len(self._factors.item_ids)), -np.inf)
        users = self._factors.user_factors[places[places >= 0]].astype(np.float64)
        products = users @ self._factors.item_factors.astype(np.float64).T
        scores[places >= 0] = products.astype(np.float32)
        return scores

    @property
    def settings(self) -> dict[str, Any]:
        """The options, but for the number of threads, which is the machine's."""
        return {key: value for key, value in asdict(self.options).items() if key != "num_threads"}

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """The fields of :class:`Factors`."""
        return self._factors._asdict()

    @classmethod
    def from_arrays(cls, arrays: Arrays, settings: Mapping[str, Any]) -> Self:
        """The model that :meth:`to_arrays` and :attr:`settings` describe."""
        model = cls(AlsOptions(**settings))
        users, items = take_ids(arrays, "user_ids"), take_ids(arrays, "item_ids")
        width = model.options.factors
        model._factors = Factors(
            users,
            items,
            take_array(arrays, "user_factors", (len(users), width)),
            take_array(arrays, "item_factors", (len(items), width)),
        )
        return model
