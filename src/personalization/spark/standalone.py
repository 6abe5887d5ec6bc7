"""A Spark standalone cluster on one machine: a master and workers, each a process of its own.

Everything listens on loopback, on ports of one bounded block, and asks for a secret that only this
cluster and its application know. What is started leads process groups of its own, is ended with
the block, and ends by itself where this process is killed.

``python -m personalization.spark.standalone`` starts one and prints what goes to
``conf/local/spark.yml``; it runs until it is interrupted.
"""

from __future__ import annotations

import http.client
import json
import os
import secrets
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import yaml

from personalization.contracts.errors import EnvironmentNotReadyError
from personalization.spark.build import write_defaults
from personalization.spark.guarded import Guarded, end_all, start_guarded
from personalization.spark.java import java_problem

LOOPBACK: Final = "127.0.0.1"
FIRST_PORT, LAST_PORT = 17000, 19000
PORTS: Final = 40  # of one cluster: daemons first, then the driver, then who keeps blocks
READY_SECONDS: Final = 60.0
LINES_SHOWN: Final = 15
DAEMON_MEMORY: Final = "256m"


@dataclass(frozen=True)
class ClusterSize:
    """How large a cluster is.

    Attributes:
        workers: processes that run one executor each.
        cores: of each.
        memory_megabytes: of each executor's heap; its Python workers come on top.
    """

    workers: int = 2
    cores: int = 1
    memory_megabytes: int = 1024

    def __post_init__(self) -> None:
        most = PORTS // 2 - 3
        if not 1 <= self.workers <= most or self.cores < 1 or self.memory_megabytes < 1:
            raise EnvironmentNotReadyError(
                f"A cluster on one machine has 1 to {most} workers with a core and some memory."
            )


def is_free(port: int) -> bool:
    """Whether nothing listens on a port of the loopback address."""
    with socket.socket() as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with suppress(OSError):
            one.bind((LOOPBACK, port))
            return True
    return False


def free_block() -> int:
    """The first of ``PORTS`` ports in a row that are all free.

    Raises:
        EnvironmentNotReadyError: there is no such block.
    """
    for first in range(FIRST_PORT, LAST_PORT, PORTS):
        if all(is_free(port) for port in range(first, first + PORTS)):
            return first
    raise EnvironmentNotReadyError(
        f"A cluster needs {PORTS} free ports in a row between {FIRST_PORT} and {LAST_PORT}: end "
        "what listens there."
    )


