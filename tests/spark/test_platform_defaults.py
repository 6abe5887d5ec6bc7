"""A cluster's own settings reach Spark where the project leaves the master to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from personalization.spark import platform_defaults as platform

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A platform that says what its master is."""
    path = tmp_path / platform.DEFAULTS_FILE
    path.write_text("spark.master yarn\nspark.yarn.queue = shop\nspark.empty\n")
    monkeypatch.setenv(platform.PLATFORM_FOLDER, "")  # so that what it was comes back after
    monkeypatch.delenv(platform.PLATFORM_FOLDER)
    monkeypatch.setenv(platform.SPARK_FOLDER, str(tmp_path))
    return path


def test_the_platform_s_master_and_settings_are_taken_and_ours_win(defaults: Path) -> None:
    found = platform.with_platform_defaults({"spark.yarn.queue": "mine", "spark.ui.enabled": "no"})
    assert found == {
        "spark.master": "yarn",
        "spark.yarn.queue": "mine",
        "spark.ui.enabled": "no",
    }


def test_who_names_a_master_takes_nothing_of_the_platform_s(defaults: Path) -> None:
    given = {"spark.master": "local[*]"}
    assert platform.with_platform_defaults(given) == given


def test_the_platform_is_found_again_once_spark_points_elsewhere(
    defaults: Path, tmp_path: Path
) -> None:
    platform.point_to(tmp_path / "own")
    platform.point_to(tmp_path / "own again")
    assert platform.platform_folder() == defaults.parent
    assert platform.with_platform_defaults({})["spark.master"] == "yarn"


def test_spark_s_home_is_looked_at_where_no_folder_is_named(
    defaults: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(platform.SPARK_FOLDER)
    assert platform.with_platform_defaults({}) == {}
    (tmp_path / "conf").mkdir()
    defaults.rename(tmp_path / "conf" / defaults.name)
    monkeypatch.setenv("SPARK_HOME", str(tmp_path))
    assert platform.with_platform_defaults({})["spark.master"] == "yarn"
