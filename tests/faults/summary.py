"""One line per fault: how many injections, what was lost, what was duplicated, the verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.faults.injection import Fault
    from tests.faults.results import Result

HEAD = "fault  name                                  injected  lost  duplicated  seconds  verdict"


class Line(NamedTuple):
    """A fault's results added up."""

    fault: Fault
    results: Sequence[Result]

    @property
    def done(self) -> list[Result]:
        return [one for one in self.results if one.passed is not None]

    @property
    def failed(self) -> list[Result]:
        return [one for one in self.done if not one.passed]

    @property
    def verdict(self) -> str:
        """``FAILED`` also where injections were not made: an empty fault has shown nothing."""
        skipped = len(self.results) - len(self.done)
        if self.failed:
            return f"FAILED ({len(self.failed)})"
        if len(self.results) < len(self.fault.injections) or not self.fault.injections:
            return "FAILED (not all were made)"
        return f"passed, {skipped} not possible here" if skipped else "passed"

    def tell(self) -> str:
        lost, duplicated = (sum(getattr(o, n) for o in self.done) for n in ("lost", "duplicated"))
        seconds = sum(one.seconds for one in self.results)
        return (
            f"{self.fault.code:5}  {self.fault.name:36}  {len(self.done):8}  {lost:4}  "
            f"{duplicated:10}  {seconds:7.0f}  {self.verdict}"
        )


def summarise(
    faults: Sequence[Fault], results: Mapping[tuple[str, str], Result]
) -> tuple[list[str], bool]:
    """The lines to print, and whether every fault passed."""
    lines = []
    for fault in faults:
        keys = [(fault.code, one.name) for one in fault.injections]
        lines.append(Line(fault, [results[key] for key in keys if key in results]))
    told = [HEAD, *(line.tell() for line in lines)]
    done = [one for line in lines for one in line.done]
    lost, duplicated = (sum(getattr(one, n) for one in done) for n in ("lost", "duplicated"))
    told.append(f"{len(done)} injections: {lost} rows lost, {duplicated} duplicated")
    for line in lines:
        told += [f"  {o.code} {o.injection}: {o.message}" for o in line.failed]
    return told, all(not line.verdict.startswith("FAILED") for line in lines)
