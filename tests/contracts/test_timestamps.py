import pytest

from personalization.contracts.timestamps import Timestamps


@pytest.mark.parametrize(
    ("pattern", "tells"),
    [
        ("yyyy-MM-dd HH:mm:ss", False),
        ("yyyy-MM-dd'T'HH:mm:ssXXX", True),
        ("yyyy-MM-dd'T'HH:mm:ss'Z'", True),
        ("dd. LLL yyyy 'Zeit' HH:mm", False),
        ("yyyyDDD", False),
    ],
)
def test_pattern_tells_an_offset_only_outside_quotes_or_by_a_final_z(pattern, tells):
    assert Timestamps(format=pattern).tells_offset is tells


@pytest.mark.parametrize(
    ("pattern", "tells"),
    [("yyyy-MM-dd h:mm a", True), ("dd.MM.yyyy 'H'", False), ("yyyyDDD", False), ("iso", True)],
)
def test_days_without_hours_are_told_from_moments(pattern, tells):
    assert Timestamps(format=pattern).tells_hours is tells
