"""What an erasure has found and done, in lines for the person at the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from personalization.erasure.forget import Erased, Look
from personalization.erasure.search import Search
from personalization.erasure.shops_files import ShopsFile

STEPS: Final = {
    "note": "noting who is erased",
    "ledger": "the ledger, counted anew",
    "report": "examples in report_ingestion",
    "derived": "what was made with the person",
    "settle": "noting that it is done",
}


def tell_look(seen: Look) -> list[str]:
    """What is there of the person."""
    if seen.is_done:
        return ["This person was erased before; nothing is left in the tables."]
    lines = [f"{name}: {number:,} rows" for name, number in sorted(seen.rows.items())]
    files = {one.file for one in seen.sure}
    lines.append(f"{len(files):,} files hold the id, older versions of tables among them")
    if seen.derived:
        lines.append(f"Made with the person, to be deleted: {', '.join(seen.derived)}")
    return lines


def tell_step(step: str) -> str:
    """What a step of an erasure does.

    >>> tell_step("note"), tell_step("int_orders"), tell_step("past of int_orders")
    ('noting who is erased', 'int_orders', 'past of int_orders')
    """
    return STEPS.get(step, step)


def tell_ranges(numbers: Sequence[int]) -> str:
    """Numbers in order, neighbours joined.

    >>> tell_ranges([2, 3, 4, 8, 10, 11])
    '2-4, 8, 10-11'
    """
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(f"{one[0]}-{one[-1]}" if len(one) > 1 else f"{one[0]}" for one in runs)


def tell_shops_files(found: Sequence[ShopsFile]) -> list[str]:
    """Which of the shop's own files hold the person: they are not changed."""
    lines = []
    if found:
        lines.append(
            "The shop's own files are not changed. Delete these rows from them; files that were "
            "changed are read again by a run with --params=from=…,to=… over their days, or where "
            "their entry says changed_files: correct."
        )
    for one in found:
        if one.problem is not None:
            lines.append(f"  {one.entry}: it cannot be read, look yourself: {one.problem}")
            continue
        told = [f"{len(one.theirs):,} rows ({tell_ranges(one.theirs)})"] if one.theirs else []
        if one.mentioning:
            others = f"{len(one.mentioning):,} rows of others ({tell_ranges(one.mentioning)})"
            told.append(f"mentioned in {others}")
        lines.append(f"  {one.entry}, {one.name}: {', '.join(told)}")
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
