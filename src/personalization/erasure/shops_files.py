"""Where the shop's own files still hold a person: for the shop to delete."""

from __future__ import annotations

from typing import Any, NamedTuple

from kedro.io import DatasetError
from pyspark.sql import functions as F  # noqa: N812 - Spark's own custom

from personalization.contracts import columns as c
from personalization.contracts.errors import PersonalizationError
from personalization.datasets.erased_users import ErasedUsers
from personalization.erasure.holdings import Treatment, names_of
from personalization.pipelines.data_processing.erased import THEIRS, TOLD, mark_erased
from personalization.pipelines.data_processing.quarantine import type_rows


class ShopsFile(NamedTuple):
    """A file of the shop that holds the person, or that could not be read.

    Attributes:
        entry: of the catalog.
        name: of the file; empty where the entry as a whole could not be read.
        theirs: numbers of the person's rows.
        mentioning: numbers of broken rows that are of others and mention the person.
        problem: why it could not be read.
    """

    entry: str
    name: str
    theirs: tuple[int, ...] = ()
    mentioning: tuple[int, ...] = ()
    problem: str | None = None


def find_in_shops_files(catalog: Any, erased: ErasedUsers) -> list[ShopsFile]:
    """Files of the shop with rows of the person, by entry and name; they are read, not changed."""
    found: list[ShopsFile] = []
    for entry in names_of(Treatment.SHOPS_OWN):
        if not catalog.exists(entry):
            continue
        try:
            found += of_entry(catalog, entry, erased)
        except (PersonalizationError, DatasetError) as error:
            found.append(ShopsFile(entry, "", problem=str(error)))
    return found


def of_entry(catalog: Any, entry: str, erased: ErasedUsers) -> list[ShopsFile]:
    """Files of one entry with rows of the person."""
    raw = catalog.load(entry)
    if not raw.listed:
        return []
    upper_case = c.USER_ID in raw.description.upper_case
    marked = mark_erased(type_rows(raw, {}), erased, upper_case=upper_case)
    found = marked.filter(F.col(THEIRS) | F.col(TOLD)).groupBy(c.SOURCE_FILE)
    numbers = (
        F.sort_array(F.collect_list(F.when(which, F.col(c.ROW_NUMBER))))
        for which in (F.col(THEIRS), ~F.col(THEIRS))
    )
    # One row for each file, with the rows of one person.
    rows = found.agg(*numbers).orderBy(c.SOURCE_FILE).collect()
    return [ShopsFile(entry, name, tuple(own), tuple(others)) for name, own, others in rows]
