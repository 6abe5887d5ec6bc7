"""Pictures and page of the realism report, without Spark."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import Any

import numpy as np
import pytest

from personalization.pipelines.evaluation.nodes import (
    compare_shops,
    draw_realism,
    write_realism_page,
)
from personalization.pipelines.evaluation.realism_figures import draw_distribution, write_svg
from personalization.simulation import realism, shapes
from personalization.simulation.references import lay_beside


def report_of(shop: str, weekdays: list[int], lengths: dict[int, int]) -> dict[str, Any]:
    found = [
        shapes.concentrate("best_items", np.arange(1, 300)),
        shapes.cumulate_counts("session_length", "views", lengths),
        shapes.cumulate_logs("view_gap", "seconds", {3.0: 1, 4.0: 1, 5.0: 1}),
        shapes.share_out("weekdays", "weekday, 1 = Monday", weekdays, first=1),
    ]
    values = {"item_gini": 0.7, "repeat_share": 50.0}
    distributions = [{**one.as_dict(), "references": lay_beside(one)} for one in found]
    return {"shop": shop, "bands": realism.judge(values), "distributions": distributions}


@pytest.fixture
def report() -> dict[str, Any]:
    return report_of("mine", [1, 1, 1, 1, 1, 0, 0], {})


@pytest.fixture
def other() -> dict[str, Any]:
    return report_of("<their> shop", [1, 1, 1, 1, 1, 1, 1], {3: 4})


def test_shops_are_compared_by_measure_and_by_distribution(report, other):
    found = compare_shops(report, other)
    assert (found["shop"], found["other"]) == ("mine", "<their> shop")
    distances = {row["name"]: row["distance"] for row in found["distributions"]}
    assert distances["weekdays"] == pytest.approx((5 * (1 / 5 - 1 / 7) + 2 / 7) / 2)
    assert distances["best_items"] == 0
    assert distances["session_length"] is None
    gini = next(row for row in found["bands"] if row["measure"] == "item_gini")
    assert gini == {"measure": "item_gini", "value": 0.7, "of_other": 0.7}


@pytest.mark.parametrize("given", [None, {"shop": "mine"}, {"bands": []}])
def test_a_shop_is_not_compared_with_itself_or_with_nothing(report, given):
    found = compare_shops(report, given)
    assert found == {"shop": "mine", "other": None, "bands": [], "distributions": []}


def page_of(report, other=None) -> str:
    return write_realism_page(report, compare_shops(report, other))


def test_the_page_shows_every_band_with_its_verdict(report):
    page = page_of(report)
    for band in realism.BANDS:
        assert f"<td>{band.measure.replace('_', ' ')}</td>" in page
    assert "1 pass, 1 fail, 20 no data" in page
    assert page.count('class="fail"') == 1


def test_the_page_says_what_has_no_data_and_names_every_source(report):
    page = page_of(report)
    assert "no data on: views of a session." in page
    assert page.count("<figure>") == 3
    assert "Kolmogorov-Smirnov" in page
    assert "doi 10.24432/C5BW33" in page
    assert "No shop has published this distribution." in page


def test_the_page_needs_no_network(report, other):
    page = page_of(report, other)
    assert not re.findall(r"""(?:src|href)=["'](?!\#)""", page)
    assert "url(http" not in page
    assert "@import" not in page
    assert "<script" not in page


def test_the_other_shop_stands_beside_and_its_name_is_no_markup(report, other):
    page = page_of(report, other)
    assert "&lt;their&gt; shop: <b>total variation 0.286</b>" in page
    assert "<their>" not in page
    assert "their" not in page_of(report)


def test_identifiers_of_figures_differ_and_figures_are_the_same_each_time(report, other):
    page = page_of(report, other)
    assert page == page_of(report, other)
    identifiers = re.findall(r' id="(m[0-9a-f]{8,}|p[0-9a-f]{8,})"', page)
    assert identifiers
    assert len(identifiers) == len(set(identifiers))


def test_a_figure_is_whole_xml_and_draws_points_and_curves(report, other):
    own, theirs = report["distributions"][0], other["distributions"][0]
    figure = draw_distribution(own, theirs)
    # both shops, and three that have published points
    assert len(figure.axes[0].lines) == 2 + 3
    assert ET.fromstring(write_svg(figure, "x")).tag.endswith("svg")


def test_the_figure_shows_every_band() -> None:
    values = {band.measure: band.low for band in realism.BANDS[:-1]}
    figure = draw_realism({"bands": realism.judge(values), "others": {}})
    (axes,) = figure.axes
    assert len(axes.get_yticklabels()) == len(realism.BANDS)
    assert len(axes.lines) == len(realism.BANDS) - 1
