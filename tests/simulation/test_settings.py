from dataclasses import fields, replace

import pytest

from personalization.contracts.errors import ConfigurationError
from tests.simulation.options_of import options_of

OPTIONS = options_of("base")
GROUPS = OPTIONS._asdict()


@pytest.mark.parametrize(
    ("group", "name", "value"),
    [
        ("shop", "n_users", 9),
        ("shop", "n_products", 19),
        ("shop", "n_events", 100.5),
        ("shop", "n_users", True),
        ("shop", "seed", -1),
        ("shop", "seed", None),
        ("shop", "enabled", "yes"),
        ("shop", "start_date", "soon"),
        ("shop", "end_date", "2026-01-13"),
        ("visits", "list_length", 21),
        ("visits", "anonymous_share", 1.01),
        ("visits", "click_rate", float("nan")),
        ("behaviour", "repeat_rate", 1.0),
        ("behaviour", "n_tastes", "8"),
        ("dirt", "duplicate_event_share", -0.1),
    ],
)
def test_an_option_out_of_range_is_refused_by_its_key(group, name, value):
    with pytest.raises(ConfigurationError, match=rf"data_generation\.{group}\.{name} is "):
        replace(GROUPS[group], **{name: value})


def test_the_limits_themselves_are_allowed():
    assert replace(OPTIONS.visits, list_length=20, anonymous_share=1).anonymous_share == 1
    assert replace(OPTIONS.shop, end_date="2026-01-14").end_date == "2026-01-14"


@pytest.mark.parametrize("group", ["shop", "visits", "behaviour", "dirt"])
def test_every_option_is_described(group):
    for field in fields(GROUPS[group]):
        assert f"{field.name}: " in type(GROUPS[group]).__doc__


def test_the_test_environment_overrides_only_keys_that_base_has():
    from tests.simulation.options_of import read_groups

    base, tiny = read_groups("base"), read_groups("test")
    assert all(set(values) <= set(base[group]) for group, values in tiny.items())
