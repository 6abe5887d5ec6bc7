"""F2: a finished run is repeated, and nothing is merged."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING, Any

from personalization.pipelines.data_processing.options import Rebuilt
from tests.faults.bench import copy_shop
from tests.faults.contents import LABELS, count_commits, judge_same, read_content
from tests.faults.injection import Fault, Injection, Verdict
from tests.faults.shops import FIRST, TABLES, make_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.faults.bench import Bench
    from tests.ingestion import Shop

EVERY_DAY = Rebuilt("2011-01-01", "2011-12-31")


def leave_alone(shop: Shop) -> None:
    """The files stay as they are."""


def touch_files(shop: Shop) -> None:
    for path in shop.inbox.rglob("*.csv"):
        os.utime(path, (0, 0))


def write_again(shop: Shop) -> None:
    for table in TABLES:
        shop.deliver(table, a__csv=make_file(table, FIRST))


def take_files_away(shop: Shop) -> None:
    for path in shop.inbox.rglob("*.csv"):
        path.unlink()


def bring_empty_files(shop: Shop) -> None:
    for table in TABLES:
        shop.deliver(table, nothing__csv="", header__csv=make_file(table, ()))


CHANGES: dict[str, tuple[Callable[[Shop], None], dict[str, Any]]] = {
    "at_once": (leave_alone, {}),
    "under_the_same_batch_id": (leave_alone, {"batch_id": "b1"}),
    "files_touched": (touch_files, {}),
    "files_written_again": (write_again, {}),
    "files_taken_away": (take_files_away, {}),
    "only_empty_files_came": (bring_empty_files, {}),
    "every_day_rebuilt": (leave_alone, {"rebuilt": EVERY_DAY}),
    "every_day_rebuilt_from_files_written_again": (write_again, {"rebuilt": EVERY_DAY}),
}


def repeat(name: str, times: int, bench: Bench, folder: Path) -> Verdict:
    """Run again after a change that changes no row; no table may have another version."""
    base = bench.first
    shop = copy_shop(base, folder)
    change, options = CHANGES[name]
    commits = count_commits(shop, LABELS)
    change(shop)
    merged = sum(shop.ingest(**options)["totals"]["merged"] for _ in range(times))
    written = commits != count_commits(shop, LABELS)
    return judge_same(
        base.content,
        read_content(shop),
        f"{merged} rows were merged again" if merged else "",
        "a table was written again" if written else "",
        message="0 rows merged, no table written",
    )


def once_more(name: str, times: int = 1) -> Injection:
    suffix = "" if times == 1 else f"_{times}_times"
    return Injection(f"{name}{suffix}", partial(repeat, name, times))


FAULT = Fault(
    "F2",
    "finished run repeated",
    (
        *(once_more(name) for name in CHANGES),
        once_more("at_once", 3),
        once_more("files_touched", 2),
    ),
)
