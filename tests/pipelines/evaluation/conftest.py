"""Sums over users as they leave the cluster, written down from each user's values."""

from __future__ import annotations

import pytest

from personalization.metrics import ranking
from personalization.pipelines.evaluation.options import MetricOptions

WINDOWS = {
    "test": {"first": "2026-06-01T08:00:00Z", "last": "2026-06-30T20:00:00Z", "purchases": 40},
    "train": {"first": "2026-01-01T08:00:00Z", "last": "2026-05-31T20:00:00Z", "purchases": 900},
}


def sums_of(key, values, differences=()):
    """The row of sums of one (model, protocol, k): every metric has the same values."""
    columns = dict.fromkeys(ranking.METRICS, values)
    columns |= {f"difference_{place}": given for place, given in enumerate(differences)}
    row = dict(zip(("model", "protocol", "k"), key, strict=True))
    for name, given in columns.items():
        row[f"{name}_n"] = len(given)
        row[f"{name}_sum"] = sum(given) if given else None
        row[f"{name}_squares"] = sum(v * v for v in given) if given else None
    return row


def rows_of(values, baselines):
    """Rows of sums at k = 10 from ``{(model, protocol): one value per user}``."""
    rows = []
    for (model, protocol), own in values.items():
        pairs = [zip(own, values.get((b, protocol), ()), strict=False) for b in baselines]
        rows.append(sums_of((model, protocol, 10), own, [[a - b for a, b in p] for p in pairs]))
    return rows


@pytest.fixture
def options():
    return MetricOptions(ks=[10], headline_k=10, baselines=["popularity", "recent_popularity"])


@pytest.fixture
def windows():
    return WINDOWS


@pytest.fixture
def make_sums():
    return sums_of


@pytest.fixture
def sums(options):
    """Two protocols; ``als`` is clearly ahead, ``bpr`` differs by noise, ``noise`` is behind."""
    values = {
        ("popularity", "all"): [0.2, 0.4, 0.2, 0.4],
        ("recent_popularity", "all"): [0.1, 0.3, 0.1, 0.3],
        ("als", "all"): [0.5, 0.6, 0.5, 0.6],
        ("bpr", "all"): [0.4, 0.2, 0.4, 0.3],
        ("noise", "all"): [0.0, 0.1, 0.0, 0.1],
        ("popularity", "new"): [0.1, 0.2, 0.1],
        ("recent_popularity", "new"): [0.2, 0.3, 0.2],
        ("als", "new"): [0.1, 0.4, 0.2],
        ("bpr", "new"): [0.3, 0.1, 0.4],
        ("noise", "new"): [0.2, 0.4, 0.1],
    }
    return rows_of(values, options.baselines)


@pytest.fixture
def report(sums, windows, options):
    from personalization.pipelines.evaluation.comparison import arrange_report

    return arrange_report(sums, windows, options)
