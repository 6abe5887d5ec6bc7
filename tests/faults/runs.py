"""``kedro run`` as a process of its own, which can be killed with everything that it started."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Mapping

PATIENCE_SECONDS = 300
GONE_SECONDS = 10
# A JVM that runs for a minute compiles for nothing with its second compiler: twice the time
SHORT_LIVED = {"JAVA_TOOL_OPTIONS": "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=256m"}


class Run:
    """A started ``kedro run --env=test --pipeline=…`` on a ``data_root``; "" runs all pipelines.

    It leads a process group of its own, which holds Spark's JVM too. What it scatters (Spark's
    blocks, temporary files) goes beside the ``data_root``: whoever is killed tidies nothing up.
    """

    def __init__(
        self,
        project_path: Path,
        data_root: Path,
        pipeline: str = "data_processing",
        *,
        conf_source: Path | None = None,
        environment: Mapping[str, str] = os.environ,
    ) -> None:
        scratch = Path(tempfile.mkdtemp(prefix="run-", dir=data_root.parent))
        self.scratch = scratch
        self._log = scratch / "log.txt"
        command = ["kedro", "run", "--env=test", f"--params=data_root={data_root}"]
        command += [f"--pipeline={pipeline}"] if pipeline else []
        command += [f"--conf-source={conf_source}"] if conf_source else []
        places = {"SPARK_LOCAL_DIRS": str(scratch), "TMPDIR": str(scratch)}
        with self._log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *command],
                cwd=project_path,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env={**environment, **SHORT_LIVED, **places},
            )

    @property
    def going(self) -> bool:
        return self.process.poll() is None

    @property
    def spark_has_started(self) -> bool:
        """Whether Spark keeps blocks already, the first thing it does once its JVM is there."""
        return any(self.scratch.glob("blockmgr-*"))

    def wait(self) -> int:
        """The exit code, once the run has ended by itself."""
        return self.process.wait(timeout=PATIENCE_SECONDS)

    def kill(self) -> bool:
        """SIGKILL the whole group; True where the run was still going."""
        if self.going:
            os.killpg(self.process.pid, signal.SIGKILL)
        landed = self.process.wait() == -signal.SIGKILL
        self._wait_for_the_group()
        return landed

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Leave no process behind, whatever a test came to."""
        if self.going:
            self.kill()

    def told(self, lines: int = 15) -> str:
        """The last lines of what the run printed."""
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-lines:])

    def _wait_for_the_group(self) -> None:
        deadline = time.monotonic() + GONE_SECONDS
        with suppress(ProcessLookupError):
            while time.monotonic() < deadline:
                os.killpg(self.process.pid, 0)
                time.sleep(0.01)
