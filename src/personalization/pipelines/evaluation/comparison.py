"""The order of the models and their distance to the best baseline; plain Python."""

# Annotations are evaluated here: Kedro reads a node's type hints to build its options.
import itertools
import json
from collections.abc import Mapping, Sequence
from typing import Any

from pyspark.sql import DataFrame

from personalization.contracts import columns as c
from personalization.contracts.errors import ContractError
from personalization.metrics import ranking
from personalization.metrics.relevance import PROTOCOLS
from personalization.pipelines.evaluation.estimates import (
    DIGITS,
    LEVEL,
    METHOD,
    N_USERS,
    ModelScores,
    read_scores,
)
from personalization.pipelines.evaluation.offline import sum_over_users
from personalization.pipelines.evaluation.options import MetricOptions


def order_models(headline: Sequence[ModelScores]) -> list[str]:
    """Names of the models by nDCG under the first protocol evaluated, best first.

    Ties: by name. ``headline`` holds the scores at the headline's ``k`` and is not empty.
    """
    first = next(name for name in PROTOCOLS if any(s.protocol == name for s in headline))
    of_first = [scores for scores in headline if scores.protocol == first]
    keys = [(-round(s.metrics[ranking.NDCG].mean, DIGITS), s.model) for s in of_first]
    return [model for _, model in sorted(keys)]


def choose_baseline(
    headline: Sequence[ModelScores], protocol: str, baselines: Sequence[str]
) -> str | None:
    """The baseline of highest nDCG under a protocol; None where none was evaluated.

    Ties: the one named first in the options.
    """
    means = {
        scores.model: round(scores.metrics[ranking.NDCG].mean, DIGITS)
        for scores in headline
        if scores.protocol == protocol
    }
    evaluated = [name for name in baselines if name in means]
    return max(evaluated, key=means.__getitem__, default=None)


def list_differences(
    headline: Sequence[ModelScores], chosen: Mapping[str, str | None]
) -> list[dict[str, object]]:
    """Headline nDCG of each other model minus that of the baseline chosen for the protocol.

    One record per (protocol, model), in the order given; none where no baseline was evaluated.
    """
    records: list[dict[str, object]] = []
    for scores in headline:
        baseline = chosen[scores.protocol]
        if baseline is None or baseline == scores.model:
            continue
        difference = scores.differences[baseline]
        names = {"baseline": baseline, c.MODEL: scores.model, c.PROTOCOL: scores.protocol}
        records.append({**names, **difference.record(), N_USERS: difference.n_users})
    return records


def sort_scores(scores: Sequence[ModelScores], options: MetricOptions) -> list[ModelScores]:
    """Scores by protocol, then model (best first under the first protocol), then ``k``."""
    models = order_models([one for one in scores if one.k == options.headline_k])
    placed = {(one.protocol, one.model, one.k): one for one in scores}
    wanted = itertools.product(PROTOCOLS, models, sorted(options.ks))
    return [placed[key] for key in wanted if key in placed]


def arrange_report(
    sums: Sequence[Mapping[str, Any]], windows: Mapping[str, Any], options: MetricOptions
) -> dict[str, Any]:
    """The report of ``compare_models`` from the rows of ``sum_over_users``.

    Raises:
        ContractError: there is no row, because no model gave a list.
    """
    if not sums:
        raise ContractError(
            "output_holdout_recommendations: it holds no list of any model. "
            "Run the pipeline 'training' first."
        )
    scores = sort_scores([read_scores(row, options) for row in sums], options)
    headline = [one for one in scores if one.k == options.headline_k]
    protocols = [name for name in PROTOCOLS if any(one.protocol == name for one in headline)]
    chosen = {name: choose_baseline(headline, name, options.baselines) for name in protocols}
    report = {
        "baselines": chosen,
        "differences": list_differences(headline, chosen),
        "headline": {c.K: options.headline_k, c.METRIC: ranking.NDCG},
        "interval": {"level": LEVEL, "method": METHOD},
        "ks": sorted(options.ks),
        "models": order_models(headline),
        "protocols": protocols,
        "scores": [one.record() for one in scores],
        "windows": windows,
    }
    plain: dict[str, Any] = json.loads(json.dumps(report, sort_keys=True, allow_nan=False))
    return plain


def compare_models(
    user_metrics: DataFrame, windows: Mapping[str, Any], options: MetricOptions
) -> dict[str, Any]:
    """Set the models against each other and against the best popularity baseline.

    Returns:
        JSON-able, keys sorted: ``models`` and ``protocols`` in the order of display; ``scores``,
        one record per (protocol, model, k) with mean, low and high of each metric and
        ``n_users``; ``differences``, headline nDCG minus that of the protocol's best baseline,
        one record per (protocol, other model); the ``baselines`` chosen; ``headline``,
        ``interval``, ``ks`` and ``windows``. Bounds are null below two users.

    Raises:
        ContractError: the frame holds no row, because no model gave a list.
    """
    sums = [row.asDict() for row in sum_over_users(user_metrics, options)]
    return arrange_report(sums, windows, options)
