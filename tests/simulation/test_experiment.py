"""The experiment in the shop: who is treated, and that nothing but its effect differs."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit

from personalization.contracts.errors import ConfigurationError
from personalization.simulation.happenings import NUMBER_OF, happen
from tests.simulation.conftest import CHANGES
from tests.simulation.options_of import world_of

PEOPLE = np.arange(600)
FIRST, DAYS = 182 - 90, 60
LISTS = {"visit_share": 1.0, "click_logit": -2.0}


def course(**options):
    chosen = {"enabled": True, "start": 90, "days": DAYS, "click_logit": 0.0, "cart_logit": 0.0}
    strengths = {**CHANGES["strengths"], "lists": LISTS}
    return world_of("base", **{**CHANGES, "strengths": strengths}, experiment={**chosen, **options})


def split(world, rows):
    day = world.period.day_of(rows["ts"].to_numpy())
    runs = (day >= FIRST) & (day < FIRST + DAYS)
    return runs & world.experiment.treats(rows["person"].to_numpy())


def test_a_share_of_the_people_is_treated_always_the_same():
    world = course(treated_share=0.3)
    treated = world.experiment.treats(np.arange(20_000))
    assert treated.mean() == pytest.approx(0.3, abs=0.01)
    np.testing.assert_array_equal(world.experiment.treats(np.array([17, 3])), treated[[17, 3]])
    other = course(treated_share=0.3, name="other").experiment.treats(np.arange(20_000))
    assert np.corrcoef(treated, other)[0, 1] == pytest.approx(0, abs=0.03)


def test_an_experiment_without_effect_changes_nothing(world):
    without = course(enabled=False)
    assert without.experiment is None
    pd.testing.assert_frame_equal(happen(course(), PEOPLE), happen(without, PEOPLE))


def test_a_person_in_control_does_what_he_would_without_the_experiment():
    """So both courses of everybody are known: treat all, or none."""
    world = course(click_logit=1.0, cart_logit=0.5)
    rows, nobody = happen(world, PEOPLE), happen(course(treated_share=0.0), PEOPLE)
    control = ~world.experiment.treats(PEOPLE)
    same = rows["person"].isin(PEOPLE[control])
    also = nobody["person"].isin(PEOPLE[control])
    pd.testing.assert_frame_equal(
        rows[same].reset_index(drop=True), nobody[also].reset_index(drop=True)
    )
    everybody = happen(course(treated_share=1.0, click_logit=1.0, cart_logit=0.5), PEOPLE)
    pd.testing.assert_frame_equal(
        rows[~same].reset_index(drop=True),
        everybody[everybody["person"].isin(PEOPLE[~control])].reset_index(drop=True),
    )


def test_clicks_rise_by_the_log_odds_stated_for_the_treated_only():
    world = course(click_logit=1.0)
    rows = happen(world, PEOPLE)
    clicked = rows[(rows["kind"] == NUMBER_OF["view"]) & (rows["request"] >= 0)]
    shown = rows[(rows["kind"] == NUMBER_OF["impression"])]
    through = split(world, clicked).sum() / split(world, shown).sum()
    usual = (~split(world, clicked)).sum() / (~split(world, shown)).sum()
    assert through / usual == pytest.approx(expected_lift(usual), rel=0.08)


def expected_lift(usual):
    """Of a click-through at the places' mean attention."""
    attention = (np.arange(1.0, 9.0) ** -0.6).mean()
    raised = attention * expit(logit(usual / attention) + 1.0)
    return raised / usual


def test_carts_rise_by_the_log_odds_stated():
    world, without = course(cart_logit=0.5, treated_share=1.0), course(enabled=False)
    counts = []
    for one in (world, without):
        rows = happen(one, PEOPLE)
        carts = rows[rows["kind"] == NUMBER_OF["cart"]]
        counts.append(split(world, carts).sum())
    assert 1.3 < counts[0] / counts[1] < np.exp(0.5)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"enabled": "yes"}, "experiment.enabled is 'yes'; it must be true or false"),
        ({"treated_share": 1.2}, r"experiment\.treated_share is 1\.2"),
        ({"click_logit": 9}, r"experiment\.click_logit is 9"),
        ({"start": 183}, "the shop has 182 days only"),
    ],
)
def test_an_impossible_experiment_is_refused_by_its_key(options, told):
    with pytest.raises(ConfigurationError, match=told):
        course(**options)
