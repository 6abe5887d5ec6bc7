"""Is there a Java that Spark can use? Standard library only, so that it runs before set-up."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Final

MINIMUM_VERSION: Final = 17
HOW_TO_INSTALL: Final = (
    "install a full JRE of version 17 or newer, for example 'apt-get install "
    "openjdk-17-jre-headless' (Debian, Ubuntu), 'dnf install java-17-openjdk-headless' (Fedora) or "
    "'brew install openjdk@17' (macOS), or point JAVA_HOME at one"
)


def java_command() -> str | None:
    """The ``java`` that Spark will start: of ``JAVA_HOME``, else of ``PATH``, else None."""
    home = os.environ.get("JAVA_HOME")
    if home:
        candidate = Path(home) / "bin" / "java"
        return str(candidate) if candidate.is_file() else None
    return shutil.which("java")


def major_version(version_text: str) -> int | None:
    """Major version in what ``java -version`` prints; None where it cannot be read.

    >>> major_version('openjdk version "17.0.15" 2025-04-15')
    17
    >>> major_version('java version "1.8.0_401"')
    8
    >>> major_version("command not found") is None
    True
    """
    found = re.search(r'version "(?:1\.)?(\d+)', version_text)
    return int(found.group(1)) if found else None


def java_problem() -> str | None:
    """What keeps Spark from starting, in one sentence that says how to mend it; None if nothing."""
    command = java_command()
    if command is None:
        where = "JAVA_HOME points at no java" if os.environ.get("JAVA_HOME") else "Java is missing"
        return f"{where}: {HOW_TO_INSTALL}."
    printed = subprocess.run(  # noqa: S603 - the command is the machine's own java
        [command, "-version"], capture_output=True, text=True, check=False
    )
    version = major_version(printed.stderr + printed.stdout)
    if version is None:
        return f"'{command} -version' does not name a version: {HOW_TO_INSTALL}."
    if version < MINIMUM_VERSION:
        return f"Java {version} is too old for Spark 4.2: {HOW_TO_INSTALL}."
    return None
