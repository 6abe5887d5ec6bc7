"""The look of figures, where a mistake would mislead."""

from __future__ import annotations

import numpy as np
import pandas as pd

from personalization.contracts.kinds import INTERACTION_TYPES
from personalization.exploration import figures


def test_every_kind_of_interaction_has_a_colour_of_its_own() -> None:
    assert set(figures.KIND_COLOURS) == set(INTERACTION_TYPES)
    assert len(set(figures.KIND_COLOURS.values())) == len(INTERACTION_TYPES)


def test_numbers_are_readable_on_dark_cells_and_unknown_ones_are_left_out() -> None:
    _, (axes,) = figures.start_figure("", 2)
    figures.draw_heat(axes, pd.DataFrame([[1.0, np.nan, 10.0]], columns=list("abc")), 1)
    told = {text.get_text(): text.get_color() for text in axes.texts}
    assert told == {"1.0": "#333333", "10.0": "white"}


def test_a_figure_is_as_wide_as_a_page_and_touches_no_global_state() -> None:
    from matplotlib import pyplot as plt

    figure, panels = figures.start_figure("title", 2, 2, rows=2)
    assert figure.get_size_inches()[0] * figure.get_dpi() < 880
    assert len(panels) == 4
    assert plt.get_fignums() == []
