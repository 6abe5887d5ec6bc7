"""Two runs of the same project: on a cluster, and on this machine alone.

Each has a copy of ``conf`` whose ``local`` layer holds what a user would write there, and a
``data_root`` of its own.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from personalization.spark.guarded import end_all, start_guarded

PROJECT = Path(__file__).parents[2]
TINY = "tiny"
KEY = "0123456789abcdef"  # of pseudonyms, the same on both sides
LINES_SHOWN = 30


class RunFailedError(Exception):
    """A run ended with an error; the message shows the end of its log."""


@dataclass(frozen=True)
class Side:
    """One of the two.

    Attributes:
        name: of the side; of its folders and its log.
        folder: where all of it lies.
        environment: ``--env``; none where it is empty.
        spark: what its ``local/spark.yml`` says.
    """

    name: str
    folder: Path
    environment: str
    spark: Mapping[str, object]

    @property
    def data_root(self) -> Path:
        return self.folder / self.name

    @property
    def log(self) -> Path:
        return self.folder / f"{self.name}.log"

    @property
    def command(self) -> list[str]:
        conf = self.folder / f"{self.name}-conf"
        env = [f"--env={self.environment}"] if self.environment else []
        given = ["--conf-source", str(conf), *env, f"--params=data_root={self.data_root}"]
        return [sys.executable, "-m", "kedro", "run", *given]

    def write_conf(self, size: str) -> None:
        """Copy the project's ``conf``; its ``local`` layer is this side's own."""
        conf = self.folder / f"{self.name}-conf"
        shutil.copytree(PROJECT / "conf", conf, ignore=shutil.ignore_patterns("local"))
        local = {
            "spark": dict(self.spark),
            "parameters": parameters(size),
            "credentials": {"pseudonyms": {"key": KEY}},
        }
        (conf / "local").mkdir()
        for name, content in local.items():
            (conf / "local" / f"{name}.yml").write_text(yaml.safe_dump(content))

    def run(self) -> None:
        """Run all pipelines.

        Raises:
            RunFailedError: the run failed.
        """
        with self.log.open("wb") as log:
            running = start_guarded(self.command, log, PROJECT, os.environ)
        try:
            code = running.wait()
        finally:
            end_all([running])
        if code:
            lines = self.log.read_text(errors="replace").splitlines()[-LINES_SHOWN:]
            told = "\n".join(lines)
            raise RunFailedError(f"The {self.name} run ended with {code}; {self.log}:\n{told}")


def parameters(size: str) -> dict[str, Any]:
    """Of both sides: the same shop and the same backend of ALS, which is not tuned."""
    chosen: dict[str, Any] = {
        "data_generation": {"shop": {"size": size}},
        "training": {"als": {"backend": "mllib"}, "tuning": {"candidates": []}},
    }
    if size == TINY:  # the tests' own settings, so that a few weeks hold enough buyers
        folder = PROJECT / "conf" / "test" / "parameters"
        for path in sorted(folder.glob("*.yml")):
            chosen = merge(yaml.safe_load(path.read_text()), chosen)
    return chosen


def merge(lower: Mapping[str, Any], upper: Mapping[str, Any]) -> dict[str, Any]:
    """Both, leaf by leaf; where both have one, that of ``upper``."""
    merged = {**lower, **upper}
    for key in lower.keys() & upper.keys():
        if isinstance(lower[key], Mapping) and isinstance(upper[key], Mapping):
            merged[key] = merge(lower[key], upper[key])
    return merged
