"""A fault, its injections, and the verdict of one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tests.faults.bench import Bench


class NotPossibleError(Exception):
    """This machine cannot bring the fault about; the message says what is missing."""


class Verdict(NamedTuple):
    """What came of one injection.

    Attributes:
        lost: rows of the published tables that should be there and are not.
        duplicated: rows that are there and should not be, or more than once.
        passed: whether nothing was lost or duplicated and the product did what it promises.
        message: what the product said, or what is wrong.
    """

    lost: int
    duplicated: int
    passed: bool
    message: str


class Injection(NamedTuple):
    """One act: one kill, one broken file, one damage.

    Attributes:
        name: unique within the fault.
        act: does it in an empty folder and judges what came of it.
    """

    name: str
    act: Callable[[Bench, Path], Verdict]


class Fault(NamedTuple):
    """One kind of fault.

    Attributes:
        code: F1, F2, ….
        name: in words.
        injections: of the fault, in a fixed order.
        at_once: how many may go on at the same time; 1 where they set or hear what all injections
            of this process share (settings, logging), or need the machine for themselves.
    """

    code: str
    name: str
    injections: tuple[Injection, ...]
    at_once: int = 2  # planning, most of the work, takes one core
