"""Settings reach the session that is started first, and a change that comes late is told."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import pytest

from personalization.contracts.errors import ConfigurationError, EnvironmentNotReadyError
from personalization.spark import build


@pytest.fixture
def no_jvm(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a process in which Spark has not started; what is handed over is forgotten after."""
    monkeypatch.setattr(build, "jvm_is_running", lambda: False)
    monkeypatch.setenv("SPARK_CONF_DIR", os.environ.get("SPARK_CONF_DIR", ""))


def defaults() -> str:
    return (Path(os.environ["SPARK_CONF_DIR"]) / "spark-defaults.conf").read_text()


def test_settings_are_written_where_spark_looks(no_jvm: None) -> None:
    build.hand_over({"spark.ui.enabled": False, "spark.sql.shuffle.partitions": 4})
    assert "spark.ui.enabled false\n" in defaults()
    assert "spark.sql.shuffle.partitions 4\n" in defaults()
    assert "delta-spark" in defaults()


def test_null_removes_a_setting_and_named_packages_replace_the_jars(no_jvm: None) -> None:
    build.hand_over({"spark.master": None, "spark.jars.packages": "a:b:1"})
    assert "spark.master" not in defaults()
    assert "spark.jars " not in defaults()


@pytest.mark.parametrize("settings", [{"master": "local"}, {"spark.sql": {"ansi": True}}])
def test_a_key_that_spark_would_ignore_is_refused(settings: dict[str, object]) -> None:
    with pytest.raises(ConfigurationError, match=r"spark\.yml"):
        build.spark_properties(settings)


def test_settings_that_come_after_the_start_are_told_by_name(
    no_jvm: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    build.hand_over({"spark.driver.memory": "2g"})
    monkeypatch.setattr(build, "jvm_is_running", lambda: True)
    with caplog.at_level(logging.WARNING):
        build.hand_over({"spark.driver.memory": "2g"})
        assert not caplog.records
        build.hand_over({"spark.driver.memory": "9g"})
    assert "spark.driver.memory" in caplog.text


def test_without_java_a_run_stops_with_one_sentence(
    no_jvm: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "java_problem", lambda: "Java is missing: install it.")
    with pytest.raises(EnvironmentNotReadyError, match=r"^Java is missing: install it\.$"):
        build.require_spark()


def test_jars_are_checked_only_where_they_are_ours(
    no_jvm: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    monkeypatch.setattr(build, "java_problem", lambda: None)
    monkeypatch.setattr(build, "require_jars", lambda: asked.append(True))
    build.hand_over({"spark.jars.packages": "a:b:1"})
    build.require_spark()
    assert not asked
    build.hand_over({})
    build.require_spark()
    assert asked


def test_nothing_is_checked_once_the_session_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "jvm_is_running", lambda: True)
    monkeypatch.setattr(build, "java_problem", lambda: "never asked")
    build.require_spark()


@pytest.mark.spark
def test_the_session_has_the_environment_s_settings(spark) -> None:
    assert spark.conf.get("spark.sql.session.timeZone") == "UTC"
    assert spark.conf.get("spark.sql.shuffle.partitions") == "2"
    assert build.jvm_is_running()
