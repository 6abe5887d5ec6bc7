"""The figure shows the report's numbers and leaves no state behind."""

from __future__ import annotations

import io

import matplotlib as mpl
import pytest
from matplotlib import pyplot as plt
from matplotlib.colors import to_rgba

from personalization.pipelines.evaluation.figures import (
    BASELINE_KIND,
    COLOURS,
    draw_model_comparison,
)


def test_one_panel_per_protocol_with_every_model_best_on_top(report):
    panels = draw_model_comparison(report).axes

    assert len(panels) == 2
    labels = [label.get_text() for label in panels[0].get_yticklabels()]
    assert labels == report["models"]
    assert panels[0].yaxis_inverted()


def test_points_and_bars_are_the_estimates_of_the_report(report):
    panel = draw_model_comparison(report).axes[0]

    points = panel.collections[0].get_offsets()
    scores = [s["metrics"]["ndcg"] for s in report["scores"] if s["protocol"] == "all"]
    assert [tuple(point) for point in points] == [
        (pytest.approx(score["mean"]), place) for place, score in enumerate(scores)
    ]
    bars = [container.lines[2][0].get_segments()[0] for container in panel.containers]
    assert [(bar[0][0], bar[1][0]) for bar in bars] == [
        (pytest.approx(score["low"]), pytest.approx(score["high"])) for score in scores
    ]


def test_the_line_and_the_colour_mark_the_best_baseline(report):
    for panel, place, mean in zip(
        draw_model_comparison(report).axes, (2, 3), (1.2 / 4, 0.7 / 3), strict=True
    ):
        vertical = [line for line in panel.lines if line.get_linestyle() == ":"]
        assert [line.get_xdata()[0] for line in vertical] == [pytest.approx(mean)]
        colours = [tuple(colour) for colour in panel.collections[0].get_facecolors()]
        marked = [
            n for n, colour in enumerate(colours) if colour == to_rgba(COLOURS[BASELINE_KIND])
        ]
        assert marked == [place]


def test_titles_say_what_is_compared_and_on_how_many_users(report):
    figure = draw_model_comparison(report)

    assert "nDCG@10" in figure.get_suptitle()
    assert "4 users" in figure.axes[0].get_title()
    assert "3 users" in figure.axes[1].get_title()


def test_without_baseline_or_interval_the_figure_is_still_drawn(report):
    report["baselines"] = {"all": None, "new": None}
    for score in report["scores"]:
        for estimate in score["metrics"].values():
            estimate["low"] = estimate["high"] = None

    panel = draw_model_comparison(report).axes[0]

    assert not [line for line in panel.lines if line.get_linestyle() == ":"]
    assert len(panel.containers) == len(report["models"])


def test_drawing_and_saving_touches_no_pyplot_state(report):
    buffer = io.BytesIO()
    with mpl.rc_context():
        mpl.rcdefaults()  # whatever an earlier figure may have left behind
        before = dict(mpl.rcParams)
        draw_model_comparison(report).savefig(buffer, format="png")
        after = dict(mpl.rcParams)

    assert buffer.getvalue().startswith(b"\x89PNG")
    assert plt.get_fignums() == []
    assert after == before
