"""F9: the disk is full at some moment of a run."""

from __future__ import annotations

import subprocess
from collections import Counter
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from personalization.messages import words_for_users
from tests.faults.bench import copy_shop, deliver_first, deliver_second
from tests.faults.contents import LABELS, Content, judge_same, read_content
from tests.faults.injection import Fault, Injection, NotPossibleError, Verdict
from tests.faults.shops import open_shop

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.faults.bench import Bench
    from tests.ingestion import Shop

DISK_MEGABYTES = 24
BLOCK = 4096
# A first run writes about 500 kB, a second one about as much.
LEFT_KILOBYTES = (0, 16, 48, 90, 140, 200)


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A disk of its own, in memory.

    Raises:
        NotPossibleError: only an administrator may mount one.
    """
    disk = folder / "disk"
    disk.mkdir()
    size = f"size={DISK_MEGABYTES}m"
    command = ["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(disk)]
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        why = getattr(error, "stderr", "") or str(error)
        raise NotPossibleError(f"mounting a small disk needs an administrator: {why}") from error
    try:
        yield disk
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)


def fill(disk: Path, kilobytes: int) -> Path:
    """Leave so much room on a disk; the file that takes the rest."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as stream:
        try:
            while stream.write(b"\0" * BLOCK):
                pass
        except OSError:
            pass
        stream.truncate(max(0, stream.tell() - kilobytes * 1024))
    return filler


def run_on_full_disk(shop: Shop) -> str | None:
    """What the person at the terminal is told; None where the run succeeded."""
    try:
        shop.ingest()
    except Exception as error:  # noqa: BLE001 - whatever Spark makes of it
        return words_for_users(error) or f"no words for users: {type(error).__name__}: {error}"
    return None


def of_table(content: Content, table: str) -> Counter[object]:
    return Counter({row: n for row, n in content.rows.items() if row.table == table})


def half_tables(found: Content, versions: list[Content]) -> list[str]:
    """Tables that are none of the versions."""
    return [
        table
        for table in LABELS
        if of_table(found, table) not in [of_table(one, table) for one in versions]
    ]


def fill_and_run(kilobytes: int, is_first: bool, bench: Bench, folder: Path) -> Verdict:
    """The run fails in words, every table is whole, and with room again all is the same."""
    before = Content(Counter(), Counter()) if is_first else bench.first.content
    after = bench.first.content if is_first else bench.both.content
    with small_disk(folder) as disk:
        shop = open_shop(disk / "shop") if is_first else copy_shop(bench.first, disk)
        (deliver_first if is_first else deliver_second)(shop)
        filler = fill(disk, kilobytes)
        told = run_on_full_disk(shop)
        halves = half_tables(read_content(shop), [before, after])
        filler.unlink()
        shop.ingest()
        return judge_same(
            after,
            read_content(shop),
            f"not told: {told}" if told is not None and "the disk is full" not in told else "",
            "there was room enough: nothing was injected" if told is None else "",
            f"neither old nor new: {halves}" if halves else "",
            message=str(told),
        )


FAULT = Fault(
    "F9",
    "disk full",
    tuple(
        Injection(f"{name}/{kilobytes}_kB_left", partial(fill_and_run, kilobytes, is_first))
        for name, is_first in (("second_run", False), ("first_run", True))
        for kilobytes in LEFT_KILOBYTES
    ),
)
