"""The look of every figure: size, colours that all can tell apart, labels with units."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import StrMethodFormatter

from personalization.contracts import kinds

WIDTH_INCHES: Final = 8.8
DOTS_PER_INCH: Final = 96
# Okabe and Ito's colours: distinct for every kind of colour vision.
BLUE: Final = "#0072B2"
RED: Final = "#D55E00"
GREEN: Final = "#009E73"
GREY: Final = "#8a8a8a"
PALETTE: Final = (BLUE, RED, GREEN, "#CC79A7", "#E69F00", "#56B4E9")
KIND_COLOURS: Final[Mapping[str, str]] = {
    kinds.VIEW: BLUE,
    kinds.SEARCH_CLICK: "#CC79A7",
    kinds.CART: "#E69F00",
    kinds.PURCHASE: GREEN,
    kinds.RETURN: RED,
}
HEAT: Final = "Blues"  # one hue, from light to dark
SMALL: Final = 8
DARK_SHARE: Final = 0.55


def start_figure(
    title: str, height_inches: float, panels: int = 1, *, rows: int = 1, share_x: bool = False
) -> tuple[Figure, list[Axes]]:
    """An empty figure under its title; it belongs to nobody else: no pyplot state is touched.

    Args:
        title: what is seen, in one sentence.
        height_inches: of the whole figure.
        panels: in a row.
        rows: of panels.
        share_x: all panels have one x axis.
    """
    figure = Figure(figsize=(WIDTH_INCHES, height_inches), dpi=DOTS_PER_INCH, layout="constrained")
    figure.suptitle(title, fontsize=11, x=0.01, ha="left")
    grid = figure.subplots(rows, panels, squeeze=False, sharex=share_x)
    axes = [one for row in grid for one in row]
    for one in axes:
        one.spines[["top", "right"]].set_visible(False)
        one.tick_params(labelsize=SMALL)
        one.set_axisbelow(True)
    return figure, axes


def label(axes: Axes, x: str, y: str, heading: str = "") -> None:
    """Name both axes with their units, and the panel where a figure has several."""
    axes.set_xlabel(x, fontsize=9)
    axes.set_ylabel(y, fontsize=9)
    if heading:
        axes.set_title(heading, fontsize=9, loc="left", color="#444444")
    axes.grid(axis="y", color="#e3e7ea", linewidth=0.7)


def count_in_thousands(axes: Axes, axis: str = "y") -> None:
    """Write an axis of counts with thousands separated."""
    for one in axis:
        getattr(axes, f"{one}axis").set_major_formatter(StrMethodFormatter("{x:,.0f}"))


def draw_nothing(words: str) -> Figure:
    """A low figure that says what the shop does not have."""
    figure, (axes,) = start_figure("", 0.8)
    axes.set_axis_off()
    axes.text(0, 0.5, words, fontsize=10, color="#444444", va="center")
    return figure


def draw_heat(axes: Axes, shares: pd.DataFrame, decimals: int | None = None) -> None:
    """A table of numbers as colours; cells without a number stay white.

    Args:
        axes: where to draw.
        shares: numbers of one unit; its index and columns name the cells.
        decimals: of the numbers written into the cells; None: none are written.
    """
    values = shares.to_numpy(dtype=float)
    axes.imshow(values, cmap=HEAT, aspect="auto", vmin=0)
    axes.set_yticks(range(len(shares.index)), [str(name) for name in shares.index])
    axes.set_xticks(range(len(shares.columns)), [str(name) for name in shares.columns])
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    if decimals is None:
        return
    dark = DARK_SHARE * float(pd.DataFrame(values).max().max())
    for row, column in zip(*(~pd.isna(values)).nonzero(), strict=True):
        value = values[row, column]
        told = f"{value:.{decimals}f}"
        colour = "white" if value > dark else "#333333"
        axes.text(column, row, told, ha="center", va="center", fontsize=7, color=colour)
