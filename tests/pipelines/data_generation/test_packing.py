"""Words that rows are packed into: the same numbers come out, in the same order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from pyspark.sql import functions as F  # noqa: N812 - Spark's own custom

from personalization.pipelines.data_generation.packing import (
    UNPACKED,
    WORDS,
    pack,
    unpack,
)
from personalization.pipelines.data_generation.traffic import TEXTS, TYPES
from personalization.simulation.catalogue import LOCALES
from personalization.simulation.dealing import MOST_PLACES, POLICIES
from personalization.simulation.dirt import EVENT_DIRT, LINE_DIRT
from personalization.simulation.happenings import KINDS
from personalization.simulation.limits import MOST_NAMES
from personalization.simulation.visits import MOST_VIEWS

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

FIELDS = [field for fields in WORDS.values() for field in fields]


def rows_of(session: SparkSession, *rows: dict[str, int]) -> DataFrame:
    schema = ", ".join(f"`{field.name}` bigint" for field in FIELDS)
    entries = [tuple(row[field.name] for field in FIELDS) for row in rows]
    return session.createDataFrame(entries, schema)


def come_back(rows: DataFrame) -> dict[str, list[int]]:
    words = rows.select(*map(pack, WORDS)).toPandas()
    assert (words >= 0).all(axis=None)
    fields = unpack({name: words[name].to_numpy() for name in words})
    return {name: column.astype(int).tolist() for name, column in fields.items()}


@pytest.mark.spark
def test_smallest_and_largest_numbers_of_all_fields_come_back(spark: SparkSession) -> None:
    least = {field.name: field.least for field in FIELDS}
    most = {field.name: field.least + 2**field.bits - 1 for field in FIELDS}
    back = come_back(rows_of(spark, least, most))
    assert back == {name: [least[name], most[name]] for name in least}


@pytest.mark.spark
@pytest.mark.parametrize("word", ["moment", "row"])
def test_words_to_sort_by_keep_the_order_of_their_fields(spark: SparkSession, word: str) -> None:
    drawn = np.random.default_rng(1)
    fields = WORDS[word]
    values = {f.name: f.least + drawn.integers(0, min(3, 2**f.bits), 200) for f in fields}
    frame = spark.createDataFrame(
        [tuple(map(int, row)) for row in zip(*values.values(), strict=True)],
        ", ".join(f"`{name}` bigint" for name in values),
    )
    by_word = frame.withColumn("packed", pack(word)).orderBy("packed").drop("packed")
    assert by_word.collect() == frame.orderBy(*map(F.col, values)).collect()


def test_a_word_is_never_negative_and_every_column_has_its_place() -> None:
    for fields in WORDS.values():
        assert sum(field.bits for field in fields) <= 63
    names = [field.name for field in FIELDS]
    assert len(names) == len(set(names))
    assert {*names, *UNPACKED, *TEXTS} == {*TYPES, "again"}


def test_every_name_that_may_be_set_has_a_number() -> None:
    """Widths against the options' limits: countries, devices, and what a list may hold."""
    room = {field.name: field.least + 2**field.bits - 1 for field in FIELDS}
    assert room["country"] >= len(LOCALES) - 1
    assert min(room["device"], room["country"]) >= MOST_NAMES - 1
    assert room["policy"] >= len(POLICIES) - 1
    assert room["position"] >= MOST_PLACES
    assert room["line"] >= MOST_VIEWS
    assert room["dirt"] >= len(EVENT_DIRT) - 1
    assert room["line_dirt"] >= len(LINE_DIRT) - 1
    assert room["kind"] >= len(KINDS) - 1
