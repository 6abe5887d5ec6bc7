"""Commands that need no Spark start none; a run says in one sentence that Java is missing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

KEDRO = Path(sys.executable).parent / "kedro"
ASK_VIZ = """
import sys
from pathlib import Path
from fastapi.testclient import TestClient
from kedro_viz.api import apps
from kedro_viz.server import load_and_populate_data
project = Path(sys.argv[1])
load_and_populate_data(project)
print(TestClient(apps.create_api_app_from_project(project)).get("/api/main").text)
"""


def without_java() -> dict[str, str]:
    """The environment of a new terminal on a machine without Java."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**kept, "JAVA_HOME": "/nonexistent"}


def run_there(project_path: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """A command on a machine without Java."""
    return subprocess.run(
        command,
        cwd=project_path,
        env=without_java(),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def kedro(project_path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A Kedro command on a machine without Java."""
    return run_there(project_path, str(KEDRO), *arguments)


@pytest.mark.parametrize(
    "arguments",
    [("info",), ("registry", "list"), ("catalog", "describe-datasets", "--pipeline", "training")],
)
def test_looking_around_needs_no_java(project_path: Path, arguments: tuple[str, ...]) -> None:
    done = kedro(project_path, *arguments)
    assert done.returncode == 0, done.stderr


def test_kedro_viz_draws_the_lineage_without_java(project_path: Path) -> None:
    """What ``kedro viz run`` serves, asked without a server in a process of its own."""
    done = run_there(project_path, sys.executable, "-c", ASK_VIZ, str(project_path))
    assert done.returncode == 0, done.stderr
    graph = json.loads(done.stdout.splitlines()[-1])
    assert "prm_user_item_interactions" in {node["name"] for node in graph["nodes"]}
    assert graph["layers"][:2] == ["truth", "raw"]
    assert graph["layers"][-1] == "reporting"


def test_a_run_without_java_says_so_in_one_sentence(project_path: Path, tmp_path: Path) -> None:
    done = kedro(project_path, "run", "--env=test", f"--params=data_root={tmp_path}")
    assert done.returncode == 1
    assert "JAVA_HOME points at no java: install" in done.stderr
    assert "Traceback" not in done.stderr + done.stdout
    assert not list(tmp_path.glob("0*"))


def test_the_doctor_looks_at_everything_also_without_java(project_path: Path) -> None:
    done = run_there(project_path, "make", "doctor", f"PYTHON={sys.executable}")
    assert done.returncode != 0
    told = {line.split()[1]: line.split()[0] for line in done.stdout.splitlines() if line[0] != " "}
    assert told["java"] == "MISSING"
    assert {"memory", "disk", "versions", "jars"} < told.keys()
