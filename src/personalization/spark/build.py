"""Session settings from ``conf/<env>/spark.yml``, handed to Spark before its JVM starts.

No session is built here. The settings become a ``spark-defaults.conf`` in a folder named by
``SPARK_CONF_DIR``; the first dataset that needs Spark starts it, with those settings, and a
command that needs none (``kedro catalog``, ``kedro info``, ``kedro viz``) starts no JVM.
"""

from __future__ import annotations

import atexit
import logging
import os
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from personalization.contracts.errors import ConfigurationError, EnvironmentNotReadyError
from personalization.spark.jars import require_jars
from personalization.spark.java import java_problem
from personalization.spark.platform_defaults import (
    DEFAULTS_FILE,
    MASTER,
    point_to,
    with_platform_defaults,
)
from personalization.spark.shipping import (
    JAR_FILES,
    PYTHON_FILES,
    with_own_jars,
    with_own_package,
)

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

logger = logging.getLogger(__name__)

LOG4J = """\
rootLogger.level = error
rootLogger.appenderRef.stderr.ref = console
appender.console.type = Console
appender.console.name = console
appender.console.target = SYSTEM_ERR
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{HH:mm:ss} %p %c{1}: %m%n%ex{short}
# At the root's level Spark has nothing to announce.
logger.gateway.name = org.apache.spark.api.python.PythonGatewayServer
logger.gateway.level = error
"""
PYTHON = "spark.pyspark.python"  # of the executors; Spark itself reads it in spark-submit only


def spark_properties(settings: Mapping[str, Any]) -> dict[str, str]:
    """Settings as Spark takes them; a key set to null in an upper layer is left out.

    >>> spark_properties({"spark.master": None, "spark.ui.enabled": False})
    {'spark.ui.enabled': 'false'}

    Raises:
        ConfigurationError: a key does not start with ``spark.`` or holds a nested value.
    """
    properties = {}
    for key, value in settings.items():
        if not key.startswith("spark.") or isinstance(value, dict | list):
            raise ConfigurationError(
                f"spark.yml: '{key}' must be a flat key that starts with 'spark.'."
            )
        if value is not None:
            properties[key] = str(value).lower() if isinstance(value, bool) else str(value)
    return properties


def write_defaults(properties: Mapping[str, str], folder: Path) -> None:
    """Write ``spark-defaults.conf`` and ``log4j2.properties`` into ``folder``."""
    lines = [f"{key} {value}" for key, value in sorted(properties.items())]
    (folder / DEFAULTS_FILE).write_text("\n".join(lines) + "\n")
    (folder / "log4j2.properties").write_text(LOG4J)


def handed_over() -> dict[str, str]:
    """What was written last, read back: a reload of this module forgets its variables."""
    path = Path(os.environ.get("SPARK_CONF_DIR", "")) / DEFAULTS_FILE
    lines = path.read_text().splitlines() if path.is_file() else []
    return dict(line.split(" ", 1) for line in lines)


def jvm_is_running() -> bool:
    """Whether this process has started Spark's JVM already; imports nothing to find out."""
    pyspark = sys.modules.get("pyspark")
    return pyspark is not None and pyspark.SparkContext._gateway is not None  # noqa: SLF001


def hand_over(settings: Mapping[str, Any]) -> None:
    """Make ``settings`` those of the session that this process will start.

    Spark reads them once, when its JVM starts. Handed over later they cannot take effect, and a
    warning names the keys that differ.
    """
    properties = with_own_jars(with_platform_defaults(spark_properties(settings)))
    if jvm_is_running():
        warn_of_changes(properties)
        return
    folder = Path(tempfile.mkdtemp(prefix="personalization-spark-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    write_defaults(with_own_package(properties, folder), folder)
    point_to(folder)
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    if PYTHON in properties:
        os.environ["PYSPARK_PYTHON"] = properties[PYTHON]


def warn_of_changes(properties: Mapping[str, str]) -> None:
    """Log which of ``properties`` differ from those that the running JVM was started with."""
    before = handed_over()
    keys = (properties.keys() | before.keys()) - {PYTHON_FILES}  # it lies in a folder of its own
    changed = sorted(key for key in keys if properties.get(key) != before.get(key))
    if changed:
        logger.warning(
            "Spark runs already and keeps its settings; start a new process for: %s",
            ", ".join(changed),
        )


def require_spark() -> None:
    """Check what a session needs, before the first one is started in this process.

    Raises:
        EnvironmentNotReadyError: no Java of version 17 or newer, or a JAR is missing or damaged.
    """
    if jvm_is_running():
        return
    problem = java_problem()
    if problem:
        raise EnvironmentNotReadyError(problem)
    if handed_over().get(JAR_FILES) == with_own_jars({})[JAR_FILES]:
        require_jars()


def require_master(settings: Mapping[str, Any]) -> None:
    """Check that an environment that leaves the master to the cluster has got one.

    Spark would run on this machine alone and say nothing of it.

    Raises:
        ConfigurationError: nobody names a master.
    """
    submitted = "--master" in os.environ.get("PYSPARK_SUBMIT_ARGS", "")
    if settings.get(MASTER, "") is None and MASTER not in handed_over() and not submitted:
        raise ConfigurationError(
            "spark.yml: this environment runs on a cluster and nothing names its master: write "
            "'spark.master: spark://host:7077' into conf/local/spark.yml, or add "
            "--params=spark_master=spark://host:7077."
        )


def active_session() -> SparkSession:
    """The session of this process, started now if it is not running."""
    from pyspark.sql import SparkSession

    return SparkSession.builder.getOrCreate()
