"""The same shop from other cores, tasks, hash seeds and processors."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

import pytest
from numpy._core._multiarray_umath import __cpu_dispatch__

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.spark


class Spread(NamedTuple):
    """How the work is spread."""

    cores: int
    per_core: int
    hash_seed: int
    processor: dict[str, str] = {}  # noqa: RUF012 - a named tuple's default, never changed


# An older processor: NumPy without any instructions but those that all have.
PLAIN = {"NPY_DISABLE_CPU_FEATURES": " ".join(__cpu_dispatch__), "OPENBLAS_CORETYPE": "Nehalem"}
SPREADS = (Spread(2, 1, 0), Spread(1, 3, 1), Spread(2, 4, 2, PLAIN))  # 2, 3 and 8 tasks
DAYS = 21


def generate(project_path: Path, folder: Path, spread: Spread) -> dict[str, str]:
    arguments = map(str, (folder, spread.cores, spread.per_core))
    ran = subprocess.run(
        [sys.executable, "-m", "tests.pipelines.data_generation.spread", *arguments],
        cwd=project_path,
        env={
            **os.environ,
            "PYTHONPATH": f"{project_path / 'src'}{os.pathsep}{project_path}",
            "PYTHONHASHSEED": str(spread.hash_seed),
            **spread.processor,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    hashes: dict[str, str] = json.loads(ran.stdout.splitlines()[-1])
    return hashes


def test_every_file_is_the_same_however_the_work_is_spread(
    project_path: Path, tmp_path: Path
) -> None:
    folders = [tmp_path / str(place) for place in range(len(SPREADS))]
    with ThreadPoolExecutor(2) as pool:
        first, *others = pool.map(generate, [project_path] * 3, folders, SPREADS)
    assert len(first) > 3 * DAYS
    for spread, hashes in zip(SPREADS[1:], others, strict=True):
        changed = sorted(name for name in first if first[name] != hashes.get(name))
        assert hashes.keys() == first.keys(), spread
        assert not changed, spread
