"""What the driver holds, and the processor's time of all processes that it has started."""

from __future__ import annotations

import gc
import os
import time
from pathlib import Path
from typing import NamedTuple

MEGABYTE = 2**20
GARBAGE_COLLECTIONS = 3


class Memory(NamedTuple):
    """Megabytes of the JVM's heap that are in use, and of this process."""

    heap: float
    python: float


def measure_memory() -> Memory:
    from personalization.spark import build

    jvm = build.active_session()._jvm
    gc.collect()  # frames of Spark that nobody reaches any more keep what the JVM has for them
    for _ in range(GARBAGE_COLLECTIONS):  # what the first one frees lets go of more
        jvm.java.lang.System.gc()
        time.sleep(1)
    runtime = jvm.java.lang.Runtime.getRuntime()
    status = Path("/proc/self/status").read_text().splitlines()
    (kilobytes,) = (int(line.split()[1]) for line in status if line.startswith("VmRSS:"))
    return Memory((runtime.totalMemory() - runtime.freeMemory()) / MEGABYTE, kilobytes / 1024)


class Process(NamedTuple):
    """One process: its parent, ticks of the processor with those of ended children, pages held."""

    parent: int
    ticks: int
    pages: int


def own_processes() -> list[Process]:
    """This process and all below it: other work on the machine does not count."""
    found: dict[int, Process] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            _, _, fields = path.read_text().rpartition(")")
        except OSError:  # it has ended
            continue
        parts = fields.split()
        ticks = sum(map(int, parts[11:15]))
        found[int(path.parent.name)] = Process(int(parts[1]), ticks, int(parts[21]))
    ours = {os.getpid()}
    while more := {own for own, one in found.items() if one.parent in ours} - ours:
        ours |= more
    return [found[own] for own in ours if own in found]


def processor_seconds() -> float:
    """Of this process and all below it."""
    return sum(one.ticks for one in own_processes()) / os.sysconf("SC_CLK_TCK")


def resident_megabytes() -> float:
    """What this process and all below it hold in memory; shared pages count for each."""
    return sum(one.pages for one in own_processes()) * os.sysconf("SC_PAGE_SIZE") / MEGABYTE
