from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest

from personalization.contracts.errors import ArtefactError, ConfigurationError, EmptyWindowError
from personalization.recommenders import Popularity
from tests.recommenders.communities import build_frame

UNTIL = datetime(2024, 3, 29, tzinfo=UTC)
ROWS = [
    ("u", "old", "2024-01-01", 1.0),
    ("v", "old", "2024-01-02", 1.0),
    ("w", "old", "2024-02-29T23:59:59.999999", 1.0),  # a moment before the window of 28 days
    ("u", "edge", "2024-03-01", 1.0),  # its first moment
    ("u", "new", "2024-03-05", 1.0),
    ("u", "new", "2024-03-06", 1.0),
    ("v", "new", "2024-03-28T23:59:59.999999", 1.0),  # its last moment
    ("w", "new", "2024-03-29", 1.0),  # its end, no longer inside
    (None, "edge", "2024-03-02", 1.0),
    ("u", None, "2024-03-02", 1.0),
    ("u", "future", "2024-03-30", 1.0),
]


def counts(model):
    top = model.recommend(np.array(["anyone"]), 5)
    return [(str(i), s) for i, s in zip(top.item_ids[0], top.scores[0], strict=True) if i]


@pytest.mark.spark
def test_score_is_the_number_of_distinct_users(spark):
    model = Popularity().fit(build_frame(spark, ROWS))
    assert counts(model) == [("new", 3.0), ("old", 3.0), ("edge", 1.0), ("future", 1.0)]


@pytest.mark.spark
def test_window_ends_before_its_end_and_older_items_score_zero(spark):
    model = Popularity(window_days=28, until=UNTIL).fit(build_frame(spark, ROWS))
    assert counts(model) == [("new", 2.0), ("edge", 1.0), ("old", 0.0)]


@pytest.mark.spark
def test_end_without_a_window_counts_all_before(spark):
    model = Popularity(until=UNTIL).fit(build_frame(spark, ROWS))
    assert counts(model) == [("old", 3.0), ("new", 2.0), ("edge", 1.0)]


@pytest.mark.spark
@pytest.mark.parametrize(
    "until",
    [datetime(2024, 3, 29), datetime(2024, 3, 29, 2, tzinfo=timezone(timedelta(hours=2)))],  # noqa: DTZ001
)
def test_end_without_a_zone_is_utc_whatever_the_machine_says(spark, until, monkeypatch):
    monkeypatch.setenv("TZ", "America/New_York")
    model = Popularity(28, until).fit(build_frame(spark, ROWS))
    assert counts(model) == [("new", 2.0), ("edge", 1.0), ("old", 0.0)]


@pytest.mark.spark
def test_window_without_interactions_is_refused_with_its_dates(spark):
    model = Popularity(7, datetime(2024, 2, 1, tzinfo=UTC))
    with pytest.raises(EmptyWindowError, match=r"in the 7 days before 2024-02-01T00:00:00\+00:00"):
        model.fit(build_frame(spark, ROWS))


@pytest.mark.parametrize(("days", "until"), [(0, UNTIL), (28, None)])
def test_window_needs_days_and_an_end(days, until):
    with pytest.raises(ConfigurationError, match="window_days"):
        Popularity(days, until)


def test_counts_of_another_number_of_items_are_refused():
    arrays = {"item_ids": np.array(["a", "b"]), "user_counts": np.array([1.0])}
    with pytest.raises(ArtefactError, match=r"'user_counts' has shape \(1,\); expected \(2,\)"):
        Popularity.from_arrays(arrays, Popularity().settings)


def test_settings_make_the_same_model_again():
    model = Popularity(28, UNTIL)
    arrays = {"item_ids": np.array(["a"]), "user_counts": np.array([1.0])}
    again = Popularity.from_arrays(arrays, model.settings)
    assert (again.window_days, again.until) == (28, UNTIL)
