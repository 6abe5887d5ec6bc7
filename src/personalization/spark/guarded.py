"""Processes that do not outlive whoever started them, whatever ends it, nor what they start."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Final

END_SECONDS: Final = 10.0
# A pipe from the process that starts it tells the guard when that one is there no more; then it
# ends its whole group.
GUARD: Final = (
    'exec 3<&0; "$@" 3<&- & child=$!; (cat <&3 >/dev/null; kill -TERM 0) & exec 3<&-; wait $child'
)

Guarded = subprocess.Popen[bytes]


def start_guarded(
    command: Sequence[str], log: IO[bytes], folder: Path, environment: Mapping[str, str]
) -> Guarded:
    """Start a command under a guard, both in a process group of their own.

    Args:
        command: program and arguments.
        log: takes what it prints.
        folder: that it works in.
        environment: all that it gets.
    """
    return subprocess.Popen(  # noqa: S603 - whoever asks says what
        ["/bin/sh", "-c", GUARD, "guard", *command],
        cwd=folder,
        env=dict(environment),
        stdin=subprocess.PIPE,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def is_there(started: Guarded) -> bool:
    """Whether any process of the group is left."""
    started.poll()  # a process that has ended counts until somebody has asked for its code
    try:
        os.killpg(started.pid, 0)
    except ProcessLookupError:
        return False
    return True


def end_all(started: Collection[Guarded]) -> None:
    """End all processes of all groups; those that are asked in vain are killed."""
    for one in started:
        with suppress(ProcessLookupError):
            os.killpg(one.pid, signal.SIGTERM)
    deadline = time.monotonic() + END_SECONDS
    for one in started:
        while is_there(one) and time.monotonic() < deadline:
            time.sleep(0.05)
        with suppress(ProcessLookupError):
            os.killpg(one.pid, signal.SIGKILL)
        one.wait()
        if one.stdin is not None:
            one.stdin.close()
