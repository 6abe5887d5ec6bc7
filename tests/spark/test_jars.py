"""JARs are resolved once by Spark's resolver and never used with another hash."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from personalization.contracts.errors import EnvironmentNotReadyError
from personalization.spark import jars

CONTENT = b"not a real jar"


@pytest.fixture
def jar(monkeypatch: pytest.MonkeyPatch) -> jars.Jar:
    """One small pinned artefact in place of the real ones."""
    one = jars.Jar("io.example", "thing", "1.0", hashlib.sha256(CONTENT).hexdigest())
    monkeypatch.setattr(jars, "JARS", (one,))
    return one


def fake_submit(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """A stand-in for ``spark-submit``: takes the same arguments, does what the script says."""
    command = folder / "spark-submit"
    into = 'for last; do :; done; IVY="$(dirname "$last")/ivy"'
    command.write_text(f"#!/bin/sh\n{into}\n{script}\n")
    command.chmod(0o755)
    real = jars.resolve_command

    def with_stand_in(scratch: Path, conf_folder: Path) -> list[str]:
        return [str(command), *real(scratch, conf_folder)[1:]]

    monkeypatch.setattr(jars, "resolve_command", with_stand_in)


def test_the_real_jars_are_pinned_by_coordinates_and_hash() -> None:
    assert [one.coordinates for one in jars.JARS] == [
        "io.delta:delta-spark_4.2_2.13:4.4.0",
        "io.delta:delta-storage:4.4.0",
    ]
    assert all(len(bytes.fromhex(one.sha256)) == 32 for one in jars.JARS)


def test_a_missing_jar_and_one_with_another_hash_are_told(jar: jars.Jar, tmp_path: Path) -> None:
    assert "io.example:thing:1.0 is missing" in jars.jar_problems(tmp_path)[0]
    (tmp_path / jar.file_name).write_bytes(b"tampered")
    told = jars.jar_problems(tmp_path)[0]
    assert hashlib.sha256(b"tampered").hexdigest() in told
    assert jar.sha256 in told


def test_require_jars_names_the_command_that_mends(
    jar: jars.Jar, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jars, "jar_folder", lambda: tmp_path)
    with pytest.raises(EnvironmentNotReadyError, match="Run 'make setup'"):
        jars.require_jars()
    (tmp_path / jar.file_name).write_bytes(CONTENT)
    jars.require_jars()


def test_nothing_is_resolved_where_the_jars_are_right(
    jar: jars.Jar, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / jar.file_name).write_bytes(CONTENT)
    fake_submit(tmp_path, monkeypatch, "exit 1")
    jars.resolve_jars(tmp_path, tmp_path)


def test_resolved_jars_are_kept_and_a_damaged_one_is_replaced(
    jar: jars.Jar, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writes = f'mkdir -p "$IVY/jars"; printf "%s" "{CONTENT.decode()}" > "$IVY/jars/{jar.file_name}"'
    fake_submit(tmp_path, monkeypatch, writes)
    folder = tmp_path / "jars"
    folder.mkdir()
    (folder / jar.file_name).write_bytes(b"damaged")
    jars.resolve_jars(folder, tmp_path)
    assert (folder / jar.file_name).read_bytes() == CONTENT


def test_a_resolved_file_with_another_hash_is_refused(
    jar: jars.Jar, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writes = f'mkdir -p "$IVY/jars"; echo evil > "$IVY/jars/{jar.file_name}"'
    fake_submit(tmp_path, monkeypatch, writes)
    with pytest.raises(EnvironmentNotReadyError, match=jar.sha256):
        jars.resolve_jars(tmp_path / "jars", tmp_path)
    assert not (tmp_path / "jars" / jar.file_name).exists()


def test_a_resolver_that_fails_is_quoted_with_the_way_to_a_mirror(
    jar: jars.Jar, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_submit(tmp_path, monkeypatch, "echo 'UNRESOLVED DEPENDENCIES' >&2; exit 1")
    with pytest.raises(EnvironmentNotReadyError, match="DEFAULT_ARTIFACT_REPOSITORY") as caught:
        jars.resolve_jars(tmp_path / "jars", tmp_path)
    assert "UNRESOLVED DEPENDENCIES" in caught.value.message


def test_a_mirror_comes_from_spark_s_own_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEFAULT_ARTIFACT_REPOSITORY", "file:///mirror")
    command = jars.resolve_command(tmp_path, tmp_path)
    assert f"spark.jars.ivySettings={tmp_path / 'ivysettings.xml'}" in command
    assert 'root="file:///mirror"' in (tmp_path / "ivysettings.xml").read_text()


def test_own_ivy_settings_in_conf_local_win(tmp_path: Path) -> None:
    (tmp_path / "local").mkdir()
    (tmp_path / "local" / "spark.yml").write_text("spark.jars.ivySettings: /etc/ivy.xml\n")
    assert "spark.jars.ivySettings=/etc/ivy.xml" in jars.resolve_command(tmp_path, tmp_path)
    assert not (tmp_path / "ivysettings.xml").exists()


POM = """<project><modelVersion>4.0.0</modelVersion><groupId>io.example</groupId>
<artifactId>thing</artifactId><version>1.0</version></project>"""


class Quiet(SimpleHTTPRequestHandler):
    """Serves files and writes no log."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def mirror(tmp_path: Path) -> Iterator[str]:
    """A Maven repository on loopback that holds one artefact."""
    folder = tmp_path / "repository" / "io" / "example" / "thing" / "1.0"
    folder.mkdir(parents=True)
    (folder / "thing-1.0.jar").write_bytes(CONTENT)
    (folder / "thing-1.0.pom").write_text(POM)
    handler = partial(Quiet, directory=str(tmp_path / "repository"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join(timeout=10)


def test_jars_come_from_a_mirror_by_spark_s_own_resolver(
    jar: jars.Jar, mirror: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEFAULT_ARTIFACT_REPOSITORY", mirror)
    jars.resolve_jars(tmp_path / "jars", tmp_path)
    assert (tmp_path / "jars" / jar.file_name).read_bytes() == CONTENT


def test_a_mirror_that_lacks_a_jar_is_named_with_what_was_tried(
    mirror: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jars, "JARS", (jars.Jar("io.example", "other", "2.0", "00"),))
    monkeypatch.setenv("DEFAULT_ARTIFACT_REPOSITORY", mirror)
    with pytest.raises(EnvironmentNotReadyError, match="could not be resolved") as caught:
        jars.resolve_jars(tmp_path / "jars", tmp_path)
    assert f"{mirror}io/example/other/2.0/other-2.0.pom" in caught.value.message
