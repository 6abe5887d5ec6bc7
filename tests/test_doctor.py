"""The doctor says what is missing and the command that mends it."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from personalization import doctor

ROOT = Path(__file__).parents[1]


def test_this_environment_is_healthy(capsys: pytest.CaptureFixture[str]) -> None:
    assert doctor.main([]) == 0
    printed = capsys.readouterr().out
    assert "MISSING" not in printed
    for subject in ("python", "java", "memory", "disk", "versions", "jars"):
        assert f"ok       {subject}" in printed


def test_prerequisites_are_silent_where_nothing_is_missing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert doctor.main(["prerequisites"]) == 0
    assert capsys.readouterr().out == ""


def test_no_java_is_one_clear_line_with_the_mend(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(doctor, "java_problem", lambda: "Java is missing: install one.")
    assert doctor.main(["prerequisites"]) == 1
    assert capsys.readouterr().out == (
        "MISSING  java     Java is missing\n         mend it: install one.\n"
    )


def test_another_python_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 12, 1))
    finding = doctor.look_at_python()
    assert finding.state == "3.12.1"
    assert "make PYTHON=" in str(finding.mend)


def test_too_little_memory_and_disk_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "memory_bytes", lambda: 2 * doctor.GIB)
    assert doctor.look_at_memory().state == "2.0 GiB, 6 GiB are wanted"
    assert "spark.driver.memory" in str(doctor.look_at_memory().mend)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=doctor.GIB))
    assert doctor.look_at_disk(ROOT).state == "1 GiB free, 4 GiB are wanted"


def test_versions_that_differ_from_the_lock_are_named(tmp_path: Path) -> None:
    lock = (ROOT / "requirements.txt").read_text()
    changed = lock.replace("kedro-viz==12.5.0", "kedro-viz==99.0.0")
    path = tmp_path / "requirements.txt"
    path.write_text(changed)
    finding = doctor.look_at_versions(path)
    assert finding.state == "kedro-viz 99.0.0 is locked, 12.5.0 installed"
    assert finding.mend == "rm -rf .venv && make setup"


def test_a_package_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "PINNED", ("no-such-package",))
    monkeypatch.setattr(doctor, "locked_versions", lambda _: {"no-such-package": "1.0"})
    finding = doctor.look_at_versions(ROOT / "requirements.txt")
    assert finding.state == "no-such-package 1.0 is locked, nothing installed"


def test_damaged_jars_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("personalization.spark.jars.jar_folder", lambda: tmp_path)
    finding = doctor.look_at_jars()
    assert "delta-spark_4.2_2.13:4.4.0 is missing" in finding.state
    assert finding.mend == f"rm -rf {tmp_path} && make setup"


def test_before_set_up_the_jars_wait_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "personalization.spark.jars", None)
    assert doctor.look_at_jars().mend == "make setup"
