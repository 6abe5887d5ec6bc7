"""Doing injections one after the other, or a few at once, each in a folder of its own."""

from __future__ import annotations

import shutil
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import TYPE_CHECKING

from tests.faults.bench import Bench
from tests.faults.injection import Fault, Injection, NotPossibleError
from tests.faults.results import Result, Results

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

MESSAGE_CHARACTERS = 600


def inject(bench: Bench, code: str, injection: Injection, folder: Path) -> Result:
    """Do one injection; whatever goes wrong on the way is a failure."""
    began = time.monotonic()
    folder.mkdir(parents=True)
    passed: bool | None
    try:
        lost, duplicated, passed, message = injection.act(bench, folder)
    except NotPossibleError as error:
        lost, duplicated, passed, message = 0, 0, None, str(error)
    except Exception as error:  # noqa: BLE001 - a crash is a verdict
        lost, duplicated, passed = 0, 0, False
        message = f"{type(error).__name__}: {error}"
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    told = " ".join(message.split())[:MESSAGE_CHARACTERS]
    seconds = round(time.monotonic() - began, 1)
    return Result(code, injection.name, lost, duplicated, passed, told, seconds)


class Runner:
    """Does what is not done yet and keeps each result at once.

    Args:
        project: the repository.
        scratch: an empty folder.
        results: what is done already.
        at_once: how many injections may go on at the same time.
    """

    def __init__(self, project: Path, scratch: Path, results: Results, at_once: int) -> None:
        self._bench = Bench(project, scratch / "shared")
        self._scratch = scratch
        self._results = results
        self._at_once = at_once
        self._began = time.monotonic()
        self._told = 0
        self._one_at_a_time = Lock()

    def run(self, faults: Sequence[Fault]) -> None:
        """All injections of the faults that are not done yet."""
        done = self._results.read()
        waiting = [
            (fault, [one for one in fault.injections if (fault.code, one.name) not in done])
            for fault in faults
        ]
        self._all = sum(len(injections) for _, injections in waiting)
        for fault, injections in waiting:
            with ThreadPoolExecutor(min(fault.at_once, self._at_once)) as pool:
                list(pool.map(lambda one, fault=fault: self._do(fault, one), injections))

    def _do(self, fault: Fault, injection: Injection) -> None:
        folder = self._scratch / f"{fault.code}-{injection.name.replace('/', '-')}"
        result = inject(self._bench, fault.code, injection, folder)
        with self._one_at_a_time:
            self._results.add(result)
            self._told += 1
            self._tell(result)

    def _tell(self, result: Result) -> None:
        gone = time.strftime("%H:%M:%S", time.gmtime(time.monotonic() - self._began))
        verdict = {True: "passed", False: "FAILED", None: "not possible here"}[result.passed]
        message = "" if result.passed else f": {result.message}"
        sys.stdout.write(
            f"{gone} {self._told}/{self._all} {result.code} {result.injection} "
            f"{result.seconds:.1f} s {verdict}{message}\n"
        )
        sys.stdout.flush()
