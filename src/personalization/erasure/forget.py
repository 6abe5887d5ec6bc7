"""Erasing a person step by step; whoever is killed in between begins again where it was."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Any, Final

import fsspec

from personalization.contracts.errors import ConfigurationError, MissingInputError
from personalization.datasets.erased_users import ErasedUsers, Erasure
from personalization.erasure import accounts, artefacts, rows
from personalization.erasure.holdings import Treatment
from personalization.erasure.past import give_up_past
from personalization.erasure.search import Found, Search, list_files, search
from personalization.erasure.wanted import Wanted

ERASED_USERS: Final = "int_erased_users"
REPEATED, REJECTED = "int_repeated_rows", "int_rejected_rows"
IN_TABLES: Final = (
    *(Treatment.TYPED, Treatment.REJECTED, Treatment.REPEATS),
    *(Treatment.PUBLISHED, Treatment.LEDGER),
)


@dataclass(frozen=True)
class Request:
    """Who is to be erased, and where.

    Attributes:
        user_id: as it stands in the typed tables.
        catalog: of the project.
        data_root: where all layers are.
        shop: folder of the shop in each layer.
        moment: of the request, UTC.
        makers: dataset that is deleted to the pipeline that makes it again.
        announce: told the name of each step before it is done.
    """

    user_id: str
    catalog: Any
    data_root: str
    shop: str
    moment: str
    makers: Mapping[str, str]
    announce: Callable[[str], None] = field(default=lambda _: None)

    @property
    def wanted(self) -> Wanted:
        """What is looked for in files."""
        return Wanted(self.user_id)

    def search(self) -> Search:
        """Read every file of the shop's layers."""
        return search(list_files(self.data_root, self.shop), self.wanted)


@dataclass(frozen=True)
class Look:
    """What is there of a person before anything is changed.

    Attributes:
        known: everybody who was erased before.
        erasure: the person's, to be noted.
        rows: table to rows of the person.
        found: files in which the person stands.
        derived: datasets that were made with the person and are there.
    """

    known: ErasedUsers
    erasure: Erasure
    rows: Mapping[str, int]
    found: tuple[Found, ...]
    derived: tuple[str, ...]

    @property
    def is_nobody(self) -> bool:
        """Whether nothing tells that there ever was such a person.

        A word that stands somewhere is no person; older versions of a table may tell of one.
        """
        noted = any(one.user == self.erasure.user for one in self.known.erasures)
        return not (noted or self.rows or any(one.hit.names_person for one in self.found))

    @property
    def is_done(self) -> bool:
        """Whether the person was erased before and nothing is left to do."""
        noted = [one for one in self.known.erasures if one.user == self.erasure.user]
        return bool(noted) and noted[0].is_finished and not (self.rows or self.sure)

    @property
    def sure(self) -> tuple[Found, ...]:
        """What is found beyond doubt: digits that may be any number are not."""
        return tuple(one for one in self.found if one.hit.is_sure)


def look(request: Request) -> Look:
    """What is there of a person; nothing is changed.

    Raises:
        ConfigurationError: the id is empty, or there is no key to note who was erased.
        MissingInputError: no file was ever taken in.
    """
    if not request.user_id.strip():
        raise ConfigurationError("The USER_ID is empty: give the one of the person to be erased.")
    known: ErasedUsers = request.catalog.load(ERASED_USERS)
    sessions = rows.find_sessions(request.catalog, request.user_id)
    erasure = known.begin(request.user_id, sessions, request.moment)
    if not rows.tables_there(request.catalog, *IN_TABLES):
        raise MissingInputError(
            f"{request.data_root}: no table of '{request.shop}' is there, so that nobody can be "
            "erased: is it another --env or --data-root?"
        )
    return Look(
        known=known,
        erasure=erasure,
        rows=rows.count_rows(request.catalog, known.only(erasure)),
        found=request.search().found,
        derived=tuple(artefacts.find_derived(request.catalog)),
    )


