"""Somebody who reads a table all the time, whatever happens to whoever writes it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Self

from pyspark.errors import AnalysisException

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pyspark.sql import SparkSession

ABSENT = 0
PAUSE_SECONDS = 1.0


class Reader:
    """Counts the rows of a table in a thread while the ``with`` block runs.

    Attributes:
        seen: the counts in the order of their coming, each as often as it changed; a table that
            is not there has none.
        polls: how often a table was there and was read.
        failures: whatever else than "no such table" came of reading.
    """

    def __init__(self, session: SparkSession, table: Path) -> None:
        self.seen: list[int] = []
        self.polls = 0
        self.failures: list[str] = []
        self._session = session
        self._table = table
        self._stop = threading.Event()
        self._one_at_a_time = threading.Lock()
        self._thread = threading.Thread(target=self._read_on, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def read_once_more(self) -> None:
        """Read now, whatever the thread is at."""
        with self._one_at_a_time:
            try:
                count = self._count()
            except Exception as error:  # noqa: BLE001 - any failure is a finding
                self.failures.append(f"{type(error).__name__}: {error}")
            else:
                if self.seen[-1:] != [count]:
                    self.seen.append(count)

    def _read_on(self) -> None:
        while not self._stop.is_set():
            self.read_once_more()
            self._stop.wait(PAUSE_SECONDS)

    def _count(self) -> int:
        committed = any((self._table / "_delta_log").glob("*.json"))
        if not self._table.exists():
            return ABSENT
        try:
            rows = self._session.read.format("delta").load(str(self._table)).count()
        except AnalysisException:
            if committed:
                raise
            return ABSENT
        self.polls += 1
        return rows


def saw_only_whole_versions(seen: Sequence[int], versions: Sequence[int]) -> bool:
    """Whether the counts are those of the ``versions``, in their order and none going back.

    >>> saw_only_whole_versions([0, 9], [0, 9]), saw_only_whole_versions([9], [0, 9])
    (True, True)
    >>> saw_only_whole_versions([0, 4, 9], [0, 9]), saw_only_whole_versions([9, 0], [0, 9])
    (False, False)
    """
    left = iter(versions)
    return all(count in left for count in seen)
