"""A person's rows in the tables of data_processing: looked for, left without content, deleted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import reduce
from operator import and_
from typing import Any, Final

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F  # noqa: N812 - Spark's own custom

from personalization.contracts import columns as c
from personalization.contracts.checks import ERASED
from personalization.datasets.delta_table import DeltaTableDataset
from personalization.datasets.erased_users import ErasedUsers
from personalization.datasets.locks import hold
from personalization.erasure.holdings import Treatment, names_of
from personalization.pipelines.data_processing.erased import (
    THEIRS,
    TOLD,
    blank_marked,
    hide_texts,
    is_of,
    mark_erased,
    name_sessions,
)
from personalization.pipelines.data_processing.published import HOMES
from personalization.pipelines.data_processing.rejected import PLACE, REJECTED_COLUMNS, REPEATS
from personalization.spark.build import active_session
from personalization.spark.frames import null_safe_equal, persisted, unite

LOCK_TIMEOUT_SECONDS: Final = 600
NAME: Final = "name"
TYPED_PLACE: Final = (c.SOURCE, c.FILE_VERSION, c.ROW_NUMBER)


def tables_there(catalog: Any, *treatments: Treatment) -> dict[str, str]:
    """Tables that are there and are treated so, each with its folder."""
    datasets = {name: catalog.get(name) for name in names_of(*treatments)}
    return {
        name: dataset.location
        for name, dataset in datasets.items()
        if isinstance(dataset, DeltaTableDataset) and dataset.exists()
    }


def in_upper_case(catalog: Any, name: str) -> bool:
    """Whether ids of users are upper case in a table of typed rows."""
    description = catalog.get(name.replace("int_", "raw_", 1)).description
    return c.USER_ID in description.upper_case


def find_sessions(catalog: Any, user_id: str) -> list[str]:
    """Sessions in which a user was logged in, each with the days on which its rows are theirs."""
    tables = [
        catalog.load(name) for name in tables_there(catalog, Treatment.TYPED, Treatment.PUBLISHED)
    ]
    of_user = [
        table.filter(F.col(c.USER_ID) == F.lit(user_id)).select(c.SESSION_ID, c.INTERACTION_DATE)
        for table in tables
        if {c.USER_ID, c.SESSION_ID} <= set(table.columns)
    ]
    if not of_user:
        return []
    # One row for each session of one person and day.
    rows = unite(of_user).filter(F.col(c.SESSION_ID).isNotNull()).distinct().collect()
    return sorted({text for session, day in rows for text in name_sessions(session, day)})


def of_person(catalog: Any, name: str, erased: ErasedUsers) -> DataFrame:
    """Rows of a table of typed or published rows that are the person's, or mention it."""
    rows: DataFrame = catalog.load(name)
    if name in HOMES:
        return rows.filter(is_of(erased, rows))
    marked = mark_erased(rows, erased, upper_case=in_upper_case(catalog, name))
    return marked.filter(F.col(THEIRS) | F.col(TOLD))


def count_rows(catalog: Any, erased: ErasedUsers) -> dict[str, int]:
    """Table to rows of the person, and those that mention it."""
    names = tables_there(catalog, Treatment.TYPED, Treatment.PUBLISHED)
    told = [of_person(catalog, name, erased).select(F.lit(name).alias(NAME)) for name in names]
    if not told:
        return {}
    # One row for each table.
    return {row[NAME]: row["count"] for row in unite(told).groupBy(NAME).count().collect()}


def same(names: Iterable[str]) -> Column:
    """True where the columns of the frame and of the table are equal."""
    return reduce(and_, (null_safe_equal(name, "new", "old") for name in names))