@dataclass(frozen=True)
class Erased:
    """What was erased.

    Attributes:
        rows: table to rows that were deleted or left without content.
        readable_from: table to the first version of it that can still be read.
        deleted: datasets that were deleted.
        to_run: pipelines that make them again.
    """

    rows: Mapping[str, int]
    readable_from: Mapping[str, int]
    deleted: tuple[str, ...]
    to_run: tuple[str, ...]


def forget(request: Request, seen: Look) -> Erased:
    """Erase a person from tables, reports and whatever was made of them.

    The intent is noted first. Each step may be done again, so that a second call finishes what a
    first one began.
    """
    catalog = request.catalog
    there = rows.tables_there(catalog, *IN_TABLES)
    in_files = [name for name, folder in there.items() if stands_in(folder, seen, request)]
    touched = {*seen.rows, *in_files, *seen.erasure.open_tables}
    if touched:  # what follows from typed rows is looked at with them
        touched |= {name for name in (REPEATED, REJECTED) if name in there}
    makers = {request.makers[name] for name in seen.derived}
    erasure = replace(
        seen.erasure,
        open_tables=tuple(sorted(touched)),
        to_run=tuple(sorted({*seen.erasure.to_run, *makers})),
    )
    request.announce("note")
    note(request, erasure)
    changed = erase_rows(request, seen, there)
    request.announce("report")
    accounts.clean_report(catalog, request.wanted)
    request.announce("derived")
    for name in seen.derived:
        artefacts.delete(catalog.get(name))
    since = {}
    for name in erasure.open_tables:
        request.announce(f"past of {name}")
        since[name] = give_up_past(there[name], request.moment)
    request.announce("settle")
    note(request, replace(erasure, open_tables=(), is_finished=True))
    return Erased(changed, since, seen.derived, erasure.to_run)


def erase_rows(request: Request, seen: Look, there: Mapping[str, str]) -> dict[str, int]:
    """Table to rows that were deleted or left without content."""
    catalog, erased = request.catalog, seen.known.only(seen.erasure)
    changed: dict[str, int] = {}
    typed = rows.tables_there(catalog, Treatment.TYPED)
    for name in (one for one in typed if one in seen.rows):
        request.announce(name)
        changed[name] = rows.blank_typed(catalog, name, erased)
    places = rows.erased_rows(catalog, typed)
    if REPEATED in there:
        request.announce(REPEATED)
        changed[REPEATED] = rows.delete_repeats(catalog, REPEATED, places)
    if REJECTED in there:
        request.announce(REJECTED)
        entries = accounts.read_entries(catalog)
        accepted = [one.version for one in entries if one.version is not None]
        changed[REJECTED] = rows.blank_rejected(catalog, REJECTED, places, erased, accepted)
    request.announce("ledger")
    accounts.recount(catalog, rows.versions_with(places))
    published = rows.tables_there(catalog, Treatment.PUBLISHED)
    for name in (one for one in published if one in seen.rows):
        request.announce(name)
        changed[name] = rows.delete_published(catalog, name, erased)
    return {name: number for name, number in changed.items() if number}


def stands_in(folder: str, seen: Look, request: Request) -> bool:
    """Whether the person stands in a file of a table, in whichever version of it."""
    root, table = (fsspec.core.url_to_fs(one)[1] for one in (request.data_root, folder))
    below = str(PurePosixPath(table).relative_to(root))
    return any(one.file.startswith(f"{below}/") for one in seen.sure)


def note(request: Request, erasure: Erasure) -> None:
    """Note how far an erasure is, beside those of others."""
    known: ErasedUsers = request.catalog.load(ERASED_USERS)
    request.catalog.save(ERASED_USERS, known.note(erasure))


def note_run(request: Request, pipeline: str) -> None:
    """Note that what a pipeline makes is there again."""
    known: ErasedUsers = request.catalog.load(ERASED_USERS)
    erasure = known.find(request.user_id)
    if erasure is not None:
        left = tuple(one for one in erasure.to_run if one != pipeline)
        request.catalog.save(ERASED_USERS, known.note(replace(erasure, to_run=left)))
