"""Machines beside people, counted by hand."""

from __future__ import annotations

import pytest

from personalization.exploration import days, machines

pytestmark = pytest.mark.spark


def test_visitors_days_are_counted_in_doublings(interactions) -> None:
    counted = machines.count_visitor_days(interactions)
    # u1: 6 and 1; s2: 1; u2: 2, 1 and 1 (the return has a user but no session); the machine: 5
    assert counted.to_numpy().tolist() == [
        [False, 1, 4],
        [False, 2, 1],
        [False, 4, 1],
        [True, 4, 1],
    ]


def test_the_sentence_has_interactions_and_days_of_machines(interactions) -> None:
    told = machines.tell_machines(
        days.count_days(interactions), machines.count_visitor_days(interactions)
    )
    assert told == (
        f"Machines did 5 interactions, {100 * 5 / 17:.1f} % of all, "
        f"on {100 * 1 / 7:.1f} % of the visitors' days (1 of 7)."
    )


def test_the_figure_has_the_share_of_each_day(interactions) -> None:
    by_day, visitor_days = days.count_days(interactions), machines.count_visitor_days(interactions)
    over_time, sizes = machines.draw_machines(by_day, visitor_days).axes
    # 5 and 7 January, 10 February with 5 of 6, 17 February
    assert list(over_time.lines[0].get_ydata()) == [0, 0, pytest.approx(100 * 5 / 6), 0]
    assert list(sizes.lines[1].get_xdata()) == [4]


def test_shops_without_machines_or_anything_say_so(people, nothing) -> None:
    for shop, words in ((people, machines.NO_MACHINES), (nothing, "No interactions in this shop.")):
        frames = days.count_days(shop), machines.count_visitor_days(shop)
        assert machines.tell_machines(*frames) == words
        assert machines.draw_machines(*frames).axes[0].texts[0].get_text() == words
