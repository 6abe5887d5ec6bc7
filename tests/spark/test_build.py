"""Settings reach the session that is started first, and a change that comes late is told."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import pytest

from personalization.contracts.errors import ConfigurationError, EnvironmentNotReadyError
from personalization.spark import build
from personalization.spark.platform_defaults import PLATFORM_FOLDER

DELTA = "io.delta:delta-spark_4.2_2.13:4.4.0"
OF_A_PROCESS = ("SPARK_CONF_DIR", "PYSPARK_PYTHON", "PYSPARK_SUBMIT_ARGS")


@pytest.fixture
def no_jvm(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a process in which Spark has not started; what is handed over is forgotten after."""
    monkeypatch.setattr(build, "jvm_is_running", lambda: False)
    for name in (*OF_A_PROCESS, PLATFORM_FOLDER):
        monkeypatch.setenv(name, os.environ.get(name, ""))


def defaults() -> str:
    return (Path(os.environ["SPARK_CONF_DIR"]) / "spark-defaults.conf").read_text()


def test_settings_are_written_where_spark_looks(no_jvm: None) -> None:
    build.hand_over({"spark.ui.enabled": False, "spark.sql.shuffle.partitions": 4})
    assert "spark.ui.enabled false\n" in defaults()
    assert "spark.sql.shuffle.partitions 4\n" in defaults()
    assert "delta-spark" in defaults()


def test_null_removes_a_setting_and_named_packages_replace_the_jars(no_jvm: None) -> None:
    build.hand_over({"spark.master": None, "spark.jars.packages": DELTA})
    assert "spark.master" not in defaults()
    assert "spark.jars " not in defaults()


def test_executors_get_the_python_that_the_settings_name(no_jvm: None) -> None:
    build.hand_over({"spark.pyspark.python": "/opt/python/bin/python3.11"})
    assert os.environ["PYSPARK_PYTHON"] == "/opt/python/bin/python3.11"


def test_the_package_goes_to_a_cluster_and_its_folder_changes_nothing(
    no_jvm: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    settings = {"spark.master": "spark://host:7077"}
    build.hand_over(settings)
    assert "spark.submit.pyFiles " in defaults()
    monkeypatch.setattr(build, "jvm_is_running", lambda: True)
    with caplog.at_level(logging.WARNING):
        build.hand_over(settings)
    assert not caplog.records


def test_a_cluster_without_a_master_is_refused_before_a_run(
    no_jvm: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody, somebody = {"spark.master": None}, {"spark.master": "yarn"}
    build.hand_over(nobody)
    with pytest.raises(ConfigurationError, match=r"spark\.yml.*conf/local/spark\.yml"):
        build.require_master(nobody)
    monkeypatch.setenv("PYSPARK_SUBMIT_ARGS", "--master yarn pyspark-shell")
    build.require_master(nobody)
    monkeypatch.setenv("PYSPARK_SUBMIT_ARGS", "")
    build.hand_over(somebody)
    build.require_master(somebody)
    build.require_master({})


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
    build.hand_over({"spark.jars.packages": DELTA})
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
