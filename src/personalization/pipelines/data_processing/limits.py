"""When too much is rejected to publish anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from personalization.contracts.checks import (
    DUPLICATE,
    ERASED,
    KIND_NOT_USED,
    NEAR_DUPLICATE,
    OF_ANOTHER_TABLE,
    SUPERSEDED,
)
from personalization.contracts.errors import RejectedShareError
from personalization.pipelines.data_processing.accounting import (
    REASONS_SHOWN,
    FileCounts,
    add_reasons,
)
from personalization.pipelines.data_processing.options import Limits

# Rejections that no limit counts: delivered twice, of a kind that the description sets aside, told
# again by a later dump, or of people who were erased.
EXPECTED: Final = (DUPLICATE, NEAR_DUPLICATE, KIND_NOT_USED, OF_ANOTHER_TABLE, SUPERSEDED, ERASED)


def share(part: int, whole: int) -> float:
    """``part`` of ``whole``; 0 of nothing."""
    return part / whole if whole else 0.0


def refuse(what: str, rows: int, files: list[FileCounts], limit: str) -> RejectedShareError:
    """The error for a limit that is passed: what, how much, why, where, and what to do."""
    received = sum(one.received for one in files)
    reasons = list(add_reasons(files).items())[:REASONS_SHOWN]
    told = ", ".join(f"{reason} {n}" for reason, n in reasons)
    return RejectedShareError(
        f"{what}: {rows} of {received} rows cannot be used ({told}); the limit is {limit}.",
        "Nothing was published. Rejected rows stand in 'int_rejected_rows' with file, row and "
        "reason. Mend the files or their description, or raise data_processing.limits.",
    )


def check_limits(
    counts: list[FileCounts], limits: Limits, business: Mapping[str, frozenset[str]]
) -> None:
    """Stop the run where more is rejected than the shop allows.

    Args:
        counts: rows of the files that were read.
        limits: shares.
        business: source to the reasons that are no faults.

    Raises:
        RejectedShareError: naming source or file, reasons and limit.
    """
    for one in counts:
        if one.received >= limits.file_rows and (
            share(one.faults(business), one.received) > limits.file_fault_share
        ):
            limit = f"file_fault_share {limits.file_fault_share:g}"
            raise refuse(f"{one.source}, file {one.facts.name}", one.faults(business), [one], limit)
    for source in dict.fromkeys(one.source for one in counts):
        files = [one for one in counts if one.source == source]
        received = sum(one.received for one in files)
        faults = sum(one.faults(business) for one in files)
        if share(faults, received) > limits.fault_share:
            raise refuse(source, faults, files, f"fault_share {limits.fault_share:g}")
        rejected = sum(n for r, n in add_reasons(files).items() if r not in EXPECTED)
        if share(rejected, received) > limits.rejected_share:
            raise refuse(source, rejected, files, f"rejected_share {limits.rejected_share:g}")


def check_conflicts(found: Mapping[str, Mapping[str, int]], limits: Limits) -> None:
    """Stop the run where too many keys came earlier with other content.

    Args:
        found: source to file to rows in conflict that the files of this run have brought about.
        limits: ``conflicts`` counts.

    Raises:
        RejectedShareError: naming source and files.
    """
    for source, files in found.items():
        rows = sum(files.values())
        if rows > limits.conflicts:
            names = sorted(files)
            more = f" and {len(names) - 1} more" if len(names) > 1 else ""
            raise RejectedShareError(
                f"{source}, file {names[0]}{more}: a key came earlier with other content in "
                f"{rows} {'row' if rows == 1 else 'rows'}; the limit is conflicts "
                f"{limits.conflicts}.",
                "Nothing was published. The rows stand in 'int_rejected_rows' as key_conflict. "
                "Mend the files; or say in the catalog entry what tells rows apart ('key'), or "
                "that later files correct earlier ones ('changed_rows: correct'); or raise "
                "data_processing.limits.conflicts: then what came first holds.",
            )
