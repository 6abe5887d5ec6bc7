"""What executors on other machines need and a driver on this one has: its code, its JARs.

Python workers import this package when they unpickle what they are to do, so it travels with the
application as ``spark.submit.pyFiles``. What it imports in its turn (NumPy, PyArrow, fsspec, …) is
larger and belongs to the Python of the executors, which ``spark.pyspark.python`` names.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import personalization
from personalization.spark.jars import jar_paths
from personalization.spark.platform_defaults import MASTER

JAR_FILES: Final = "spark.jars"
PACKAGES: Final = "spark.jars.packages"
PYTHON_FILES: Final = "spark.submit.pyFiles"
DELTA: Final = "delta-spark"  # part of the name of its artefact, for any version of Spark
ARCHIVE: Final = "personalization.zip"


def runs_elsewhere(properties: Mapping[str, str]) -> bool:
    """Whether tasks run in other processes than the driver's JVM, perhaps on other machines.

    >>> runs_elsewhere({"spark.master": "local[*]"}), runs_elsewhere({"spark.master": "yarn"})
    (False, True)
    """
    return not re.fullmatch(r"local(\[.*\])?", properties.get(MASTER, ""))


def with_own_jars(properties: Mapping[str, str]) -> dict[str, str]:
    """The properties, with the JARs beside this environment where Delta comes from nowhere else.

    The driver hands them to the executors. Packages that bring no Delta (a connector of an object
    storage) are added to them, not put in their place.
    """
    if JAR_FILES in properties or DELTA in properties.get(PACKAGES, ""):
        return dict(properties)
    return {**properties, JAR_FILES: ",".join(str(path) for path in jar_paths())}


def with_own_package(properties: Mapping[str, str], folder: Path) -> dict[str, str]:
    """The properties, with this package as an archive in ``folder`` where tasks run elsewhere."""
    if not runs_elsewhere(properties):
        return dict(properties)
    archive = folder / ARCHIVE
    pack_package(archive)
    others = [one for one in properties.get(PYTHON_FILES, "").split(",") if one]
    return {**properties, PYTHON_FILES: ",".join([str(archive), *others])}


def pack_package(archive: Path) -> None:
    """Write the modules of this package into ``archive``, importable as they are here."""
    package = Path(personalization.__file__).parent
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(package.rglob("*.py")):
            packed.write(path, path.relative_to(package.parent))
