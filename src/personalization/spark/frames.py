"""Small helpers for Spark frames."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F  # noqa: N812 - Spark's own custom


def null_safe_equal(name: str, left: str, right: str) -> Column:
    """True where column ``name`` of both aliases is equal or null in both."""
    return F.col(f"{left}.`{name}`").eqNullSafe(F.col(f"{right}.`{name}`"))


def unite(frames: Iterable[DataFrame]) -> DataFrame:
    """The rows of all frames, columns matched by name; at least one frame."""
    return reduce(DataFrame.unionByName, frames)


@contextmanager
def persisted(frame: DataFrame) -> Iterator[DataFrame]:
    """Keep the rows of ``frame`` while the block uses them more than once."""
    kept = frame.persist()
    try:
        yield kept
    finally:
        kept.unpersist()


def conflict_errors() -> tuple[type[Exception], ...]:
    """What Delta raises where another writer came first; in Python they share no base of theirs."""
    from delta import exceptions

    return tuple(getattr(exceptions, name) for name in exceptions.__all__)
