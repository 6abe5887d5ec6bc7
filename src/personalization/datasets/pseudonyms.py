"""Who somebody is stays in the shop's files: what leaves them is a keyed hash.

HMAC-SHA-256 (RFC 2104): the same text gives the same pseudonym under one key, so that accounts
with the same e-mail address are seen to have it; without the key nobody can try addresses out.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from personalization.contracts.sources import SourceDescription
from personalization.contracts.values import PADDING
from personalization.datasets.received import Record

PSEUDONYM_CHARACTERS: Final = 32  # 128 bits, in hex
NOT_SHOWN: Final = "(not shown: the file holds personal data)"


def make_pseudonym(text: str, key: str) -> str | None:
    """Keyed hash of a text, padding and case aside; None where nothing is left of it.

    >>> make_pseudonym(" A@b.org ", "k") == make_pseudonym("a@b.org", "k")
    True
    >>> make_pseudonym("a@b.org", "other") == make_pseudonym("a@b.org", "k")
    False
    """
    plain = text.strip(PADDING).casefold()
    if not plain:
        return None
    digest = hmac.new(key.encode(), plain.encode("utf-8", "surrogatepass"), "sha256").hexdigest()
    return digest[:PSEUDONYM_CHARACTERS]


@dataclass(frozen=True)
class Pseudonyms:
    """Replaces what is personal in the records of one source.

    Attributes:
        description: of the source.
        key: of the hashes; None leaves out what is personal.
    """

    description: SourceDescription
    key: str | None = field(default=None, repr=False)

    @property
    def mark(self) -> str:
        """What differs where other pseudonyms come of the same text; it gives no key away."""
        if not self.places or self.key is None:
            return ""
        return hmac.new(self.key.encode(), b"", "sha256").hexdigest()[:PSEUDONYM_CHARACTERS]

    @cached_property
    def places(self) -> tuple[int, ...]:
        """Places of the personal columns among the fields that are read."""
        places = self.description.places
        personal = (ours for ours in self.description.raw_table.personal if ours in places)
        return tuple(place for ours in personal for place in places[ours])

    def hide(self, record: Record) -> Record:
        """The record with pseudonyms, its text not shown where any of it is personal.

        A broken row may have a name in any of its columns, so that none of them is shown.
        """
        if not self.description.holds_personal_data:
            return record
        fields = list(record.fields)
        for place in self.places if fields else ():
            fields[place] = self._pseudonym(fields[place])
        return record._replace(text=NOT_SHOWN, fields=tuple(fields))

    def _pseudonym(self, told: str | None) -> str | None:
        if told is None or self.key is None or told.strip(PADDING) in self.description.null_values:
            return None
        return make_pseudonym(told, self.key)
