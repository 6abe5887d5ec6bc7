"""What a cluster's own ``spark-defaults.conf`` says, where an environment leaves that to it.

The settings of this project are handed over in a folder of their own, to which ``SPARK_CONF_DIR``
points; Spark then reads no other file. So what the platform has written for its users is read
here, and what the project says wins over it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

DEFAULTS_FILE: Final = "spark-defaults.conf"
SPARK_FOLDER: Final = "SPARK_CONF_DIR"
PLATFORM_FOLDER: Final = "PERSONALIZATION_PLATFORM_CONF_DIR"  # where Spark's pointed to before
MASTER: Final = "spark.master"


def platform_folder() -> Path | None:
    """Where the platform keeps Spark's settings; None where there is no platform."""
    told = os.environ.get(PLATFORM_FOLDER, os.environ.get(SPARK_FOLDER))
    home = os.environ.get("SPARK_HOME")
    if told:
        return Path(told)
    return Path(home) / "conf" if home else None


def read_defaults(text: str) -> dict[str, str]:
    r"""Settings of a ``spark-defaults.conf``.

    >>> read_defaults("# ours\nspark.master  yarn\n\nspark.yarn.queue=shop\n")
    {'spark.master': 'yarn', 'spark.yarn.queue': 'shop'}
    """
    lines = (line.strip() for line in text.splitlines())
    pairs = (re.split(r"\s*[=:\s]\s*", line, maxsplit=1) for line in lines if line[:1] not in "#!")
    return {pair[0]: pair[1] for pair in pairs if len(pair) > 1}


def with_platform_defaults(properties: Mapping[str, str]) -> dict[str, str]:
    """The properties over the platform's, where they leave the choice of a master to it."""
    folder = None if MASTER in properties else platform_folder()
    path = folder / DEFAULTS_FILE if folder else None
    found = read_defaults(path.read_text()) if path is not None and path.is_file() else {}
    return {**found, **properties}


def point_to(folder: Path) -> None:
    """Make Spark read ``folder``; where it pointed to before is remembered."""
    os.environ.setdefault(PLATFORM_FOLDER, os.environ.get(SPARK_FOLDER, ""))
    os.environ[SPARK_FOLDER] = str(folder)
