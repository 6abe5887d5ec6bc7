"""No Java, or one that is too old, is said in one sentence that names the mend."""

from __future__ import annotations

from pathlib import Path

import pytest

from personalization.spark import java


def fake_java(folder: Path, prints: str) -> Path:
    command = folder / "bin" / "java"
    command.parent.mkdir(parents=True)
    command.write_text(f"#!/bin/sh\necho '{prints}' >&2\n")
    command.chmod(0o755)
    return folder


def test_a_new_enough_java_is_no_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = fake_java(tmp_path, 'openjdk version "21.0.1" 2023-10-17')
    monkeypatch.setenv("JAVA_HOME", str(home))
    assert java.java_problem() is None


@pytest.mark.parametrize(
    ("prints", "told"),
    [('java version "1.8.0_401"', "Java 8 is too old"), ("no words", "does not name a version")],
)
def test_an_unusable_java_is_told_with_the_mend(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, prints: str, told: str
) -> None:
    monkeypatch.setenv("JAVA_HOME", str(fake_java(tmp_path, prints)))
    problem = java.java_problem()
    assert problem is not None
    assert told in problem
    assert "apt-get install openjdk-17-jre-headless" in problem


def test_java_home_without_java_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert str(java.java_problem()).startswith("JAVA_HOME points at no java: install")


def test_no_java_at_all_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert str(java.java_problem()).startswith("Java is missing: install")


def test_java_on_the_path_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = fake_java(tmp_path, 'openjdk version "17.0.15"')
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", f"{home / 'bin'}:/bin")
    assert java.java_command() == str(home / "bin" / "java")
    assert java.java_problem() is None
