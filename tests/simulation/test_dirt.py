from dataclasses import replace

import numpy as np
import pytest

from personalization.simulation.dirt import (
    CANCELLED,
    DUPLICATE,
    EVENT_DIRT,
    LATE,
    LINE_DIRT,
    MISSING_CUSTOMER,
    find_dirty_files,
    soil,
)
from personalization.simulation.happenings import NUMBER_OF
from tests.simulation.conftest import CHANGES
from tests.simulation.options_of import world_of

SHARES = {
    "duplicate_share": 0.02,
    "late_share": 0.03,
    "late_days": 3,
    "clock_error_share": 0.02,
    "wrong_type_share": 0.1,
    "missing_customer_share": 0.2,
    "redelivered_share": 0.1,
    "changed_share": 0.3,
    "renamed_share": 0.5,
}


@pytest.fixture(scope="module")
def dirty(happenings):
    world = world_of("base", **{**CHANGES, "dirt": SHARES})
    return world, soil(world, happenings)


def test_a_clean_shop_has_no_dirt_but_cancelled_orders(world, happenings):
    clean = soil(world, happenings)
    assert len(clean) == len(happenings)
    assert (clean["dirt"] == 0).all()
    assert set(clean["line_dirt"]) == {0, CANCELLED}
    assert (clean["delivered"] == world.period.day_of(clean["ts"].to_numpy())).all()
    assert not any(days.any() for days in find_dirty_files(world).values())


def test_each_kind_of_dirt_has_its_share(dirty, happenings):
    _, soiled = dirty
    once = soiled.drop_duplicates(["person", "seq"])
    assert len(once) == len(happenings)
    shares = np.bincount(once["dirt"], minlength=len(EVENT_DIRT)) / len(once)
    np.testing.assert_allclose(shares[1:], [0.02, 0.03, 0.01, 0.01, 0], rtol=0.15)
    lines = once[once["kind"] == NUMBER_OF["purchase"]]
    known, cancelled = lines["known"].mean(), lines["cancelled"].mean()
    assert (lines.loc[lines["cancelled"], "line_dirt"] == CANCELLED).all()
    assert lines.loc[lines["line_dirt"] == MISSING_CUSTOMER, "known"].all()
    shares = np.bincount(lines["line_dirt"], minlength=len(LINE_DIRT)) / len(lines)
    np.testing.assert_allclose(shares[1:], [0.2 * known, 0.1, cancelled], rtol=0.3)
    assert (once.loc[once["kind"] != NUMBER_OF["purchase"], "line_dirt"] == 0).all()


def test_duplicates_follow_their_row_and_are_equal(dirty):
    _, soiled = dirty
    again = soiled.duplicated(["person", "seq"])
    assert (soiled.loc[again, "dirt"] == DUPLICATE).all()
    assert again.sum() == (soiled["dirt"] == DUPLICATE).sum() / 2


def test_late_rows_come_one_to_three_days_late_and_within_the_period(dirty):
    world, soiled = dirty
    delay = soiled["delivered"] - world.period.day_of(soiled["ts"].to_numpy())
    late = soiled["dirt"] == LATE
    assert set(delay[late]) == {1, 2, 3}
    assert (delay[~late] == 0).all()
    assert soiled["delivered"].max() < world.period.n_days


def test_searches_keep_their_moment(dirty):
    _, soiled = dirty
    searched = soiled["kind"] == NUMBER_OF["search"]
    assert set(soiled.loc[searched, "dirt"]) == {0, DUPLICATE, LATE}


def test_a_share_is_one_day_at_least(world):
    dirt = replace(world.dirt, redelivered_share=0.001)
    found = find_dirty_files(replace(world, dirt=dirt))
    assert [days.sum() for days in found.values()] == [1, 0, 0]


def test_some_days_files_are_wrong_as_a_whole_each_kind_by_its_own_share(dirty):
    world, _ = dirty
    found = {kind: days.mean() for kind, days in find_dirty_files(world).items()}
    assert 0.03 < found["redelivered"] < 0.2
    assert 0.2 < found["changed"] < 0.4
    assert 0.4 < found["renamed"] < 0.6
