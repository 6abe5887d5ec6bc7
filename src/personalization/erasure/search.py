"""Looking for a person in every file of a shop's layers: the proof of an erasure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Final, NamedTuple

import fsspec

from personalization.erasure.contents import find_in
from personalization.erasure.wanted import Hit, Wanted

RAW_LAYER: Final = "01_raw"
TRUTH: Final = "truth_"


class Found(NamedTuple):
    """A file in which the person stands.

    Attributes:
        file: its path below the data root.
        hit: where in it.
    """

    file: str
    hit: Hit


@dataclass(frozen=True)
class Search:
    """What a search has looked at and found.

    Attributes:
        files: how many were read.
        bytes: that they have.
        found: where the person stands.
    """

    files: int
    bytes: int
    found: tuple[Found, ...]

    @property
    def sure(self) -> tuple[Found, ...]:
        """What is found beyond doubt."""
        return tuple(one for one in self.found if one.hit.is_sure)


def is_searched(path: PurePosixPath, shop: str) -> bool:
    """Whether a file below the data root may hold nothing of a person who was erased.

    The shop's own files and the truth of a generated shop are left out, and so are the folders of
    other shops, where the same id is somebody else.

    >>> is_searched(PurePosixPath("03_primary/mine/prm_users/a.parquet"), "mine")
    True
    >>> is_searched(PurePosixPath("03_primary/yours/prm_users/a.parquet"), "mine")
    False
    >>> is_searched(PurePosixPath("08_reporting/mine/truth_dirt/a.parquet"), "mine")
    False
    """
    if path.parts[0] == RAW_LAYER or any(part.startswith(TRUTH) for part in path.parts):
        return False
    in_a_layer = path.parts[0][:2].isdigit() and len(path.parts) > 2  # noqa: PLR2004 - layer, shop
    return not in_a_layer or path.parts[1] == shop


def list_files(data_root: str, shop: str) -> Iterator[tuple[Any, str, str]]:
    """File system, full path and path below the data root of every file that is searched."""
    system, root = fsspec.core.url_to_fs(data_root)
    for path in sorted(system.find(root, withdirs=False)):
        below = str(PurePosixPath(path).relative_to(root))
        if is_searched(PurePosixPath(below), shop):
            yield system, path, below


def search(files: Iterable[tuple[Any, str, str]], wanted: Wanted) -> Search:
    """Read every file to its last byte and say where the person stands.

    Args:
        files: as ``list_files`` gives them.
        wanted: the identifier.
    """
    number, size = 0, 0
    found: list[Found] = []
    for system, path, below in files:
        content = system.cat_file(path)
        number, size = number + 1, size + len(content)
        if wanted.is_in_text(below):
            found.append(Found(below, Hit("its name")))
        found += [Found(below, hit) for hit in find_file(content, wanted)]
    return Search(number, size, tuple(found))


def find_file(content: bytes, wanted: Wanted) -> list[Hit]:
    """Places of one file; one that cannot be read as what it seems to be is searched as bytes."""
    try:
        return list(find_in(content, wanted))
    except Exception as error:  # noqa: BLE001 - whatever damage makes of Parquet, gzip, ZIP, NumPy
        told = [Hit(f"it cannot be read ({type(error).__name__}: {error}), so nothing is proven")]
        return [*told, *([Hit("its bytes")] if wanted.is_in_bytes(content) else [])]
