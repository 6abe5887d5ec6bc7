"""The comparison of models as a figure."""

# Annotations are evaluated here: Kedro reads a node's type hints.
from collections.abc import Mapping
from typing import Any, Final

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from personalization.contracts import columns as c
from personalization.metrics import ranking
from personalization.pipelines.evaluation.estimates import N_USERS
from personalization.pipelines.evaluation.readout import PROTOCOL_TITLES, headline_scores

KIND: Final = "kind"
MODEL_KIND: Final = "model"
BASELINE_KIND: Final = "best popularity baseline"
COLOURS: Final = {MODEL_KIND: "#2f5d8a", BASELINE_KIND: "#c0622d"}
INCHES_PER_MODEL: Final = 0.42
INCHES_AROUND: Final = 2.0


def headline_frame(report: Mapping[str, Any], protocol: str) -> pd.DataFrame:
    """Mean, half width and kind of each model, one row per model, best first.

    A missing interval has half width 0.
    """
    baseline = report["baselines"][protocol]
    rows = []
    for one in headline_scores(report, protocol):
        estimate = one["metrics"][ranking.NDCG]
        high = estimate["mean"] if estimate["high"] is None else estimate["high"]
        kind = BASELINE_KIND if one[c.MODEL] == baseline else MODEL_KIND
        rows.append((estimate["mean"], one[c.MODEL], high - estimate["mean"], kind))
    return pd.DataFrame(rows, columns=["mean", c.MODEL, "half_width", KIND])


def draw_protocol(axes: Axes, report: Mapping[str, Any], protocol: str) -> None:
    """One panel: a point with its interval for each model, a line at the best baseline."""
    import seaborn as sns

    headline = headline_frame(report, protocol)
    for mean in headline.loc[headline[KIND] == BASELINE_KIND, "mean"]:
        axes.axvline(mean, color=COLOURS[BASELINE_KIND], linestyle=":", linewidth=1.2)
    sns.scatterplot(
        headline, x="mean", y=c.MODEL, hue=KIND, palette=COLOURS, s=55, ax=axes, legend=False
    )
    # seaborn's own error bars need every user's value; these intervals are computed already
    for mean, model, half_width, kind in headline.itertuples(index=False):
        axes.errorbar(mean, model, xerr=half_width, ecolor=COLOURS[kind], elinewidth=2, capsize=3)
    n_users = headline_scores(report, protocol)[0][N_USERS]
    axes.set_title(f"'{protocol}': {PROTOCOL_TITLES[protocol]}\n{n_users:,} users", fontsize=10)
    axes.set_xlabel(f"nDCG@{report['headline'][c.K]}")
    axes.set_ylabel("")
    axes.margins(y=0.15)
    axes.grid(visible=False, axis="y")
    sns.despine(ax=axes, left=True)


def draw_model_comparison(report: Mapping[str, Any]) -> Figure:
    """Headline nDCG of every model with its 95 % interval, one panel per protocol.

    Models are in the order of the report, best first at the top; the dotted line is the best
    popularity baseline. The figure belongs to nobody else: no pyplot state is touched.
    """
    import seaborn as sns

    n_panels = len(report["protocols"])
    height = INCHES_AROUND + INCHES_PER_MODEL * len(report["models"])
    with sns.axes_style("whitegrid"):
        figure = Figure(figsize=(1.5 + 4.5 * n_panels, height), layout="constrained")
        panels = figure.subplots(1, n_panels, sharey=True, squeeze=False)[0]
        for axes, protocol in zip(panels, report["protocols"], strict=True):
            draw_protocol(axes, report, protocol)
    figure.suptitle(
        f"Models by mean nDCG@{report['headline'][c.K]} on unseen purchases, 95 % intervals",
        fontsize=11,
        fontweight="bold",
    )
    keys = [Line2D([], [], color=COLOURS[kind], marker="o", label=kind) for kind in COLOURS]
    figure.legend(handles=keys, loc="outside lower center", ncols=len(keys), frameon=False)
    return figure
