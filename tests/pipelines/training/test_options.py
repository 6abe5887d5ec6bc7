"""Parameters of training are refused by name before anything runs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from personalization.contracts.errors import ConfigurationError
from personalization.pipelines.training.options import Lists, Signals, Tuning, Windows


def test_windows_are_moments_in_utc() -> None:
    windows = Windows("2026-05-01", "2026-06-01T02:00:00+02:00", "2026-07-01")
    assert windows.validation == datetime(2026, 5, 1, tzinfo=UTC)
    assert windows.test == datetime(2026, 6, 1, tzinfo=UTC)
    assert windows.end == datetime(2026, 7, 1, tzinfo=UTC)


def test_without_an_end_the_test_window_is_open() -> None:
    assert Windows("2026-05-01", "2026-06-01").end.year == 9999


@pytest.mark.parametrize(
    "moments",
    [
        ("2026-06-01", "2026-05-01", None),
        ("2026-05-01", "2026-05-01", None),
        ("2026-05-01", "2026-06-01", "2026-05-15"),
    ],
)
def test_windows_out_of_order_are_refused(moments: tuple[str, str, str | None]) -> None:
    with pytest.raises(ConfigurationError, match="must follow each other"):
        Windows(*moments)


def test_a_moment_that_is_none_is_refused_by_its_key() -> None:
    with pytest.raises(ConfigurationError, match=r"training\.windows\.test_start: 'soon'"):
        Windows("2026-05-01", "soon")


@pytest.mark.parametrize(
    ("kinds", "recent_days", "told"),
    [
        (["purchase", "wish"], 28, "wish"),
        (["view"], 28, "must hold purchase"),
        ("purchase", 28, "kinds must be a list"),
        (["purchase"], 0, "recent_days must be positive"),
        (["purchase"], "many", "recent_days: 'many' is not a whole number"),
    ],
)
def test_signals_that_cannot_be_used_are_refused(
    kinds: list[str], recent_days: int, told: str
) -> None:
    with pytest.raises(ConfigurationError, match=told):
        Signals(kinds, recent_days)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"half_life_days": 0}, "half_life_days: 0 is not positive"),
        ({"half_life_days": float("inf")}, "half_life_days: inf is not positive"),
        ({"half_life_days": "long"}, "half_life_days: 'long' is not a number"),
        ({"returns": "refund"}, "returns: 'refund' is not one of keep, net"),
        ({"bots": True}, "bots: 'True' is not one of keep, leave_out"),
        ({"kinds": ["purchase", "return"]}, "see 'returns' for return"),
    ],
)
def test_ways_to_learn_that_there_are_not_are_refused(given: dict[str, Any], told: str) -> None:
    with pytest.raises(ConfigurationError, match=told):
        Signals(**{"kinds": ["purchase"], **given})


def test_a_candidate_with_an_unknown_parameter_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="no parameter lambda"):
        Tuning([{"lambda": 1}])
    with pytest.raises(ConfigurationError, match=r"tuning\.k"):
        Tuning([], k=0)


def test_lists_that_cannot_be_made_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="length must be positive"):
        Lists(0)
    with pytest.raises(ConfigurationError, match=r"length: 2\.5 is not a whole number"):
        Lists(2.5)  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError, match="'hide' is unknown"):
        Lists(20, "hide")  # type: ignore[arg-type]
