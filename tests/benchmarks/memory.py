"""What the driver holds: Spark's JVM after a garbage collection, and Python."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

MEGABYTE = 2**20


class Memory(NamedTuple):
    """Megabytes of the JVM's heap that are in use, and of this process."""

    heap: float
    python: float


def measure_memory() -> Memory:
    from personalization.spark import build

    jvm = build.active_session()._jvm
    jvm.java.lang.System.gc()
    runtime = jvm.java.lang.Runtime.getRuntime()
    status = Path("/proc/self/status").read_text().splitlines()
    (kilobytes,) = (int(line.split()[1]) for line in status if line.startswith("VmRSS:"))
    return Memory((runtime.totalMemory() - runtime.freeMemory()) / MEGABYTE, kilobytes / 1024)
