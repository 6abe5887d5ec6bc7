"""Parameters of data_processing, checked before anything runs."""

from __future__ import annotations

from dataclasses import dataclass, fields

from personalization.contracts.values import require, require_number


@dataclass(frozen=True)
class Limits:
    """How much may be rejected before a run stops without publishing.

    Attributes:
        fault_share: of a source's rows that are broken (malformed, unreadable, out of range).
        rejected_share: of a source's rows rejected for any reason but ``duplicate``.
        file_fault_share: of one file's rows that are broken: a column was retyped.
        file_rows: files with fewer rows are judged with their source only.
        conflicts: rows of a source whose key came earlier with other content.
    """

    fault_share: float = 0.05
    rejected_share: float = 0.5
    file_fault_share: float = 0.5
    file_rows: int = 10
    conflicts: int = 0

    def __post_init__(self) -> None:
        for name in ("fault_share", "rejected_share", "file_fault_share"):
            share = getattr(self, name)
            require_number(share, f"data_processing.limits.{name}")
            require(0 <= share <= 1, f"data_processing.limits.{name}: {share} is not in 0 … 1.")
        require_number(self.file_rows, "data_processing.limits.file_rows", int)
        require(self.file_rows > 0, "data_processing.limits.file_rows must be positive.")
        require_number(self.conflicts, "data_processing.limits.conflicts", int)
        require(self.conflicts >= 0, "data_processing.limits.conflicts is negative.")


@dataclass(frozen=True)
class Batch:
    """The stamps of one run.

    Attributes:
        batch_id: what this run merged carries it.
        ingested_at: moment of the run, UTC, ``yyyy-MM-dd HH:mm:ss``.
    """

    batch_id: str
    ingested_at: str

    def __post_init__(self) -> None:
        require(self.batch_id, "data_processing.batch.batch_id is empty.")


@dataclass(frozen=True)
class InteractionWeights:
    """How much one interaction of a kind says about taste, relative to a purchase."""

    view: float = 0.1
    search_click: float = 0.1
    cart: float = 0.5
    purchase: float = 1.0
    # A return takes nothing back here; models that want it so read the kind.
    returned: float = 0.0

    def __post_init__(self) -> None:
        for item in fields(self):
            weight = getattr(self, item.name)
            require_number(weight, f"data_processing.weights.{item.name}")
            require(weight >= 0, f"data_processing.weights.{item.name}: {weight} is negative.")
