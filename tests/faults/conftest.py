"""Clean runs on tiny raw files, which the runs that meet a fault are compared with."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.faults.clean import Clean, Project, copy_raw_files, run_cleanly
from tests.faults.deliveries import write_earlier
from tests.faults.runs import Run
from tests.faults.sameness import published_keys

if TYPE_CHECKING:
    from pathlib import Path

    from pyspark.sql import SparkSession


@pytest.fixture(scope="session")
def project(project_path: Path, spark_session: SparkSession) -> Project:
    return Project(project_path, spark_session, published_keys(project_path))


@pytest.fixture(scope="session")
def raw_root(project_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data root with the generated raw files and nothing else."""
    root = tmp_path_factory.mktemp("raw") / "root"
    root.mkdir()
    with Run(project_path, root, "data_generation") as run:
        assert run.wait() == 0, run.told()
    return root


@pytest.fixture(scope="session")
def clean(project: Project, raw_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Clean:
    """One run on empty tables."""
    root = copy_raw_files(raw_root, tmp_path_factory.mktemp("clean") / "root")
    return run_cleanly(project, root)


@pytest.fixture(scope="session")
def earlier(project: Project, raw_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Clean:
    """One run on the earlier delivery."""
    root = tmp_path_factory.mktemp("earlier") / "root"
    write_earlier(raw_root / "01_raw" / "generated", root / "01_raw" / "generated")
    return run_cleanly(project, root)


@pytest.fixture(scope="session")
def clean_merge(
    project: Project, raw_root: Path, earlier: Clean, tmp_path_factory: pytest.TempPathFactory
) -> Clean:
    """The earlier delivery and then the later one, each in a run of its own."""
    root = tmp_path_factory.mktemp("clean_merge") / "root"
    shutil.copytree(earlier.root, root)
    return run_cleanly(project, copy_raw_files(raw_root, root))
