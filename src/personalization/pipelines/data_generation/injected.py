"""What was done to a shop on purpose, as tables: drift, and the arms of its experiment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from personalization.simulation import texts
from personalization.simulation.catalogue import LEAVES
from personalization.simulation.experiment import ARMS, Experiment
from personalization.simulation.shifts import UNITS, Shift
from personalization.simulation.world import NoWorld, World
from personalization.spark.build import active_session

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark import Broadcast
    from pyspark.sql import DataFrame

DRIFT: Final = (
    "scenario string, first_day date, last_day date, strength double, unit string, "
    "category string, discount double"
)
EXPERIMENT: Final = (
    "experiment string, arm string, first_day date, last_day date, share double, "
    "click_logit double, cart_logit double"
)
ARM_OF_USER: Final = "user_id string, experiment string, arm string"
USERS_PER_SHARE: Final = 50_000


def date_of(world: World, day: int) -> object:
    """The date of a day number; at most the last one of the period."""
    last = world.period.n_days - 1
    moment = world.period.midnight(np.array([min(day, last)]))
    return moment.astype("datetime64[s]").astype("datetime64[D]").item(0)


def list_shifts(world: World | NoWorld) -> DataFrame:
    """The scenarios of drift that are active.

    Grain: one row per scenario. Columns: ``DRIFT``; ``category`` is null where all are meant,
    ``discount`` (off its prices) 0 where there is none.
    """
    rows = (
        [] if isinstance(world, NoWorld) else [describe_shift(world, one) for one in world.shifts]
    )
    return active_session().createDataFrame(rows, DRIFT)


def describe_shift(world: World, shift: Shift) -> tuple[object, ...]:
    """A row of ``DRIFT``."""
    return (
        shift.scenario,
        date_of(world, shift.first),
        date_of(world, shift.first + shift.days - 1),
        float(shift.strength),
        UNITS[shift.scenario],
        " > ".join(LEAVES[shift.leaf].path) if shift.leaf >= 0 else None,
        float(shift.discount),
    )


def list_effects(world: World | NoWorld) -> DataFrame:
    """What the experiment does in each arm.

    Grain: one row per arm; none where there is no experiment. Columns: ``EXPERIMENT``.
    """
    rows = []
    if isinstance(world, World) and world.experiment:
        plan, options = world.experiment, world.experiment.options
        days = (date_of(world, plan.first), date_of(world, plan.first + options.days - 1))
        rows = [
            (options.name, ARMS[0], *days, 1.0 - options.treated_share, 0.0, 0.0),
            (
                *(options.name, ARMS[1], *days, float(options.treated_share)),
                *(float(options.click_logit), float(options.cart_logit)),
            ),
        ]
    return active_session().createDataFrame(rows, EXPERIMENT)


@dataclass(frozen=True)
class Assigner:
    """Finds the arms of the users whose shares' places come in Arrow batches."""

    experiment: Broadcast[Experiment]
    n_users: int

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Rows as ``ARM_OF_USER``."""
        import pyarrow as pa

        experiment = self.experiment.value
        for batch in batches:
            for share in batch.column(0).to_pylist():
                first = share * USERS_PER_SHARE
                number = np.arange(first, min(first + USERS_PER_SHARE, self.n_users))
                treated = experiment.treats(number).astype(np.int64)
                columns = {
                    "user_id": texts.write_users(number),
                    "experiment": pa.array([experiment.options.name] * number.size),
                    "arm": texts.pick_words(ARMS, treated),
                }
                yield pa.RecordBatch.from_pydict(columns)


def list_arms(world: World | NoWorld) -> DataFrame:
    """The arm of each user with an account.

    Grain: one row per user; none where there is no experiment. Columns: ``ARM_OF_USER``.
    """
    session = active_session()
    if isinstance(world, NoWorld) or world.experiment is None:
        return session.createDataFrame([], ARM_OF_USER)
    n_shares = -(-world.size.n_users // USERS_PER_SHARE)
    assigner = Assigner(session.sparkContext.broadcast(world.experiment), world.size.n_users)
    return session.range(0, n_shares, 1, n_shares).mapInArrow(assigner, ARM_OF_USER)
