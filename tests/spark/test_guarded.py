"""What is started ends with whoever started it, and takes along what it has started itself."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest

from personalization.spark import guarded

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PATIENCE_SECONDS = 10
BEARS_A_CHILD = ["/bin/sh", "-c", "sleep 600 & sleep 600"]
REFUSES_TO_END = ["/bin/sh", "-c", "trap '' TERM; echo ready; while :; do sleep 1; done"]


class Starter:
    """Starts commands, and remembers them."""

    def __init__(self, folder: Path) -> None:
        self.log = folder / "log"
        self.started: list[guarded.Guarded] = []

    def start(self, command: list[str]) -> guarded.Guarded:
        with self.log.open("wb") as log:
            one = guarded.start_guarded(command, log, self.log.parent, os.environ)
        self.started.append(one)
        return one


@pytest.fixture
def starter(tmp_path: Path) -> Iterator[Starter]:
    starter = Starter(tmp_path)
    yield starter
    guarded.end_all(starter.started)


def wait_for(is_so: object, *given: object) -> bool:
    assert callable(is_so)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so(*given) and time.monotonic() < deadline:
        time.sleep(0.02)
    return bool(is_so(*given))


def is_gone(one: guarded.Guarded) -> bool:
    return not guarded.is_there(one)


def test_the_whole_group_ends_where_whoever_started_it_is_gone(starter: Starter) -> None:
    one = starter.start(BEARS_A_CHILD)
    assert one.stdin is not None
    time.sleep(0.2)
    assert guarded.is_there(one)
    one.stdin.close()  # as the system does for a process that was killed
    assert wait_for(is_gone, one)


def test_the_code_of_a_command_that_ends_is_its_own(starter: Starter) -> None:
    one = starter.start(["/bin/sh", "-c", "echo told; exit 7"])
    assert one.wait(PATIENCE_SECONDS) == 7
    assert starter.log.read_bytes() == b"told\n"


def test_all_groups_are_ended(starter: Starter) -> None:
    for _ in range(2):
        starter.start(BEARS_A_CHILD)
    guarded.end_all(starter.started)
    assert all(wait_for(is_gone, one) for one in starter.started)


def test_what_does_not_end_is_killed(starter: Starter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarded, "END_SECONDS", 0.3)
    one = starter.start(REFUSES_TO_END)
    assert wait_for(starter.log.read_bytes)
    guarded.end_all([one])
    assert wait_for(is_gone, one)
