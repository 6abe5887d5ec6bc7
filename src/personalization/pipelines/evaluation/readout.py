"""The comparison of models as text for a terminal."""

# Annotations are evaluated here: Kedro reads a node's type hints.
import textwrap
from collections.abc import Mapping
from typing import Any, Final

from personalization.contracts import columns as c
from personalization.metrics import ranking
from personalization.metrics.relevance import ALL, NEW
from personalization.pipelines.evaluation.estimates import N_USERS

TITLES: Final = {
    ranking.NDCG: "nDCG",
    ranking.RECALL: "Recall",
    ranking.PRECISION: "Precision",
    ranking.AVERAGE_PRECISION: "MAP",
}
PROTOCOL_TITLES: Final = {
    ALL: "every item, also those bought before",
    NEW: "only items that the user had not bought before",
}
CLOSING: Final = "The recommendations themselves: catalog entry 'output_recommendations'."
CELL_WIDTH: Final = 17
TEXT_WIDTH: Final = 88
DATE_LENGTH: Final = len("2026-06-30")


def format_estimate(estimate: Mapping[str, float | None]) -> str:
    """Mean and half width of the interval, four decimals each.

    >>> format_estimate({"low": 0.1, "mean": 0.15, "high": 0.2})
    '0.1500 ±0.0500'
    >>> format_estimate({"low": None, "mean": 0.15, "high": None})
    '0.1500    none'
    """
    mean, high = estimate["mean"], estimate["high"]
    half = "none" if mean is None or high is None else f"±{high - mean:.4f}"
    return f"{mean:.4f} {half:>7}"


def headline_scores(report: Mapping[str, Any], protocol: str) -> list[Mapping[str, Any]]:
    """Records of one protocol at the headline's ``k``, models in the order of display."""
    k = report["headline"][c.K]
    return [s for s in report["scores"] if s[c.PROTOCOL] == protocol and s[c.K] == k]


def join_names(names: list[str]) -> str:
    """Names as a sentence lists them.

    >>> join_names(["als"]), join_names(["als", "bpr", "cosine"])
    ('als', 'als, bpr and cosine')
    """
    return " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)


def describe_differences(report: Mapping[str, Any], protocol: str) -> str:
    """One sentence on which intervals of the difference to the best baseline exclude 0.

    It claims nothing about a model whose interval holds 0 or is missing.
    """
    differences = [d for d in report["differences"] if d[c.PROTOCOL] == protocol]
    if not differences:
        return "Nothing to compare: a popularity baseline and another model are needed."
    if differences[0]["low"] is None:
        return "Too few users for an interval: these means do not tell the models apart."
    baseline = differences[0]["baseline"]
    titles = [f"{d[c.MODEL]} ({d['mean']:+.4f})" for d in differences]
    ahead = [t for t, d in zip(titles, differences, strict=True) if d["low"] > 0]
    behind = [t for t, d in zip(titles, differences, strict=True) if d["high"] < 0]
    k = report["headline"][c.K]
    parts = [f"above 0 for {join_names(ahead)}" if ahead else "above 0 for no model"]
    if behind:
        parts.append(f"below 0 for {join_names(behind)}")
    return (
        f"Paired by user and each taken by itself, the 95 % interval of the nDCG@{k} difference "
        f"to {baseline}, the best popularity baseline, lies {', '.join(parts)}."
    )


def describe_span(window: Mapping[str, Any]) -> str:
    """First and last day of a window's purchases.

    >>> describe_span({"first": "2026-06-01T08:00:00Z", "last": "2026-06-30T09:00:00Z"})
    '2026-06-01 to 2026-06-30'
    >>> describe_span({"first": None, "last": None})
    'none'
    """
    if window["first"] is None:
        return "none"
    return f"{window['first'][:DATE_LENGTH]} to {window['last'][:DATE_LENGTH]}"


def lay_out_protocol(report: Mapping[str, Any], protocol: str) -> list[str]:
    """Heading, column titles, one line per model and the sentence of one protocol."""
    scores = headline_scores(report, protocol)
    width = max(len(c.MODEL), *(len(name) for name in report["models"]))
    k = report["headline"][c.K]
    titles = "".join(f"{f'{title}@{k}':>{CELL_WIDTH}}" for title in TITLES.values())
    lines = [
        f"Protocol '{protocol}': {PROTOCOL_TITLES[protocol]}; {scores[0][N_USERS]:,} users",
        f"{c.MODEL:<{width}}{titles}",
        "-" * (width + CELL_WIDTH * len(TITLES)),
    ]
    for one in scores:
        cells = [format_estimate(one["metrics"][name]) for name in TITLES]
        lines.append(f"{one[c.MODEL]:<{width}}" + "".join(f"{t:>{CELL_WIDTH}}" for t in cells))
    return [*lines, *textwrap.wrap(describe_differences(report, protocol), TEXT_WIDTH), ""]


def write_comparison_text(report: Mapping[str, Any]) -> str:
    """The comparison as fixed-width text, one table per protocol, for a reader at a terminal."""
    spans = [f"{name} {describe_span(report['windows'][name])}" for name in ("train", "test")]
    lines = [
        "Models on purchases that they had not seen: mean over users ± half of the 95 % interval",
        f"Purchases: {'; '.join(spans)}",
        "",
    ]
    for protocol in report["protocols"]:
        lines += lay_out_protocol(report, protocol)
    return "\n".join([*lines, CLOSING])