def merge(location: str, rows: DataFrame, keys: Iterable[str], values: Iterable[str]) -> int:
    """Delete the rows of a table that are among ``rows``, or give them other values.

    What Delta notes of it names columns, no value.

    Args:
        location: of the table.
        rows: columns ``keys`` and ``values``; at most one row for each key.
        keys: columns that tell which row is meant.
        values: columns that get the values of ``rows``, rows that are not there yet are added;
            none: the row is deleted.

    Returns:
        How many rows there are in ``rows``.
    """
    from delta.tables import DeltaTable

    with hold(location, LOCK_TIMEOUT_SECONDS), persisted(rows) as told:
        number = told.count()
        if not number:
            return 0
        table = DeltaTable.forPath(active_session(), location).alias("old")
        into = table.merge(told.alias("new"), same(keys))
        given: dict[str, str | Column] = {name: F.col(f"new.`{name}`") for name in values}
        if given:
            into.whenMatchedUpdate(set=given).whenNotMatchedInsert(values=given).execute()
        else:
            into.whenMatchedDelete().execute()
    return number


def blank_typed(catalog: Any, name: str, erased: ErasedUsers) -> int:
    """Leave the person's rows of a table of typed rows without content."""
    rows = of_person(catalog, name, erased)
    blank = blank_marked(rows)
    return merge(catalog.get(name).location, blank, TYPED_PLACE, blank.columns)


def delete_published(catalog: Any, name: str, erased: ErasedUsers) -> int:
    """Delete the person's rows of a published table."""
    key = HOMES[name].key
    rows = of_person(catalog, name, erased).select(key)
    return merge(catalog.get(name).location, rows, [key], [])


def erased_rows(catalog: Any, names: Iterable[str]) -> DataFrame:
    """Typed rows that were left without content, of whoever was erased."""
    tables = (catalog.load(name) for name in names)
    places = (c.SOURCE, c.SOURCE_FILE, c.FILE_VERSION, c.ROW_NUMBER)
    return unite(table.filter(F.col(c.REJECTED_BY) == ERASED).select(*places) for table in tables)


def delete_repeats(catalog: Any, name: str, places: DataFrame) -> int:
    """Forget which rows of erased people repeated others."""
    repeats = catalog.load(name).select(*TYPED_PLACE)
    theirs = repeats.join(places.select(*TYPED_PLACE), list(TYPED_PLACE), how="left_semi")
    return merge(catalog.get(name).location, theirs, TYPED_PLACE, [])


def blank_rejected(
    catalog: Any, name: str, places: DataFrame, erased: ErasedUsers, accepted: Iterable[int]
) -> int:
    """Let rejected rows say of erased people that they were received, and nothing else.

    Args:
        catalog: of the project.
        name: of the table of rejected rows.
        places: typed rows that were left without content.
        erased: the person.
        accepted: versions of files that are published; rows of others are not told.
    """
    before: DataFrame = catalog.load(name)
    done = before.filter(F.col(c.REJECTED_BY) == ERASED).select(*PLACE)
    published = places.filter(F.col(c.FILE_VERSION).isin(sorted(accepted))).select(*PLACE)
    nothing = {
        c.REJECTED_BY: F.lit(ERASED),
        c.ROW_TEXT: F.lit(None).cast("string"),
        c.INTERACTION_DATE: F.lit(None).cast("date"),
        REPEATS: F.lit(False),  # noqa: FBT003 - a literal column
    }
    theirs = published.withColumns(nothing).select(*REJECTED_COLUMNS)
    shown = before.join(published, list(PLACE), how="left_anti")
    upper_case = [
        typed.removeprefix("int_")
        for typed in names_of(Treatment.TYPED)
        if in_upper_case(catalog, typed)
    ]
    hidden = hide_texts(shown.filter(F.col(c.ROW_TEXT).isNotNull()), erased, upper_case)
    hidden = hidden.filter(F.col(c.ROW_TEXT).isNull()).select(*REJECTED_COLUMNS)
    told = theirs.join(done, list(PLACE), how="left_anti").unionByName(hidden)
    return merge(catalog.get(name).location, told, PLACE, REJECTED_COLUMNS)


def versions_with(places: DataFrame) -> Mapping[str, list[int]]:
    """Source to versions of files that have such rows."""
    versions: dict[str, list[int]] = {}
    # One row per file.
    for source, version in places.select(c.SOURCE, c.FILE_VERSION).distinct().collect():
        versions.setdefault(source, []).append(version)
    return versions
