"""Rows of the people of one task and one day in one piece of bytes.

Millions of rows pass from the simulation into files, each of them opened twice only: where it is
made and where it is written. Spark stores and moves their bundles without looking inside, in a
third of the time that moving them row by row takes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import pandas as pd

from personalization.contracts import kinds
from personalization.simulation.happenings import COLUMNS, NUMBER_OF, SEARCH

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray
    from pyspark.sql import DataFrame

# What a bundle holds. Each row of the first three is in one bundle, that of its file's day; visits
# and soiled rows are told once more, in a bundle for each task, whose day is null.
EVENTS, PURCHASES, SEARCHES = HAPPENINGS = ("events", "purchases", "searches")
VISITS, SOILED = "visits", "soiled"
BUNDLES: Final = "holds string, day int, rows int, raw_bytes long, content binary"
LEVEL: Final = 1  # of compression; higher ones cost more than they save

SOILED_TYPES: Final = {"dirt": "int8", "line_dirt": "int8", "delivered": "int32"}
TYPES: Final = {**{name: dtype for name, (dtype, _) in COLUMNS.items()}, **SOILED_TYPES}
NUMBERS: Final = tuple(name for name, dtype in TYPES.items() if dtype != "object")
KEPT: Final[Mapping[str, tuple[str, ...]]] = {
    EVENTS: NUMBERS,
    PURCHASES: NUMBERS,
    SEARCHES: tuple(TYPES),
    VISITS: ("person", "visit"),
    SOILED: ("person", "seq", "kind", "order", "line", *SOILED_TYPES),
}
SPARK_TYPES: Final = {
    "int8": "tinyint",
    "int16": "smallint",
    "int32": "int",
    "int64": "bigint",
    "float64": "double",
    "bool": "boolean",
}
SPARK_TEXTS: Final = {"query": "string", "results": "array<int>"}
ROWS: Final = ", ".join(
    f"`{name}` {SPARK_TEXTS.get(name) or SPARK_TYPES[dtype]}" for name, dtype in TYPES.items()
)


Rows = dict[str, "NDArray[Any]"]


class Bundle(NamedTuple):
    """An opened bundle.

    Attributes:
        holds: one of :data:`KEPT`.
        day: of the file, from 0; none where it is not of one file.
        rows: columns ``KEPT[holds]``.
    """

    holds: str
    day: int | None
    rows: pa.RecordBatch


def schema_of(holds: str) -> pa.Schema:
    """Types of the rows of a bundle, in Arrow's words; a worker has no session to ask."""
    import pyarrow as pa

    texts = {"query": pa.string(), "results": pa.list_(pa.int32())}
    return pa.schema(
        [
            (name, texts[name] if name in texts else pa.from_numpy_dtype(TYPES[name]))
            for name in KEPT[holds]
        ]
    )


def runs(column: NDArray[Any]) -> list[tuple[int, int]]:
    """Start and end of each run of equal numbers.

    >>> runs(np.array([1, 1, 2])), runs(np.array([]))
    ([(0, 2), (2, 3)], [])
    """
    edges = np.flatnonzero(column[1:] != column[:-1]) + 1
    return list(pairwise([0, *edges.tolist(), column.size])) if column.size else []


def pick_rows(rows: Rows, place: NDArray[Any] | slice) -> Rows:
    """Some of the rows."""
    return {name: column[place] for name, column in rows.items()}


def pack(holds: str, day: int | None, rows: pa.RecordBatch) -> dict[str, Any]:
    """A row of ``BUNDLES``."""
    import pyarrow as pa

    raw = rows.serialize()
    content = pa.Codec("zstd", LEVEL).compress(raw)
    return {
        "holds": holds,
        "day": day,
        "rows": rows.num_rows,
        "raw_bytes": raw.size,
        "content": memoryview(content),
    }


