"""What goes from the driver to executors on other machines."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from personalization.spark import shipping

if TYPE_CHECKING:
    from pathlib import Path

DELTA = "io.delta:delta-spark_4.2_2.13:4.4.0"
CONNECTOR = "org.apache.hadoop:hadoop-aws:3.4.2"


def test_the_archive_holds_the_package_as_it_can_be_imported(tmp_path: Path) -> None:
    archive = tmp_path / "package.zip"
    shipping.pack_package(archive)
    script = (
        f"import sys; sys.path.insert(0, {str(archive)!r})\n"
        "import personalization.contracts.columns as found; print(found.__file__)"
    )
    ran = subprocess.run(
        [sys.executable, "-S", "-c", script], capture_output=True, text=True, check=True, env={}
    )
    assert ran.stdout.startswith(str(archive))


@pytest.mark.parametrize("master", ["spark://host:7077", "yarn", "k8s://https://host", "local-x"])
def test_the_package_travels_to_every_cluster(tmp_path: Path, master: str) -> None:
    given = {"spark.master": master, "spark.submit.pyFiles": "own.zip"}
    files = shipping.with_own_package(given, tmp_path)["spark.submit.pyFiles"]
    assert files == f"{tmp_path / shipping.ARCHIVE},own.zip"
    assert (tmp_path / shipping.ARCHIVE).is_file()


@pytest.mark.parametrize("master", ["local", "local[2]", "local[*]"])
def test_nothing_is_packed_where_tasks_run_in_the_driver(tmp_path: Path, master: str) -> None:
    given = {"spark.master": master}
    assert shipping.with_own_package(given, tmp_path) == given
    assert not list(tmp_path.iterdir())


def test_packages_that_bring_no_delta_are_added_to_our_jars() -> None:
    found = shipping.with_own_jars({"spark.jars.packages": CONNECTOR})
    assert "delta-spark" in found["spark.jars"]
    assert found["spark.jars.packages"] == CONNECTOR


@pytest.mark.parametrize("given", [{"spark.jars.packages": DELTA}, {"spark.jars": ""}])
def test_delta_from_elsewhere_replaces_our_jars(given: dict[str, str]) -> None:
    assert shipping.with_own_jars(given) == given
