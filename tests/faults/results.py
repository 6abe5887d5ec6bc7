"""Results of injections, one JSON line each, so that a runner that ended goes on where it was."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from tests.faults.injection import Fault

CODE = ("src", "conf/base", "conf/test", "tests/faults", "tests/ingestion.py", "requirements.txt")
SUFFIXES = (".py", ".yml", ".txt")


class Result(NamedTuple):
    """What came of one injection; ``passed`` is None where this machine cannot bring it about."""

    code: str
    injection: str
    lost: int
    duplicated: int
    passed: bool | None
    message: str
    seconds: float


def files_of(project: Path) -> Iterable[Path]:
    for name in CODE:
        path = project / name
        found = sorted(path.rglob("*")) if path.is_dir() else [path]
        yield from (one for one in found if one.suffix in SUFFIXES and one.is_file())


def hash_code(project: Path, faults: Sequence[Fault]) -> str:
    """Hash of the code that is tried and of the registry; other code, other results."""
    digest = hashlib.sha256()
    for path in files_of(project):
        digest.update(f"{path.relative_to(project)}\0".encode())
        digest.update(path.read_bytes())
    names = [f"{fault.code}/{one.name}" for fault in faults for one in fault.injections]
    digest.update("\n".join(names).encode())
    return digest.hexdigest()[:16]


class Results:
    """The results of one state of the code, kept in a file.

    Args:
        path: of the file; lines of other states of the code are left alone.
        of_code: hash of the code, as of ``hash_code``.
    """

    def __init__(self, path: Path, of_code: str) -> None:
        self._path = path
        self._of_code = of_code

    def start_over(self) -> None:
        """Forget what this state of the code came to."""
        kept = [line for line in self._lines() if json.loads(line)["of_code"] != self._of_code]
        if self._path.exists():
            self._path.write_text("".join(kept))

    def add(self, result: Result) -> None:
        """Write one line, at once, also after one that was left half."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        before = self._path.read_text() if self._path.exists() else ""
        half = "" if before.endswith("\n") or not before else "\n"
        with self._path.open("a") as stream:
            stream.write(half + json.dumps({"of_code": self._of_code, **result._asdict()}) + "\n")

    def read(self) -> dict[tuple[str, str], Result]:
        """By fault and injection."""
        found = {}
        for line in self._lines():
            told = json.loads(line)
            if told.pop("of_code") == self._of_code:
                result = Result(**told)
                found[result.code, result.injection] = result
        return found

    def _lines(self) -> list[str]:
        """Whole lines; one that a killed runner has left half is none."""
        if not self._path.exists():
            return []
        return [line for line in self._path.read_text().splitlines(True) if line.endswith("}\n")]
