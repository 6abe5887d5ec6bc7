"""The whole project on a cluster of two workers; and nothing of it is left where it is stopped."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
COMMAND = [sys.executable, "-m", "tests.cluster", "--folder"]
PATIENCE_SECONDS = 1800


def processes_of(folder: Path) -> list[str]:
    """Command lines that name the folder, of whatever is running."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:  # it has ended
            continue
        found += [words] if str(folder) in words else []
    return found


def test_tables_and_models_of_a_cluster_are_those_of_one_machine(
    project_path: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "both"
    ran = subprocess.run(
        [*COMMAND, str(folder)],
        cwd=project_path,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    told = ran.stdout.splitlines()
    same = {line.split()[1] for line in told if line.startswith("Same ")}
    assert {"prm_user_item_interactions", "int_rejected_rows", "int_ingested_files"} <= same
    assert not processes_of(folder)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_whoever_stops_it_leaves_no_process_behind(
    project_path: Path, tmp_path: Path, how: signal.Signals
) -> None:
    folder = tmp_path / "stopped"
    with (tmp_path / "log").open("wb") as log:
        started = subprocess.Popen(
            [*COMMAND, str(folder)], cwd=project_path, stdout=log, stderr=subprocess.STDOUT
        )
        deadline = time.monotonic() + 120
        while not (folder / "cluster.log").exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        assert processes_of(folder / "daemons")
        started.send_signal(how)
        code = started.wait(60)
    assert code != 0
    deadline = time.monotonic() + 30
    while (left := processes_of(folder)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not left
