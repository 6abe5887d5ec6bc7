"""What the project needs of a machine, what is missing, and the command that mends it.

Standard library only: it runs before anything is installed.
"""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from personalization.spark.java import java_problem

GIB: Final = 2**30
MINIMUM_MEMORY_GIB: Final = 6
MINIMUM_DISK_GIB: Final = 4
PYTHON_VERSION: Final = (3, 11)
PINNED: Final = ("pyspark", "delta-spark", "kedro", "kedro-datasets", "kedro-viz")


@dataclass(frozen=True)
class Finding:
    """One line of the doctor's report.

    Attributes:
        subject: what was looked at.
        state: what was found.
        mend: what to do; None where all is well.
    """

    subject: str
    state: str
    mend: str | None = None

    def line(self) -> str:
        """The finding as a line of text.

        >>> Finding("disk", "80 GiB free").line()
        'ok       disk     80 GiB free'
        """
        if self.mend is None:
            return f"ok       {self.subject:<8} {self.state}"
        return f"MISSING  {self.subject:<8} {self.state}\n         mend it: {self.mend}"


def look_at_python() -> Finding:
    """Is this the Python that was tested?"""
    version = ".".join(str(part) for part in sys.version_info[:3])
    if sys.version_info[:2] == PYTHON_VERSION:
        return Finding("python", version)
    return Finding("python", version, "name a Python 3.11: make PYTHON=/path/to/python3.11 …")


def look_at_java() -> Finding:
    """Is there a Java that Spark can use?"""
    problem = java_problem()
    if problem is None:
        return Finding("java", "17 or newer")
    state, _, mend = problem.partition(": ")
    return Finding("java", state, mend)


def memory_bytes() -> int:
    """Memory of this machine, in bytes."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def look_at_memory() -> Finding:
    """Is there enough memory for Spark and Python side by side?"""
    have = memory_bytes() / GIB
    state = f"{have:.1f} GiB"
    if have >= MINIMUM_MEMORY_GIB:
        return Finding("memory", state)
    lower = "set spark.driver.memory: 2g in conf/local/spark.yml, and close other programs"
    return Finding("memory", f"{state}, {MINIMUM_MEMORY_GIB} GiB are wanted", lower)


def look_at_disk(folder: Path) -> Finding:
    """Is there enough disk for the environment and the tables?"""
    free = shutil.disk_usage(folder).free / GIB
    state = f"{free:.0f} GiB free"
    if free >= MINIMUM_DISK_GIB:
        return Finding("disk", state)
    return Finding("disk", f"{state}, {MINIMUM_DISK_GIB} GiB are wanted", "free some space")


def locked_versions(lock: str) -> dict[str, str]:
    """Package to version in the text of a compiled requirements file.

    >>> locked_versions("kedro==1.7.0 --hash=sha256:ab")
    {'kedro': '1.7.0'}
    """
    pins = (line.split()[0].split("==") for line in lock.splitlines() if "==" in line.split("#")[0])
    return {pin[0]: pin[1].rstrip("\\;") for pin in pins}


def look_at_versions(lock: Path) -> Finding:
    """Are the packages that must fit together installed as locked?"""
    locked = locked_versions(lock.read_text())
    differing = []
    for name in PINNED:
        try:
            have = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            have = "nothing"
        if have != locked[name]:
            differing.append(f"{name} {locked[name]} is locked, {have} installed")
    if differing:
        return Finding("versions", "; ".join(differing), "rm -rf .venv && make setup")
    return Finding("versions", ", ".join(f"{name} {locked[name]}" for name in PINNED))


def look_at_jars() -> Finding:
    """Are Delta's JARs there, with the pinned hashes?"""
    try:
        from personalization.spark.jars import jar_folder, jar_problems
    except ModuleNotFoundError:
        return Finding("jars", "no environment yet", "make setup")
    problems = jar_problems(jar_folder())
    if problems:
        mend = f"rm -rf {jar_folder()} && make setup"
        return Finding("jars", "; ".join(problems), mend)
    return Finding("jars", f"Delta Lake in {jar_folder()}")


def examine(what: str, root: Path) -> list[Finding]:
    """Findings about this machine.

    Args:
        what: ``prerequisites`` (Python and Java, before set-up) or ``all``.
        root: the project's folder.
    """
    first = [look_at_python(), look_at_java()]
    if what == "prerequisites":
        return first
    rest = [look_at_memory(), look_at_disk(root), look_at_versions(root / "requirements.txt")]
    return [*first, *rest, look_at_jars()]


def main(arguments: list[str]) -> int:
    """Print what was found; 0 where nothing is missing, else 1.

    Before set-up only what is missing is printed, so that a machine that has all stays quiet.
    """
    what = arguments[0] if arguments else "all"
    findings = examine(what, Path.cwd())
    missing = [finding for finding in findings if finding.mend is not None]
    for finding in missing if what == "prerequisites" else findings:
        sys.stdout.write(f"{finding.line()}\n")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