class StandaloneCluster:
    """Master and workers that run while the block does.

    Args:
        folder: for logs, the executors' folders and blocks; made where it is missing.
        size: how large the cluster is.
        environment: of the daemons and so of the executors; None takes this process's.
    """

    def __init__(
        self,
        folder: Path,
        size: ClusterSize | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.folder = folder.resolve()
        self.size = size or ClusterSize()
        self._environment = dict(os.environ if environment is None else environment)
        self._secret = secrets.token_hex(16)
        self._first_port = 0
        self._daemons: dict[str, Guarded] = {}

    def __enter__(self) -> Self:
        """Start master and workers, and wait until all of them are there.

        Raises:
            EnvironmentNotReadyError: one of them could not start; the message shows its log.
        """
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """Address of the master."""
        return f"spark://{LOOPBACK}:{self._first_port}"

    def settings(self) -> dict[str, object]:
        """What an application needs to run on this cluster, as in ``spark.yml``."""
        first = self._first_port + 2 * (self.size.workers + 1)
        return {
            "spark.master": self.url,
            "spark.driver.bindAddress": LOOPBACK,
            "spark.driver.host": LOOPBACK,
            "spark.driver.port": first,
            "spark.blockManager.port": first + 1,
            "spark.port.maxRetries": self._first_port + PORTS - 1 - (first + 1),
            "spark.executor.cores": self.size.cores,
            "spark.cores.max": self.size.cores * self.size.workers,
            "spark.executor.memory": f"{self.size.memory_megabytes}m",
            "spark.ui.enabled": False,
            **self._secrecy(),
        }

    def stop(self) -> None:
        """End all of its processes."""
        end_all(self._daemons.values())
        self._daemons.clear()

    def told(self) -> str:
        """The last lines of what the daemons have written, each under its name."""
        tails = []
        for log in sorted(self.folder.glob("*.log")):
            lines = log.read_text(errors="replace").splitlines()[-LINES_SHOWN:]
            tails += [f"{log}:", *lines] if lines else []
        return "\n".join(tails)

    def _secrecy(self) -> dict[str, object]:
        return {"spark.authenticate": True, "spark.authenticate.secret": self._secret}

    def _start(self) -> None:
        problem = java_problem()
        if problem:
            raise EnvironmentNotReadyError(problem)
        self.folder.mkdir(parents=True, exist_ok=True)
        conf = self.folder / "conf"
        conf.mkdir(mode=0o700, exist_ok=True)
        write_defaults({key: str(value).lower() for key, value in self._secrecy().items()}, conf)
        first = self._first_port = free_block()
        at = ["--host", LOOPBACK, "--port", str(first), "--webui-port", str(first + 1)]
        self._start_daemon("master", "master.Master", at)
        for number in range(self.size.workers):
            port = first + 2 * (number + 1)
            at = ["--host", LOOPBACK, "--port", str(port), "--webui-port", str(port + 1)]
            memory = ["--memory", f"{self.size.memory_megabytes}m"]
            share = ["--cores", str(self.size.cores), *memory, "--work-dir", str(self.folder)]
            self._start_daemon(f"worker-{number}", "worker.Worker", [*at, *share, self.url])
        self._wait_until_ready()

    def _start_daemon(self, name: str, kind: str, arguments: list[str]) -> None:
        """Start one process under a guard that shares its group."""
        import pyspark

        home = Path(pyspark.__file__).parent
        environment = {
            **self._environment,
            "SPARK_HOME": str(home),
            "SPARK_CONF_DIR": str(self.folder / "conf"),
            "SPARK_LOCAL_IP": LOOPBACK,
            "SPARK_LOCAL_DIRS": str(self.folder / "blocks"),
            "SPARK_DAEMON_MEMORY": DAEMON_MEMORY,
        }
        command = [str(home / "bin" / "spark-class"), f"org.apache.spark.deploy.{kind}"]
        with (self.folder / f"{name}.log").open("wb") as log:
            self._daemons[name] = start_guarded(
                [*command, *arguments], log, self.folder, environment
            )

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while self._alive_workers() < self.size.workers:
            gone = [name for name, one in self._daemons.items() if one.poll() is not None]
            if gone or time.monotonic() > deadline:
                why = f"{', '.join(gone)} ended" if gone else f"not ready in {READY_SECONDS:g} s"
                raise EnvironmentNotReadyError(
                    f"The Spark cluster in {self.folder} did not start: {why}.\n{self.told()}"
                )
            time.sleep(0.1)

    def _alive_workers(self) -> int:
        """How many workers the master knows; 0 while it cannot be asked."""
        asked = http.client.HTTPConnection(LOOPBACK, self._first_port + 1, timeout=5)
        with suppress(OSError, http.client.HTTPException, ValueError):
            asked.request("GET", "/json/")
            return int(json.loads(asked.getresponse().read())["aliveworkers"])
        return 0


def main() -> None:
    """Run a cluster until it is interrupted."""
    with (
        tempfile.TemporaryDirectory(prefix="personalization-cluster-") as folder,
        StandaloneCluster(Path(folder)) as cluster,
    ):
        sys.stdout.write(yaml.safe_dump(cluster.settings(), sort_keys=False))
        sys.stdout.flush()
        with suppress(KeyboardInterrupt):
            signal.pause()


if __name__ == "__main__":
    main()
