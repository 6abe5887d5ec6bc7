"""ALS parameters chosen on the validation window, which lies before the test window."""

from dataclasses import asdict, replace
from typing import Any

import numpy as np
from pyspark.sql import DataFrame

from personalization.contracts import columns as c
from personalization.metrics.ranking import ndcg_at_k
from personalization.metrics.relevance import ALL, PROTOCOLS, find_relevant_items
from personalization.pipelines.training.learning import learn_before
from personalization.pipelines.training.options import Signals, Tuning, Windows
from personalization.pipelines.training.splits import (
    happened_within,
    known_before,
    only_purchases,
)
from personalization.recommenders import Als, AlsOptions, SeenItems
from personalization.recommenders.interactions import as_ids

Relevant = dict[str, dict[str, set[str]]]


def collect_relevant(relevant: DataFrame) -> Relevant:
    """Relevant items by protocol and user; one row per pair leaves Spark."""
    collected: Relevant = {protocol: {} for protocol in PROTOCOLS}
    table = relevant.select(c.PROTOCOL, c.USER_ID, c.ITEM_ID).toArrow()
    for protocol, user, item in zip(*(column.to_pylist() for column in table), strict=True):
        collected[protocol].setdefault(user, set()).add(item)
    return collected


def score_model(model: Als, relevant: Relevant, seen: SeenItems, k: int) -> dict[str, float]:
    """Mean nDCG at ``k`` of each protocol that has a user to be judged by."""
    means = {}
    for protocol, of_user in relevant.items():
        if not of_user:
            continue
        users = as_ids(sorted(of_user))
        lists = model.recommend(users, k, seen=None if protocol == ALL else seen)
        values = [
            ndcg_at_k([item for item in items if item], of_user[user], k)
            for user, items in zip(users.tolist(), lists.item_ids.tolist(), strict=True)
        ]
        means[protocol] = float(np.mean(values))
    return means


def tune_als(
    signals: DataFrame, windows: Windows, options: Signals, als: AlsOptions, tuning: Tuning
) -> tuple[AlsOptions, dict[str, Any]]:
    """Choose among the candidates by nDCG on the validation window.

    Each candidate learns from what was known before the window and is judged by what was bought
    in it; the mean over the protocols that have users decides, ties go to the one named first.

    Returns:
        The chosen options, and a report of all trials.

    Raises:
        ConfigurationError: a candidate's value cannot be used.
        EmptyWindowError: the validation window holds no relevant purchase.
    """
    if not tuning.candidates:
        return als, {"chosen": asdict(als), "trials": [], "why": "no candidates: as configured"}
    before = learn_before(signals, windows.validation, options).persist()
    purchases = only_purchases(signals)
    bought = purchases.filter(known_before(windows.validation))
    within = purchases.filter(happened_within(windows.validation, windows.test))
    relevant = collect_relevant(find_relevant_items(bought, within))
    seen = SeenItems.from_pairs(bought)
    trials = []
    for change in tuning.candidates:
        model = Als(replace(als, **change)).fit(before)
        means = score_model(model, relevant, seen, tuning.k)
        mean = sum(means.values()) / len(means)
        trials.append({"changes": dict(change), "ndcg": means, "mean": mean})
    before.unpersist()
    best = max(range(len(trials)), key=lambda place: (trials[place]["mean"], -place))
    chosen = replace(als, **tuning.candidates[best])
    judged = [protocol for protocol, of_user in relevant.items() if of_user]
    report = {
        "chosen": asdict(chosen),
        "why": f"highest mean of nDCG@{tuning.k} over {', '.join(judged)} on validation",
        "window": {"start": windows.validation_start, "end": windows.test_start},
        "users": {protocol: len(of_user) for protocol, of_user in relevant.items()},
        "trials": trials,
    }
    return chosen, report
