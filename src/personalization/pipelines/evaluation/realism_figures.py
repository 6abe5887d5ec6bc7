"""The realism report as pictures: the bands, and each distribution beside the published ones."""

# Annotations are evaluated here: Kedro reads a node's type hints.
from collections.abc import Mapping
from io import StringIO
from typing import Any, Final

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from personalization.simulation.shapes import read_distribution

COLOURS: Final = {"pass": "#2f5d8a", "fail": "#c0622d"}
OWN: Final = "#2f5d8a"
OTHER: Final = "#7a7a7a"
PUBLISHED: Final = ("#c0622d", "#3f8f5b", "#8a5a9e")
MARKERS: Final = ("o", "s", "^")
WEEKDAYS: Final = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
LONGEST_CURVE: Final = 12  # published points; more are a curve
LOG_RANGE: Final = {"view_gap": (1, 5_000), "order_gap": (0.1, 500), "order_value": (0.02, 50)}


def draw_realism(report: dict[str, Any]) -> Figure:
    """Each measure on the scale of its band: the band is the grey bar, the shop is the point.

    A band that is open above is drawn up to twice its lower end. Measures without data are named
    and have no point. The figure belongs to nobody else: no pyplot state is touched.
    """
    rows = list(reversed(report["bands"]))
    figure = Figure(figsize=(8.5, 0.34 * len(rows) + 1.2), layout="constrained")
    axes = figure.subplots()
    for place, row in enumerate(rows):
        high = 2 * row["low"] if row["high"] is None else row["high"]
        axes.barh(place, 1.0, height=0.6, color="#d9dee3")
        told = "no data"
        if row["value"] is not None:
            inside = min(max((row["value"] - row["low"]) / (high - row["low"]), -0.5), 1.5)
            axes.plot(inside, place, "o", color=COLOURS[row["verdict"]], markersize=7)
            told = f"{row['value']:.2f}"
        limit = "" if row["high"] is None else f"{row['high']:g}"
        axes.text(1.62, place, f"{told}  ({row['low']:g} … {limit})", va="center", fontsize=8)
    axes.set_yticks(range(len(rows)), [row["measure"].replace("_", " ") for row in rows])
    axes.set_xlim(-0.6, 2.5)
    axes.set_xticks([0, 1], ["lowest", "highest"])
    axes.tick_params(axis="both", labelsize=8, length=0)
    axes.spines[:].set_visible(False)
    axes.set_title("The shop beside the bands of published shops", fontsize=11, loc="left")
    keys = [Line2D([], [], color=tint, marker="o", ls="", label=v) for v, tint in COLOURS.items()]
    figure.legend(handles=keys, loc="outside lower center", ncols=len(keys), frameon=False)
    return figure


def draw_shares(axes: Axes, own: Mapping[str, Any], other: Mapping[str, Any] | None) -> None:
    """Bars of what falls on each place; another shop's as a line of steps."""
    axes.bar(own["at"], own["share"], color=OWN, width=0.8, alpha=0.85)
    if other:
        axes.step(other["at"], other["share"], where="mid", color=OTHER, linewidth=1.8)
    if own["name"] == "weekdays":
        axes.set_xticks(own["at"], WEEKDAYS)
    axes.set_ylabel("share", fontsize=8)


def draw_curve(axes: Axes, own: Mapping[str, Any], other: Mapping[str, Any] | None) -> None:
    """The shop's curve, another shop's beneath it; logarithmic where values span decades."""
    # counts jump, everything else was binned and is known at the bins' ends
    rises = "steps-post" if read_distribution(own).is_whole else "default"
    for one, colour in ((other, OTHER), (own, OWN)):
        if one and one["n"]:
            axes.plot(one["at"], one["share"], color=colour, linewidth=1.8, drawstyle=rises)
    if own["form"] == "cumulative":
        axes.set_xscale("log")
        axes.set_xlim(*LOG_RANGE.get(own["name"], (0.9, 500)))
    told = "of the sales" if own["form"] == "concentration" else "share up to"
    axes.set_ylabel(told, fontsize=8)
    axes.set_ylim(0, 1.02)


def draw_published(axes: Axes, references: list[dict[str, Any]]) -> None:
    """Published points, each shop with its own colour and mark; many points are a curve."""
    for place, one in enumerate(references):
        few = len(one["at"]) <= LONGEST_CURVE
        (line,) = axes.plot(one["at"], one["share"], color=PUBLISHED[place], markersize=5)
        line.set_linestyle("" if few else "--")
        line.set_marker(MARKERS[place] if few else "")


def draw_distribution(own: Mapping[str, Any], other: Mapping[str, Any] | None) -> Figure:
    """One distribution of the shop, the published ones and another shop's over it.

    Args:
        own: an entry of the report's ``distributions``.
        other: the same distribution of another shop; None: there is none.
    """
    figure = Figure(figsize=(3.9, 2.5), layout="constrained")
    axes = figure.subplots()
    draw = draw_shares if own["form"] == "shares" else draw_curve
    draw(axes, own, other)
    draw_published(axes, own["references"])
    axes.set_xlabel(own["unit"], fontsize=8)
    axes.tick_params(labelsize=8)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", color="#e3e7ea", linewidth=0.7)
    axes.set_axisbelow(True)
    return figure


def write_svg(figure: Figure, name: str) -> str:
    """The figure as an SVG element to stand in a page; equal figures give equal text.

    Args:
        figure: to be written.
        name: makes the identifiers in it differ from those of other figures on the page.
    """
    text = StringIO()
    with rc_context({"svg.hashsalt": name, "svg.fonttype": "none", "font.family": "sans-serif"}):
        figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
    written = text.getvalue()
    return written[written.index("<svg") :]