def gather(bundles: list[dict[str, Any]]) -> pa.RecordBatch:
    """Packed bundles as a batch. Columns: ``BUNDLES``."""
    import pyarrow as pa

    types = (pa.string(), pa.int32(), pa.int32(), pa.int64(), pa.binary())
    names = ("holds", "day", "rows", "raw_bytes", "content")
    columns = [
        pa.array([one[name] for one in bundles], kind)
        for name, kind in zip(names, types, strict=True)
    ]
    return pa.RecordBatch.from_arrays(columns, names)


def bundle_days(holds: str, rows: Rows) -> pa.RecordBatch:
    """A bundle for each day, of whose file the rows are. Columns: ``BUNDLES``."""
    import pyarrow as pa

    place = np.argsort(rows["delivered"], kind="stable")
    columns = [pa.array(rows[one.name][place], one.type) for one in schema_of(holds)]
    whole = pa.RecordBatch.from_arrays(columns, schema=schema_of(holds))
    days = rows["delivered"][place]
    parts = [(int(days[start]), whole.slice(start, end - start)) for start, end in runs(days)]
    return gather([pack(holds, day, part) for day, part in parts])


def bundle_once(holds: str, rows: Rows) -> pa.RecordBatch:
    """One bundle of what is not of one day, each row once. Columns: ``BUNDLES``."""
    import pyarrow as pa

    told = pd.DataFrame({name: rows[name] for name in KEPT[holds]}).drop_duplicates()
    whole = pa.RecordBatch.from_pandas(told, schema=schema_of(holds), preserve_index=False)
    return gather([pack(holds, None, whole)])


def bundle(frames: Sequence[pd.DataFrame]) -> Iterator[pa.RecordBatch]:
    """All that some people do, in bundles.

    Args:
        frames: all of everything these people do; columns as ``simulation.dirt.soil`` gives them.

    Yields:
        Columns ``BUNDLES``.
    """
    rows = {name: np.concatenate([one[name].to_numpy() for one in frames]) for name in TYPES}
    bought, searched = (rows["kind"] == NUMBER_OF[one] for one in (kinds.PURCHASE, SEARCH))
    for holds, chosen in ((EVENTS, ~bought & ~searched), (PURCHASES, bought), (SEARCHES, searched)):
        yield bundle_days(holds, pick_rows(rows, chosen))
    yield bundle_once(VISITS, pick_rows(rows, rows["visit"] >= 0))
    yield bundle_once(SOILED, pick_rows(rows, (rows["dirt"] > 0) | (rows["line_dirt"] > 0)))


def open_bundles(batches: Iterable[pa.RecordBatch]) -> Iterator[Bundle]:
    """Each bundle that comes, one after the other; one without content has no rows."""
    import pyarrow as pa

    schemas, codec = {holds: schema_of(holds) for holds in KEPT}, pa.Codec("zstd")
    for batch in batches:
        columns = (batch.column(name) for name in ("holds", "day", "raw_bytes", "content"))
        for holds, day, raw_bytes, content in zip(*columns, strict=True):
            schema = schemas[holds.as_py()]
            if content.is_valid:
                raw = codec.decompress(content.as_buffer(), raw_bytes.as_py())
                rows = pa.ipc.read_record_batch(raw, schema)
            else:
                rows = pa.RecordBatch.from_pylist([], schema=schema)
            yield Bundle(holds.as_py(), day.as_py(), rows)


def read_columns(rows: pa.RecordBatch | pa.Table) -> dict[str, NDArray[Any]]:
    """Columns as arrays."""
    return {
        name: np.asarray(rows.column(name).to_numpy(zero_copy_only=False))
        for name in rows.schema.names
    }


def open_rows(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Rows as ``ROWS`` of bundles of happenings; runs in Python workers."""
    import pyarrow as pa

    schema = schema_of(SEARCHES)
    for one in open_bundles(batches):
        columns = [
            one.rows.column(name) if name in KEPT[one.holds] else pa.nulls(len(one.rows), kind)
            for name, kind in zip(schema.names, schema.types, strict=True)
        ]
        yield pa.RecordBatch.from_arrays(columns, schema=schema)


def of_happenings(bundles: DataFrame) -> DataFrame:
    """Bundles whose rows are events or searches."""
    return bundles.filter(bundles["holds"].isin(*HAPPENINGS))
