"""The two JARs of Delta Lake: resolved once by Spark's own resolver, checked, kept beside Python.

Left to itself every session start would resolve some thirty artefacts again. Here ``make setup``
resolves two by their Maven coordinates, compares them with the pinned SHA-256 and keeps them in
``<sys.prefix>/jars``; sessions then start offline.

A mirror is configured the way Spark does it: by the environment variable
``DEFAULT_ARTIFACT_REPOSITORY``, or by ``spark.jars.ivySettings`` in ``conf/local/spark.yml``.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml

from personalization.contracts.errors import EnvironmentNotReadyError


@dataclass(frozen=True)
class Jar:
    """One pinned artefact: Maven coordinates and the SHA-256 of the file, in hex."""

    group: str
    artifact: str
    version: str
    sha256: str

    @property
    def coordinates(self) -> str:
        """``group:artifact:version``, as Spark takes it."""
        return f"{self.group}:{self.artifact}:{self.version}"

    @property
    def file_name(self) -> str:
        """The name that Spark's resolver gives the retrieved file."""
        return f"{self.group}_{self.artifact}-{self.version}.jar"


JARS: Final = (
    Jar(
        "io.delta",
        "delta-spark_4.2_2.13",
        "4.4.0",
        "27d4fd8b1f879535c573ed1c718177d6a27f24d3e626ba02e216369725721ead",
    ),
    Jar(
        "io.delta",
        "delta-storage",
        "4.4.0",
        "c46735481fa8e326b0957be02b4420cbcab4b325bb08009b7f2045a95133f1cc",
    ),
)
# Delta names these as dependencies; nothing that runs here loads them.
LINES_SHOWN: Final = 25
EXCLUDED: Final = "org.*:*,com.*:*,io.unitycatalog:*,io.delta:delta-kernel-*"


def jar_folder() -> Path:
    """Where the JARs are kept: beside the environment that runs this code."""
    return Path(sys.prefix) / "jars"


def jar_problem(jar: Jar, folder: Path) -> str | None:
    """Why ``jar`` in ``folder`` cannot be used; None if it is there and its hash is right."""
    path = folder / jar.file_name
    if not path.is_file():
        return f"{jar.coordinates} is missing in {folder}"
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != jar.sha256:
        return f"{path} has SHA-256 {found}, expected {jar.sha256}: delete it"
    return None


def jar_problems(folder: Path) -> list[str]:
    """What is wrong with the JARs in ``folder``, one sentence each; empty if nothing is."""
    return [problem for jar in JARS if (problem := jar_problem(jar, folder)) is not None]


def jar_paths() -> list[Path]:
    """Where the pinned JARs belong, whether they are there or not."""
    return [jar_folder() / jar.file_name for jar in JARS]


def require_jars() -> None:
    """Check that the pinned JARs are there and untouched.

    Raises:
        EnvironmentNotReadyError: one is missing or its hash differs from the pinned one.
    """
    problems = jar_problems(jar_folder())
    if problems:
        raise EnvironmentNotReadyError(f"{'; '.join(problems)}. Run 'make setup'.")


def ivy_settings(mirror: str | None) -> str:
    """Ivy settings with one repository: ``mirror``, or Ivy's own default public one.

    >>> 'root="file:///mirror"' in ivy_settings("file:///mirror")
    True
    >>> "root=" in ivy_settings(None)
    False
    """
    root = f' root="{mirror}"' if mirror else ""
    return (
        "<ivysettings>\n"
        '  <settings defaultResolver="public"/>\n'
        f'  <resolvers><ibiblio name="public" m2compatible="true"{root}/></resolvers>\n'
        "</ivysettings>\n"
    )


def own_ivy_settings(conf_folder: Path) -> str | None:
    """``spark.jars.ivySettings`` of ``conf/local/spark.yml``, where somebody has set it."""
    path = conf_folder / "local" / "spark.yml"
    settings = yaml.safe_load(path.read_text()) if path.is_file() else None
    value = (settings or {}).get("spark.jars.ivySettings")
    return str(value) if value else None


def resolve_command(scratch: Path, conf_folder: Path) -> list[str]:
    """The ``spark-submit`` call that resolves the JARs into ``scratch/ivy/jars``."""
    import pyspark

    settings = own_ivy_settings(conf_folder)
    if settings is None:
        generated = scratch / "ivysettings.xml"
        generated.write_text(ivy_settings(os.environ.get("DEFAULT_ARTIFACT_REPOSITORY")))
        settings = str(generated)
    nothing = scratch / "nothing.py"
    nothing.write_text("")
    return [
        str(Path(pyspark.__file__).parent / "bin" / "spark-submit"),
        *("--packages", ",".join(jar.coordinates for jar in JARS)),
        *("--exclude-packages", EXCLUDED),
        *("--conf", f"spark.jars.ivySettings={settings}"),
        *("--conf", f"spark.jars.ivy={scratch / 'ivy'}"),
        str(nothing),
    ]


def telling_lines(said: str) -> str:
    r"""What the resolver tried and what became of it, each line once, without its banners.

    >>> telling_lines("::::\n\t==== public: tried\n\t  https://mirror/x.pom\n::::")
    '==== public: tried\nhttps://mirror/x.pom'
    """
    lines = (line.strip(" \t:") for line in said.splitlines())
    return "\n".join(list(dict.fromkeys(line for line in lines if line))[-LINES_SHOWN:])


def resolve_jars(folder: Path, conf_folder: Path) -> None:
    """Bring the pinned JARs into ``folder``; does nothing where they are there and right.

    Raises:
        EnvironmentNotReadyError: the resolver failed, or brought a file with another hash.
    """
    if not jar_problems(folder):
        return
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        environment = {**os.environ, "PYSPARK_PYTHON": sys.executable}
        ran = subprocess.run(  # noqa: S603 - Spark's own launcher
            resolve_command(scratch, conf_folder),
            capture_output=True,
            text=True,
            check=False,
            env=environment,
        )
        fetched = scratch / "ivy" / "jars"
        problems = jar_problems(fetched)
        if ran.returncode or problems:
            raise EnvironmentNotReadyError(
                f"The JARs could not be resolved: {'; '.join(problems) or 'see below'}. Behind a "
                "mirror, set DEFAULT_ARTIFACT_REPOSITORY or spark.jars.ivySettings in "
                f"conf/local/spark.yml.\n{telling_lines(ran.stderr + ran.stdout)}"
            )
        for jar in JARS:
            shutil.move(fetched / jar.file_name, folder / jar.file_name)


if __name__ == "__main__":
    try:
        resolve_jars(jar_folder(), Path("conf"))
    except EnvironmentNotReadyError as error:
        error.show()
        sys.exit(1)
