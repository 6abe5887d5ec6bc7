"""Run the project on a cluster and on this machine, and say of each table whether it is the same.

The executors know of the driver's machine what those of a real cluster would: nothing but the
``data_root``. They run elsewhere, in another time zone, with a Python that has the libraries but
not this package.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys
import sysconfig
import tempfile
import time
from pathlib import Path
from typing import NoReturn

from personalization.contracts.errors import EnvironmentNotReadyError
from personalization.spark.standalone import ClusterSize, StandaloneCluster
from tests.cluster.sides import TINY, RunFailedError, Side

TIME_ZONE = "Asia/Kathmandu"
WORKERS = 2
MEMORY = "2g"  # of the drivers
FIRST_PARTITIONS = "spark.sql.adaptive.coalescePartitions.initialPartitionNum"
SAME, DIFFERS, FAILED = 0, 1, 2


def bare_python(folder: Path) -> Path:
    """A Python without what ``.pth`` files add: the package has to come with the application."""
    script = folder / "python"
    script.write_text(f'#!/bin/sh\nexec {sys.executable} -S "$@"\n')
    script.chmod(0o700)
    return script


def foreign_environment() -> dict[str, str]:
    """What the daemons and executors know: no folder of the project, another time zone."""
    kept = {name: os.environ[name] for name in ("PATH", "JAVA_HOME") if name in os.environ}
    libraries = sysconfig.get_paths()["purelib"]
    return {**kept, "PYTHONPATH": libraries, "TZ": TIME_ZONE, "LC_ALL": "C"}


def run_on_cluster(folder: Path, size: str) -> Side:
    """Start a cluster, run all pipelines on it, end it."""
    cluster = StandaloneCluster(folder / "daemons", ClusterSize(WORKERS), foreign_environment())
    with cluster:
        spark = {
            **cluster.settings(),
            "spark.pyspark.python": str(bare_python(folder)),
            "spark.driver.memory": MEMORY,
            "spark.sql.shuffle.partitions": 2 * WORKERS,
            FIRST_PARTITIONS: 2 * WORKERS,
        }
        side = Side("cluster", folder, "cluster", spark)
        side.write_conf(size)
        side.run()
    return side


def run_here(folder: Path, size: str) -> Side:
    """Run all pipelines on this machine, as anybody would."""
    side = Side("local", folder, "", {"spark.driver.memory": MEMORY})
    side.write_conf(size)
    side.run()
    return side


def compare(roots: tuple[Path, Path]) -> bool:
    """Print a line for each table and model; whether all are the same."""
    from tests.cluster.compare import compare_files, compare_tables
    from tests.cluster.models import compare_models
    from tests.cluster.session import local_session

    found = [compare_files(roots, "01_raw")]
    with local_session() as session:
        found += compare_tables(session, roots)
    lines = [*found, *compare_models(roots)]
    for line in lines:
        sys.stdout.write(f"{line}\n")
    return all(line.is_same for line in lines)


def run_both(folder: Path, size: str) -> int:
    """Run both sides and compare them; the exit code."""
    seconds = []
    for run in (run_on_cluster, run_here):
        began = time.monotonic()
        side = run(folder, size)
        seconds.append(f"{side.name} {time.monotonic() - began:.0f} s")
        sys.stdout.write(f"Done     {seconds[-1]}\n")
        sys.stdout.flush()
    is_same = compare((folder / "cluster", folder / "local"))
    sys.stdout.write(f"{'Same' if is_same else 'DIFFERS'}: a shop of size {size}\n")
    return SAME if is_same else DIFFERS


def end(number: int, _: object) -> NoReturn:
    """Let a signal unwind the stack, so that everything that was started is ended."""
    raise SystemExit(128 + number)


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.cluster", description=__doc__)
    parser.add_argument("--size", default=TINY, help="of the shop: data_generation.shop.sizes")
    parser.add_argument("--folder", type=Path, help="empty, and kept; else a temporary one")
    return parser.parse_args()


def main() -> int:
    """0 where everything is the same, 1 where something differs, 2 where a run failed."""
    asked = read_arguments()
    signal.signal(signal.SIGTERM, end)
    folder = (asked.folder or Path(tempfile.mkdtemp(prefix="personalization-cluster-"))).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    if asked.folder and any(folder.iterdir()):
        sys.exit(f"{folder} is not empty: name another one, its tables would be merged into.")
    code = FAILED
    try:
        code = run_both(folder, asked.size)
    except (EnvironmentNotReadyError, RunFailedError) as error:
        sys.stderr.write(f"{error}\n")
    except KeyboardInterrupt:
        sys.stderr.write("Interrupted.\n")
    finally:
        if code == SAME and not asked.folder:
            shutil.rmtree(folder, ignore_errors=True)
        else:
            sys.stderr.write(f"Tables and logs are in {folder}.\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
