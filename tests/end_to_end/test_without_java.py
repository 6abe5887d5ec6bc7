"""Commands that need no Spark start none; a run says in one sentence that Java is missing."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

KEDRO = Path(sys.executable).parent / "kedro"


def kedro(project_path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A Kedro command on a machine without Java."""
    environment = {**os.environ, "JAVA_HOME": "/nonexistent"}
    environment.pop("SPARK_CONF_DIR", None)
    return subprocess.run(
        [str(KEDRO), *arguments],
        cwd=project_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.mark.parametrize(
    "arguments",
    [("info",), ("registry", "list"), ("catalog", "describe-datasets", "--pipeline", "training")],
)
def test_looking_around_needs_no_java(project_path: Path, arguments: tuple[str, ...]) -> None:
    done = kedro(project_path, *arguments)
    assert done.returncode == 0, done.stderr


def wait_for(url: str, server: subprocess.Popen[bytes], seconds: float) -> bytes:
    """What a server on this machine answers, once it does."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return answer.read()
        except OSError:
            time.sleep(0.5)
    raise AssertionError(f"{url} did not answer within {seconds:g} s")


def test_kedro_viz_run_shows_the_lineage_without_java(project_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [str(KEDRO), "viz", "run", "--host=127.0.0.1", f"--port={port}", "--no-browser"],
        cwd=project_path,
        env={**os.environ, "JAVA_HOME": "/nonexistent"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        graph = json.loads(wait_for(f"http://127.0.0.1:{port}/api/main", server, 90))
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(20)
    assert "prm_user_item_interactions" in {node["name"] for node in graph["nodes"]}
    assert graph["layers"][0] == "raw"
    assert graph["layers"][-1] == "reporting"


def test_a_run_without_java_says_so_in_one_sentence(project_path: Path, tmp_path: Path) -> None:
    done = kedro(project_path, "run", "--env=test", f"--params=data_root={tmp_path}")
    assert done.returncode == 1
    assert "JAVA_HOME points at no java: install" in done.stderr
    assert "Traceback" not in done.stderr + done.stdout
    assert not list(tmp_path.glob("0*"))
