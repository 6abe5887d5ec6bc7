"""Which files a run takes: those that are new or changed, and those of days to rebuild."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from personalization.contracts.errors import SourceFileError
from personalization.datasets.erased_users import NOBODY, ErasedUsers
from personalization.datasets.file_facts import FileFacts, number_version
from personalization.datasets.raw_rows import RawFiles
from personalization.pipelines.data_processing.ledger import Entry
from personalization.pipelines.data_processing.options import Batch, Rebuilt

# Raise these where the code makes other rows of the same files and options.
READER_VERSION: Final = 4
DERIVATION_VERSION: Final = 2
HASH_DIGITS: Final = 16


@dataclass(frozen=True)
class Ways:
    """How a run reads files and derives days, as far as the choice of files depends on it.

    Attributes:
        read_by: source to the hash of its description and rules.
        derived_by: hash of the options by which days are derived.
        rebuilt: days to rebuild whatever the ledger says.
    """

    read_by: Mapping[str, str]
    derived_by: str
    rebuilt: Rebuilt


@dataclass(frozen=True)
class Taken:
    """A file that this run reads.

    Attributes:
        source: the raw table it belongs to.
        facts: of the file now; its version is that of its rows.
        before: its line of the ledger, None for a file that is new.
    """

    source: str
    facts: FileFacts
    before: Entry | None


@dataclass(frozen=True)
class Plan:
    """What a run is going to do.

    Attributes:
        batch: the stamps of the run.
        taken: files to read, by source and name.
        withdrawn: files that a run began with and that are there no more.
        kept: lines of the ledger of all other files.
        touched: those of ``kept`` whose file was written again with the same content.
        read_by: source to the hash of how it is read.
        derived_by: hash of how days are derived.
        derives_all: whether every day is derived anew, because it was derived otherwise.
        first_rows: rows of each file that are read; None: all.
        erased: people who were erased: their rows are rejected, whatever they say.
        corrected: sources of which the row holds that was delivered last with its key.
    """

    batch: Batch
    taken: tuple[Taken, ...]
    withdrawn: tuple[Entry, ...]
    kept: tuple[Entry, ...]
    touched: tuple[Entry, ...]
    read_by: Mapping[str, str]
    derived_by: str
    derives_all: bool
    first_rows: int | None = None
    erased: ErasedUsers = NOBODY
    corrected: frozenset[str] = frozenset()

    @property
    def has_work(self) -> bool:
        """Whether anything published can change."""
        return bool(self.taken or self.withdrawn or self.derives_all)

    @property
    def is_first(self) -> bool:
        """Whether no run has come as far as the ledger yet."""
        known = (*self.kept, *self.withdrawn, *(one.before for one in self.taken if one.before))
        return not known

    def files_of(self, source: str) -> list[FileFacts]:
        """The files of one source that are read."""
        return [one.facts for one in self.taken if one.source == source]

    def published(self, source: str) -> list[int]:
        """Versions that are published before this run."""
        every = (*self.kept, *self.withdrawn, *(one.before for one in self.taken))
        return [e.version for e in every if e and e.source == source and e.version is not None]

    def accepted(self, source: str) -> list[int]:
        """Versions that are published after this run."""
        kept = (*self.kept, *self.withdrawn)
        versions = [e.version for e in kept if e.source == source and e.version is not None]
        return [*versions, *(one.version for one in self.files_of(source))]


def hash_options(*options: object) -> str:
    """Hash of options by what they say; equal for equal options, in every process."""
    return hashlib.sha256(repr(options).encode("utf-8", "surrogateescape")).hexdigest()[
        :HASH_DIGITS
    ]


def number(facts: FileFacts, source: str, read_by: str) -> FileFacts:
    """The facts with the number of this version of the file."""
    return replace(facts, version=number_version(source, facts.name, facts.sha256, read_by))


def needs_a_look(
    raw: RawFiles, before: Mapping[str, Entry], read_by: str, rebuilt: Rebuilt
) -> list[int]:
    """Places in ``raw.listed`` of the files that may not be what is published."""
    places = []
    for place, one in enumerate(raw.listed):
        entry = before.get(one.name)
        known = (
            entry is not None
            and entry.is_settled
            and entry.fingerprint == one.fingerprint
            and entry.read_by == read_by
            and not rebuilt.concerns(entry.days)
        )
        if not known:
            places.append(place)
    return places


def window(days: Collection[date]) -> str:
    """The parameter of a run that rebuilds days.

    >>> window({date(2026, 5, 3), date(2026, 5, 1)})
    '--params=from=2026-05-01,to=2026-05-03'
    """
    first, last = (min(days), max(days)) if days else ("YYYY-MM-DD", "YYYY-MM-DD")
    return f"--params=from={first},to={last}"


def refuse_other_content(one: Taken, batch: Batch, *, corrects: bool) -> None:
    """Stop where a file has other content than was published under its name, if it may not.

    Raises:
        SourceFileError: naming the file and both hashes.
    """
    before, now = one.before, one.facts
    if before is None or before.sha256 is None or before.sha256 == now.sha256:
        return
    hashes = f"SHA-256 {before.sha256} before, {now.sha256} now"
    if before.batch_id == batch.batch_id:
        raise SourceFileError(
            f"raw_{one.source}, file {now.name}: batch '{batch.batch_id}' was ingested before with "
            f"other content ({hashes}). Nothing was written. Give the new content a batch_id of "
            "its own."
        )
    brought_something = bool(before.good)
    if brought_something and not corrects:
        raise SourceFileError(
            f"raw_{one.source}, file {now.name}: it was ingested before with other content "
            f"({hashes}). Nothing was written. If it is a correction, rebuild its days with "
            f"{window(before.days)}, or say 'changed_files: correct' in the catalog entry; "
            "otherwise deliver the rows under a new name."
        )


def plan_files(
    source: str, raw: RawFiles, before: Mapping[str, Entry], read_by: str, rebuilt: Rebuilt
) -> tuple[list[Taken], list[Entry]]:
    """Files of one source to read; lines of files with a new fingerprint and the same content.

    Raises:
        SourceFileError: a file cannot be read, or lacks a column.
    """
    listed = [raw.listed[place] for place in needs_a_look(raw, before, read_by, rebuilt)]
    taken, touched = [], []
    for looked in raw.look_at(listed):
        facts = number(looked, source, read_by)
        entry = before.get(facts.name)
        same = entry is not None and entry.is_settled and entry.version == facts.version
        if entry is not None and same and not rebuilt.concerns(entry.days):
            touched.append(replace(entry, fingerprint=facts.fingerprint))
        else:
            taken.append(Taken(source, facts, entry))
    return taken, touched


def keep_new(raw: Mapping[str, RawFiles], ledger: list[Entry], ways: Ways) -> dict[str, RawFiles]:
    """The same sources as if they had only the files that a run would look at."""
    kept = {}
    for source, files in raw.items():
        before = {one.name: one for one in ledger if one.source == source}
        places = needs_a_look(files, before, ways.read_by[source], ways.rebuilt)
        kept[source] = replace(files, listed=tuple(files.listed[place] for place in places))
    return kept


def plan_run(raw: Mapping[str, RawFiles], ledger: list[Entry], batch: Batch, ways: Ways) -> Plan:
    """Decide which files a run takes.

    Args:
        raw: the files of every source.
        ledger: what is published.
        batch: the stamps of the run.
        ways: how files are read and days derived.

    Raises:
        SourceFileError: a file cannot be read, or may not have the content that it has.
    """
    taken: list[Taken] = []
    touched: list[Entry] = []
    withdrawn: list[Entry] = []
    for source, files in raw.items():
        before = {one.name: one for one in ledger if one.source == source}
        found, again = plan_files(source, files, before, ways.read_by[source], ways.rebuilt)
        for one in found:
            asked = one.before is not None and ways.rebuilt.concerns(one.before.days)
            corrects = files.description.corrects or asked
            refuse_other_content(one, batch, corrects=corrects)
        there = {one.name for one in files.listed}
        taken += found
        touched += again
        withdrawn += [
            one for one in before.values() if not one.is_settled and one.name not in there
        ]
    published = [one for one in ledger if one.version is not None]
    done = {(one.source, one.facts.name) for one in taken}
    done |= {(one.source, one.name) for one in (*touched, *withdrawn)}
    kept = (*touched, *(one for one in ledger if (one.source, one.name) not in done))
    return Plan(
        batch=batch,
        taken=tuple(taken),
        withdrawn=tuple(withdrawn),
        kept=kept,
        touched=tuple(touched),
        read_by=ways.read_by,
        derived_by=ways.derived_by,
        derives_all=any(one.derived_by != ways.derived_by for one in published) or not published,
    )
