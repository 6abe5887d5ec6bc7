"""Options refuse what cannot be used, and the project's own values are usable."""

from __future__ import annotations

import pytest
import yaml

from personalization.contracts.errors import ConfigurationError
from personalization.pipelines.evaluation.options import MetricOptions

GOOD = {"ks": [5, 10], "headline_k": 10, "baselines": ["popularity"]}


def test_the_values_in_base_are_accepted(project_path):
    text = (project_path / "conf/base/parameters/evaluation.yml").read_text()

    options = MetricOptions(**yaml.safe_load(text)["evaluation"]["metrics"])

    assert options == MetricOptions([5, 10, 20], 10, ["popularity", "recent_popularity"])


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("ks", []),
        ("ks", "10"),
        ("ks", [10, 10]),
        ("ks", [0, 10]),
        ("ks", [10.0]),
        ("ks", [True]),
        ("headline_k", 7),
        ("baselines", []),
        ("baselines", "popularity"),
        ("baselines", ["popularity", 3]),
        ("baselines", ["popularity", "popularity"]),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_by_name(key, value):
    with pytest.raises(ConfigurationError, match=rf"evaluation\.metrics\.{key}"):
        MetricOptions(**{**GOOD, key: value})


def test_the_smallest_length_is_one():
    assert MetricOptions(ks=[1], headline_k=1, baselines=["popularity"]).ks == [1]
