"""How far a long job is, told by the driver whenever a task of it has ended."""

from __future__ import annotations

import logging
import os
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from pyspark.accumulators import AccumulatorParam

if TYPE_CHECKING:
    from pyspark import Accumulator, SparkContext

TELL_EVERY_SECONDS: Final = 10.0


class Done(NamedTuple):
    """What a job has done so far.

    Attributes:
        units: files written, people simulated.
        rows: made of them.
        latest: name of the last one, in the order of names; empty where they have none.
    """

    units: int = 0
    rows: int = 0
    latest: str = ""


@dataclass
class Teller(AccumulatorParam[Done]):
    """Adds up what is done; on the driver it logs the sum, one line in ten seconds at most.

    Attributes:
        what: name of the job in the log.
        unit: what is counted.
        total: units in all; 0 where that is not known.
        began: moment from which the speed counts.
        told: moment of the last line.
        driver: the process that tells; workers only add up.
    """

    what: str
    unit: str
    total: int = 0
    began: float = field(default_factory=time.monotonic)
    told: float = field(default_factory=time.monotonic)
    driver: int = field(default_factory=os.getpid)

    def zero(self, value: Done) -> Done:  # noqa: ARG002 - Spark's own signature
        """Nothing done."""
        return Done()

    def addInPlace(self, value1: Done, value2: Done) -> Done:  # noqa: N802 - Spark's own name
        """The sum of both."""
        latest = max(value1.latest, value2.latest)
        done = Done(value1.units + value2.units, value1.rows + value2.rows, latest)
        now = time.monotonic()
        if os.getpid() == self.driver and now - self.told >= TELL_EVERY_SECONDS:
            self.told = now
            # asked for by name: a worker gets this object, and a logger is not sent to it
            logging.getLogger(__name__).info(self.describe(done, now - self.began))
        return done

    def describe(self, done: Done, seconds: float) -> str:
        """One line for the log.

        >>> Teller("raw_events", "files").describe(Done(3, 5000, "2026-01-03.csv"), 2.0)
        'raw_events: 3 files, up to 2026-01-03.csv, 2,500 rows/s'
        >>> Teller("happenings", "people", 9000).describe(Done(3000, 5000), 2.0)
        'happenings: 3,000 of 9,000 people, 2,500 rows/s'
        """
        units = f"{done.units:,} of {self.total:,}" if self.total else f"{done.units:,}"
        latest = f", up to {done.latest}" if done.latest else ""
        return f"{self.what}: {units} {self.unit}{latest}, {done.rows / seconds:,.0f} rows/s"


def count_done(context: SparkContext, teller: Teller) -> Accumulator[Done]:
    """An accumulator that tells how far a job is."""
    return context.accumulator(Done(), teller)
