"""What an erasure has found and done, in lines for the person at the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from personalization.erasure.forget import Erased, Look
from personalization.erasure.search import Search
from personalization.erasure.shops_files import ShopsFile

FILES_SHOWN: Final = 50


def tell_look(seen: Look) -> list[str]:
    """What is there of the person."""
    if seen.is_done:
        return ["This person was erased before; nothing is left in the tables."]
    lines = [f"{name}: {number:,} rows" for name, number in sorted(seen.rows.items())]
    files = {one.file for one in seen.found}
    lines.append(f"{len(files):,} files hold the id, older versions of tables among them")
    if seen.derived:
        lines.append(f"Made with the person, to be deleted: {', '.join(seen.derived)}")
    return lines


def tell_shops_files(found: Sequence[ShopsFile]) -> list[str]:
    """Which of the shop's own files hold the person: they are not changed."""
    lines = []
    if found:
        lines.append("The shop's own files are not changed. Delete these rows from them:")
    for one in found[:FILES_SHOWN]:
        if one.problem is not None:
            lines.append(f"  {one.entry}: it cannot be read, look yourself: {one.problem}")
            continue
        more = ", …" if one.rows > len(one.first_rows) else ""
        rows = f"{', '.join(map(str, one.first_rows))}{more}"
        lines.append(f"  {one.entry}, {one.name}: {one.rows:,} rows ({rows})")
    if len(found) > FILES_SHOWN:
        lines.append(f"  … and {len(found) - FILES_SHOWN:,} files more")
    return lines


def tell_erased(erased: Erased) -> list[str]:
    """What was done, and what can no longer be reproduced."""
    lines = [f"erased from {name}: {number:,} rows" for name, number in erased.rows.items()]
    lines += [
        f"{name}: versions before {version} can be read no more"
        for name, version in erased.readable_from.items()
    ]
    lines += [f"{name}: deleted with all its versions" for name in erased.deleted]
    return lines


def tell_search(found: Search) -> list[str]:
    """How much was searched, and where the person stands."""
    lines = [f"{one.file}: {one.hit.place}" for one in found.sure]
    lines += [
        f"{one.file}: {one.hit.place} has the same digits, which may be any number"
        for one in found.found
        if not one.hit.is_sure
    ]
    number = len(found.sure)
    told = "1 hit" if number == 1 else f"{number:,} hits"
    lines.append(f"Searched {found.files:,} files, {found.bytes:,} bytes: {told}.")
    lines.append("Not searched: the shop's own files (01_raw), truth_* of a generated shop.")
    return lines
