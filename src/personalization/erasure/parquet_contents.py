"""What a Parquet file says: values, dictionaries, statistics and what its footer holds beside."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from personalization.erasure.contents import find_in_told
from personalization.erasure.wanted import OF_PEOPLE, Hit, Wanted, name_within

BATCH_ROWS: Final = 50_000
TEXT: Final = "BYTE_ARRAY"


def find_in_parquet(content: bytes, wanted: Wanted) -> Iterator[Hit]:
    """Places of a Parquet file where the person stands."""
    source = pa.BufferReader(content)
    described = pq.read_metadata(io.BytesIO(content))
    texts = [one.path for one in leaves(described) if one.physical_type == TEXT]
    # With its dictionaries, which may hold values that no row has.
    file = pq.ParquetFile(source, read_dictionary=texts)
    yield from find_in_footer(described, wanted)
    found: dict[str, bool] = {}
    for batch in file.iter_batches(BATCH_ROWS):
        for name, column in zip(batch.schema.names, batch.columns, strict=True):
            for place, is_sure in places_in(column, name, wanted):
                found[place] = is_sure or found.get(place, False)
    yield from (Hit(f"column {name}", is_sure) for name, is_sure in sorted(found.items()))


def leaves(described: Any) -> list[Any]:
    """The columns of a file as it stores them."""
    return [described.schema.column(place) for place in range(len(described.schema))]


def find_in_footer(described: Any, wanted: Wanted) -> Iterator[Hit]:
    """Places of a footer: names of columns, what a writer noted, statistics."""
    if any(wanted.is_in_text(column.path) for column in leaves(described)):
        yield Hit("the name of a column")
    for noted in (described.metadata or {}).items():
        if any(wanted.is_in_text(as_text(one)) for one in noted):
            yield Hit("the footer's notes")
    for group in range(described.num_row_groups):
        for place in range(described.num_columns):
            chunk = described.row_group(group).column(place)
            told = [is_told(limit, name, wanted) for name, limit in limits_of(chunk)]
            if any(one is not None for one in told):
                yield Hit(f"statistics of {chunk.path_in_schema}", any(told))


def limits_of(chunk: Any) -> list[tuple[str, str]]:
    """Name of a column beside its smallest and largest value, where these may name people."""
    limits, name = chunk.statistics, last_name(chunk.path_in_schema)
    may_name = chunk.physical_type == TEXT or name in OF_PEOPLE
    if limits is None or not limits.has_min_max or not may_name:
        return []
    return [(name, as_text(limit)) for limit in (limits.min, limits.max)]


def as_text(value: Any) -> str:
    """A value as text."""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def last_name(path: str) -> str:
    """The name that tells what the values of a nested column are.

    >>> last_name("add.stats_parsed.minValues.user_id"), last_name("results.list.element")
    ('limit of user_id', 'results')
    """
    parts = [one for one in path.split(".") if one not in ("list", "element", "key_value", "item")]
    return name_within(*([""] * 2 + parts)[-2:])


def places_in(column: Any, name: str, wanted: Wanted) -> Iterator[tuple[str, bool]]:
    """Names of the columns within a column in which the person stands; whether that is sure."""
    kind = column.type
    if pa.types.is_struct(kind):
        for place in range(kind.num_fields):
            inner = name_within(name, kind.field(place).name)
            yield from places_in(column.field(place), inner, wanted)
    elif pa.types.is_map(kind):
        yield from places_in(column.keys, name, wanted)
        yield from places_in(column.items, name, wanted)
    elif pa.types.is_list(kind) or pa.types.is_large_list(kind):
        yield from places_in(column.values, name, wanted)
    else:
        told = [is_told(value, name, wanted) for value in values_near(column, name, wanted)]
        if any(one is not None for one in told):
            yield name, any(told)


def values_near(column: Any, name: str, wanted: Wanted) -> list[str]:
    """Values of a column that hold the identifier, as a word or not."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary
    if pa.types.is_binary(column.type):
        return [as_text(value) for value in column.to_pylist() if value is not None]
    is_text = pa.types.is_string(column.type) or pa.types.is_large_string(column.type)
    if not is_text and name not in OF_PEOPLE:
        return []
    texts = column if is_text else column.cast(pa.string())
    near: list[str] = texts.filter(pc.match_substring(texts, wanted.text)).to_pylist()
    return near


def is_told(value: str, name: str, wanted: Wanted) -> bool | None:
    """Whether a value gives the person away for sure; None where it does not hold the id.

    JSON within a column is read, too.
    """
    hits = [hit.is_sure for hit in find_in_told(value, wanted, name)]
    return any(hits) if hits else None
