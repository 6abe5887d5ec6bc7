"""ALS on one machine, by the package ``implicit``.

``implicit`` takes the matrix's values as the confidences themselves, and counts 1 for each pair
that is not in it: 1 + alpha r goes in. Its regularization is that of the paper.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from personalization.contracts import columns as c
from personalization.recommenders.als import AlsOptions, Factors
from personalization.recommenders.interactions import PairMatrix

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def factorise(rated: DataFrame, options: AlsOptions) -> Factors:
    """Factorise the strengths of pairs; the same pairs and seed give the same vectors.

    The rounds use the package's conjugate gradient steps; one exact solution for the users,
    given the items, ends them.

    Args:
        rated: one row per ``user_id`` and ``item_id``, with the strength in ``weight``.
        options: parameters of the factorisation.

    Returns:
        The vectors; none where ``rated`` has no rows.
    """
    from implicit.cpu.als import AlternatingLeastSquares
    from threadpoolctl import threadpool_limits

    pairs = PairMatrix.collect(rated, value=c.WEIGHT)
    users, items = pairs.matrix.shape
    if not users:
        empty = np.empty((0, options.factors), dtype=np.float32)
        return Factors(pairs.user_ids, pairs.item_ids, empty, empty)
    confidences = pairs.matrix.astype(np.float32)
    confidences.data = 1 + np.float32(options.alpha) * confidences.data
    with threadpool_limits(limits=1, user_api="blas"):  # more BLAS threads are slower here
        model = AlternatingLeastSquares(
            factors=options.factors,
            regularization=options.regularization,
            iterations=options.iterations,
            num_threads=options.num_threads,
            random_state=options.seed,
        )
        model.fit(confidences, show_progress=False)
        user_factors = model.recalculate_user(np.arange(users), confidences)
    return Factors(pairs.user_ids, pairs.item_ids, user_factors, model.item_factors[:items])
