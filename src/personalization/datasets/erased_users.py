"""People who were erased, by keyed hash: so that no file brings them back.

Nothing here says who they were: user and session are HMAC-SHA-256 under a key that is derived from
that of the pseudonyms. Without this key nobody can tell whether a given user is among them.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import fsspec
from kedro.io import AbstractDataset

from personalization.contracts.errors import ConfigurationError
from personalization.datasets.locks import local_path
from personalization.spark.keyed_hashes import keyed_hash

PURPOSE: Final = b"erased users"  # another key than that of the pseudonyms
NO_KEY: Final = (
    "conf/local/credentials.yml has no key for pseudonyms: without it people who were erased "
    "cannot be told from others. 'make setup' writes one where there is none; where people were "
    "erased before, put back the key of that time."
)


@dataclass(frozen=True)
class Erasure:
    """One person who was erased.

    Attributes:
        user: keyed hash of the user's id.
        characters: of the id, so that it can be looked for in a text.
        sessions: keyed hashes of the sessions in which the person was logged in, with their days.
        begun_at: moment at which it was asked for, UTC.
        is_finished: whether no table holds the person any more.
        open_tables: tables of which older versions may hold the person.
        to_run: pipelines whose results were deleted and are not there again yet.
    """

    user: str
    characters: int
    sessions: tuple[str, ...] = ()
    begun_at: str = ""
    is_finished: bool = False
    open_tables: tuple[str, ...] = ()
    to_run: tuple[str, ...] = ()


@dataclass(frozen=True)
class ErasedUsers:
    """All people who were erased, and the key that tells them.

    Attributes:
        erasures: one for each person.
        key: of the hashes; None where there is none on this machine.
    """

    erasures: tuple[Erasure, ...] = ()
    key: bytes | None = field(default=None, repr=False)

    @property
    def sure_key(self) -> bytes:
        """The key.

        Raises:
            ConfigurationError: there is none.
        """
        if self.key is None:
            raise ConfigurationError(NO_KEY)
        return self.key

    @cached_property
    def users(self) -> frozenset[str]:
        """Hashes of the users."""
        return frozenset(one.user for one in self.erasures)

    @cached_property
    def sessions(self) -> frozenset[str]:
        """Hashes of their sessions."""
        return frozenset(session for one in self.erasures for session in one.sessions)

    @property
    def lengths(self) -> tuple[int, ...]:
        """Numbers of characters that their ids have."""
        return tuple(sorted({one.characters for one in self.erasures}))

    @property
    def is_finished(self) -> bool:
        """Whether no erasure was begun and not brought to its end."""
        return all(one.is_finished for one in self.erasures)

    def find(self, user_id: str) -> Erasure | None:
        """The erasure of a user; None where there was none."""
        user = keyed_hash(user_id, self.sure_key)
        return next((one for one in self.erasures if one.user == user), None)

    def begin(self, user_id: str, sessions: Iterable[str], moment: str) -> Erasure:
        """An erasure to be noted; one that was begun before goes on with the sessions it had."""
        before = self.find(user_id)
        hashes = {keyed_hash(session, self.sure_key) for session in sessions}
        hashes |= set(before.sessions if before else ())
        begun_at = before.begun_at if before else moment
        return Erasure(
            user=keyed_hash(user_id, self.sure_key),
            characters=len(user_id),
            sessions=tuple(sorted(hashes)),
            begun_at=begun_at,
            open_tables=before.open_tables if before else (),
            to_run=before.to_run if before else (),
        )

    def only(self, erasure: Erasure) -> ErasedUsers:
        """As if one person had been erased."""
        return replace(self, erasures=(erasure,))

    def note(self, erasure: Erasure) -> ErasedUsers:
        """All erasures with this one in the place of the one before of the same user."""
        others = (one for one in self.erasures if one.user != erasure.user)
        return replace(self, erasures=(*others, erasure))


NOBODY: Final = ErasedUsers()


def derive_key(key: str) -> bytes:
    """The key of these hashes out of that of the pseudonyms."""
    return hmac.new(key.encode(), PURPOSE, "sha256").digest()


class ErasedUsersDataset(AbstractDataset[ErasedUsers, ErasedUsers]):
    """``ErasedUsersDataset`` keeps the people who were erased in a JSON file.

    A save replaces the file in one step.

    Examples:
        Using the YAML API:

        ```yaml
        int_erased_users:
          type: personalization.datasets.erased_users.ErasedUsersDataset
          filepath: data/02_intermediate/generated/erased_users.json
          credentials: pseudonyms
        ```
    """

    def __init__(
        self,
        *,
        filepath: str,
        credentials: dict[str, Any] | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        """Creates a new instance of ``ErasedUsersDataset``.

        Args:
            filepath: of the file: a path, or a URL that fsspec can write.
            credentials: ``key`` of the pseudonyms.
            metadata: ignored by Kedro; for plugins.
        """
        self._filepath = filepath
        told = (credentials or {}).get("key")
        self._key = derive_key(str(told)) if told else None
        self.metadata = metadata
        self._fs, self._path = fsspec.core.url_to_fs(filepath)

    def load(self) -> ErasedUsers:
        """Who was erased; nobody where there is no file.

        Raises:
            ConfigurationError: the key is missing or is not the one of the hashes, or the file
                cannot be read.
        """
        if not self._exists():
            return ErasedUsers(key=self._key)
        try:
            told = json.loads(self._fs.cat_file(self._path))
            erasures = tuple(read_erasure(one) for one in told["erasures"])
            mark = told["key_mark"]
        except (ValueError, KeyError, TypeError) as error:
            raise ConfigurationError(
                f"{self._filepath}: who was erased cannot be read ({error}). Bring the file back "
                "from a backup: without it erased people would come back with the next file."
            ) from error
        users = ErasedUsers(erasures, self._key)
        if keyed_hash("", users.sure_key) != mark:
            raise ConfigurationError(
                f"{self._filepath}: people were erased under another key than the one in "
                "conf/local/credentials.yml, so that they cannot be told from others. Put back the "
                "key of that time."
            )
        return users

    def save(self, data: ErasedUsers) -> None:
        """Replace the file.

        Raises:
            ConfigurationError: there is no key.
        """
        told = {
            "key_mark": keyed_hash("", data.sure_key),
            "erasures": [asdict(one) for one in data.erasures],
        }
        content = (json.dumps(told, indent=2) + "\n").encode()
        folder = local_path(self._filepath)
        if folder is None:
            self._fs.pipe_file(self._path, content)
            return
        path = Path(self._path)
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f"{path.name}.new")
        beside.write_bytes(content)
        beside.replace(path)

    def _exists(self) -> bool:
        return bool(self._fs.exists(self._path))

    def _describe(self) -> dict[str, Any]:
        return {"filepath": self._filepath}


def read_erasure(told: dict[str, Any]) -> Erasure:
    """The erasure that a JSON object holds."""
    lists = {name: tuple(told[name]) for name in ("sessions", "open_tables", "to_run")}
    return Erasure(**{**told, **lists})
