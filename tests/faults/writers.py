"""F10: two processes write at once."""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from kedro.io import DatasetError

from personalization.contracts.errors import LockedError
from personalization.datasets.locks import local_path, lock_path
from personalization.messages import causes
from tests.faults.bench import copy_shop, deliver_second
from tests.faults.clean import copy_raw_files
from tests.faults.contents import judge_same, read_content
from tests.faults.damaged_tables import DAMAGED
from tests.faults.injection import Fault, Injection, Verdict
from tests.faults.killed import make_raw, project_of, run_on
from tests.faults.runs import Run
from tests.faults.sameness import count_differences, differences, read_account
from tests.faults.two_writers import ROWS_PER_BATCH, SAVES, count_lost, save_at_once
from tests.ingestion import Shop

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kedro.io import DataCatalog

    from tests.faults.bench import Bench

HOLD = """
import sys, time, filelock
lock = filelock.FileLock(sys.argv[1])
lock.acquire()
print("held", flush=True)
time.sleep(float(sys.argv[2]))
"""
PATIENCE_SECONDS = 1
LONG_SECONDS, SHORT_SECONDS = 600, 3
HELD = tuple(name for name in DAMAGED if name != "int_repeated_rows")


class HastyShop(Shop):
    """A shop whose tables wait a moment only for another process."""

    patience_seconds: float = PATIENCE_SECONDS

    def catalog(self) -> DataCatalog:
        catalog = super().catalog()
        for name in (*HELD, "int_unsettled_files", "int_repeated_rows"):
            catalog.get(name)._lock_timeout_seconds = self.patience_seconds
        return catalog


@contextmanager
def held_by_another(location: str, seconds: float) -> Iterator[None]:
    """Another process holds the lock of a table."""
    place = local_path(location)
    assert place is not None
    command = [sys.executable, "-c", HOLD, str(lock_path(place)), str(seconds)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        other.stdout.readline()
        try:
            yield
        finally:
            other.kill()


def meet_a_lock(table: str, waits: bool, bench: Bench, folder: Path) -> Verdict:
    """The run fails by the lock's name, or waits; afterwards the tables are the same."""
    shop = copy_shop(bench.first, folder)
    shop.__class__ = HastyShop
    assert isinstance(shop, HastyShop)
    shop.patience_seconds = LONG_SECONDS if waits else PATIENCE_SECONDS
    deliver_second(shop)
    location = shop.catalog().get(table).location
    told = ""
    began = time.monotonic()
    with held_by_another(location, SHORT_SECONDS if waits else LONG_SECONDS):
        try:
            shop.ingest()
        except DatasetError as error:  # what Kedro makes of it; the terminal shows the cause
            told = next((str(o) for o in causes(error) if isinstance(o, LockedError)), "")
    waited = time.monotonic() - began
    shop.ingest()
    named = told.startswith("Another process") and table in told
    return judge_same(
        bench.both.content,
        read_content(shop),
        f"the loser did not wait: {told}" if waits and told else "",
        "it did not meet the lock" if waits and waited < SHORT_SECONDS else "",
        f"the loser is not told by name: {told or 'it succeeded'}"
        if not waits and not named
        else "",
        message=told or f"waited, {waited:.1f} s in all",
    )


def save_both(bench: Bench, folder: Path) -> Verdict:
    """Two processes save fifty batches each into one table."""
    _ = bench.session
    reported = save_at_once(bench.project, folder / "table")
    lost, rows = count_lost(bench.session, folder / "table", reported)
    more = max(0, rows - ROWS_PER_BATCH * len(reported))
    wrong = "" if len(reported) == 2 * SAVES else f"{len(reported)} batches were saved"
    if lost or more:
        wrong += f"{lost} batches lost, {more} rows too many"
    return Verdict(lost * ROWS_PER_BATCH, more, not wrong, wrong or f"{len(reported)} batches")


def run_both(bench: Bench, folder: Path) -> Verdict:
    """Two whole runs at once on one data root: the second one waits, and finds nothing to do."""
    clean = run_on(bench, "later")
    root = copy_raw_files(make_raw(bench).root, folder / "root")
    with Run(bench.project, root) as first, Run(bench.project, root) as second:
        codes = [first.wait(), second.wait()]
    found = project_of(bench).read_tables(root)
    lost, more = count_differences(clean.tables, found)
    told = [
        "" if codes == [0, 0] else f"exit codes {codes}: {first.told()} {second.told()}",
        *differences(clean.tables, found),
        "" if read_account(root) == clean.account else "the account is another one",
    ]
    message = "; ".join(filter(None, told))
    return Verdict(lost, more, not message, message or "both succeeded")


WAITED_FOR = ("int_orders", "prm_user_item_interactions", "prm_users", "report_ingested_files")
FAULT = Fault(
    "F10",
    "two writers",
    (
        *(Injection(f"{one}/locked", partial(meet_a_lock, one, False)) for one in HELD),
        *(
            Injection(f"{one}/locked_for_a_while", partial(meet_a_lock, one, True))
            for one in WAITED_FOR
        ),
        Injection("two_processes_of_fifty_saves", save_both),
        Injection("two_whole_runs", run_both),
    ),
)
