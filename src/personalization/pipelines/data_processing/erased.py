"""Rows of people who were erased: what is left of them is that they were received."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from functools import reduce
from operator import or_
from typing import Final

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F  # noqa: N812 - Spark's own custom

from personalization.contracts import columns as c
from personalization.contracts.checks import BUSINESS_REASONS, ERASED
from personalization.datasets.erased_users import ErasedUsers
from personalization.spark.keyed_hashes import keyed_hash_of

# What says where a row came from; all else is content.
KEPT: Final = (c.SOURCE, c.SOURCE_FILE, c.FILE_VERSION, c.ROW_NUMBER, c.DELIVERED_AT)
ALPHANUMERIC: Final = r"[\p{L}\p{N}]"
FIRST_PLACE: Final = 2  # of a padded text, where Spark counts from 1
BETWEEN: Final = " on "  # a session and a day
THEIRS: Final = "_theirs"  # marks rows of erased people
TOLD: Final = "_told"  # marks rows whose text mentions one


def is_of(erased: ErasedUsers, rows: DataFrame) -> Column:
    """True where a row is of a person who was erased; never null.

    A row is of its user. One without a user is of whoever was logged in in its session, on its day
    or the one before or after.
    """
    found = F.lit(False)  # noqa: FBT003 - a literal column
    if c.USER_ID in rows.columns:
        found = keyed_hash_of(F.col(c.USER_ID), erased.sure_key).isin(sorted(erased.users))
    if {c.USER_ID, c.SESSION_ID} <= set(rows.columns) and erased.sessions:
        session = keyed_hash_of(session_on_its_day(), erased.sure_key)
        found |= F.col(c.USER_ID).isNull() & session.isin(sorted(erased.sessions))
    return F.coalesce(found, F.lit(False))  # noqa: FBT003


def session_on_its_day() -> Column:
    """Session and day of a row as one text; null without session, no day where there is none."""
    day = F.coalesce(F.col(c.INTERACTION_DATE).cast("string"), F.lit(""))
    return F.concat(c.SESSION_ID, F.lit(BETWEEN), day)


def name_sessions(session: str, day: date | None) -> list[str]:
    """The texts that rows of a session may have in ``session_on_its_day``.

    Some shops number the sessions of each day anew: far from its day the number is somebody else.

    >>> name_sessions("s1", date(2026, 5, 31))[1:]
    ['s1 on 2026-05-30', 's1 on 2026-05-31', 's1 on 2026-06-01']
    """
    days = [] if day is None else [day + timedelta(days=n) for n in (-1, 0, 1)]
    return [f"{session}{BETWEEN}{one}" for one in ("", *days)]


def mentions(erased: ErasedUsers, text: Column) -> Column:
    """True where a text holds the id of an erased user, as a word of its own; never null."""
    padded = F.concat(F.lit(" "), text, F.lit(" "))

    def is_told(characters: int) -> Column:
        def is_told_at(place: Column) -> Column:
            before = padded.substr(place - 1, F.lit(1))
            after = padded.substr(place + characters, F.lit(1))
            word = padded.substr(place, F.lit(characters))
            apart = ~before.rlike(ALPHANUMERIC) & ~after.rlike(ALPHANUMERIC)
            hashed = keyed_hash_of(word, erased.sure_key)
            return apart & hashed.isin(sorted(erased.users))

        last = F.length(padded) - characters
        places = F.when(last >= FIRST_PLACE, F.sequence(F.lit(FIRST_PLACE), last))
        return F.exists(places, is_told_at)

    told = (is_told(characters) for characters in erased.lengths)
    return F.coalesce(reduce(or_, told), F.lit(False))  # noqa: FBT003


def mark_erased(typed: DataFrame, erased: ErasedUsers, *, upper_case: bool = False) -> DataFrame:
    """Typed rows with what of them has to go.

    Rows that are broken are of a person as well where their text holds the id: their columns may
    have shifted. Other rejected rows that mention the id lose their text.

    Grain: as ``quarantine.type_rows``.
    Adds: ``_theirs`` (the row is of an erased person), ``_told`` (its text mentions one).

    Args:
        typed: rows as typed.
        erased: who was erased; somebody.
        upper_case: whether ids of users are upper case, whatever their case in the files.
    """
    shown = F.upper(c.ROW_TEXT) if upper_case else F.col(c.ROW_TEXT)
    # Asked of rejected rows only: others have no text.
    told = F.when(F.col(c.ROW_TEXT).isNotNull(), mentions(erased, shown)).otherwise(F.lit(False))  # noqa: FBT003
    broken = ~F.coalesce(F.col(c.REJECTED_BY), F.lit("")).isin("", *BUSINESS_REASONS)
    return typed.withColumn(TOLD, told).withColumn(
        THEIRS, is_of(erased, typed) | (F.col(TOLD) & broken)
    )


def blank_marked(marked: DataFrame) -> DataFrame:
    """Marked rows, those of erased people without anything that they said.

    Their reason is ``erased``; file, version and number of the row stay, so that every row is
    accounted for.

    Requires: the columns of ``mark_erased``; its marks are dropped.
    """
    theirs = F.col(THEIRS)
    values = {name: F.col(name) for name in marked.columns if name not in (THEIRS, TOLD)}
    for name in values:
        if name not in KEPT:
            values[name] = F.when(~theirs, F.col(name))
    values[c.REJECTED_BY] = F.when(theirs, F.lit(ERASED)).otherwise(F.col(c.REJECTED_BY))
    values[c.ROW_TEXT] = F.when(~theirs & ~F.col(TOLD), F.col(c.ROW_TEXT))
    return marked.select(*(value.alias(name) for name, value in values.items()))


def blank_erased(typed: DataFrame, erased: ErasedUsers, *, upper_case: bool = False) -> DataFrame:
    """Typed rows, those of erased people without anything that they said.

    Grain and columns: as ``quarantine.type_rows``. Arguments: as ``mark_erased``.
    """
    if not erased.erasures:
        return typed
    return blank_marked(mark_erased(typed, erased, upper_case=upper_case))


def hide_texts(
    rejected: DataFrame, erased: ErasedUsers, upper_case: Collection[str] = ()
) -> DataFrame:
    """Rejected rows; those that mention an erased person lose their text.

    Args:
        rejected: rows with ``source`` and ``row_text``.
        erased: who was erased.
        upper_case: sources in which ids of users are upper case, whatever their case in the files.
    """
    if not erased.erasures:
        return rejected
    text = F.col(c.ROW_TEXT)
    shown = F.when(F.col(c.SOURCE).isin(*upper_case), F.upper(text)).otherwise(text)
    told = text.isNotNull() & mentions(erased, shown)
    return rejected.withColumn(c.ROW_TEXT, F.when(~told, F.col(c.ROW_TEXT)))
