"""The nodes of data_processing."""

from __future__ import annotations

from personalization.pipelines.data_processing.intake import (
    count_rows,
    note_unsettled_files,
    plan_ingestion,
    settle_files,
    type_taken_rows,
)
from personalization.pipelines.data_processing.publishing import (
    account_for_rows,
    publish_descriptions,
    publish_interactions,
)
from personalization.pipelines.data_processing.rejections import (
    check_rejections,
    collect_rejected_rows,
    find_repeated_rows,
)

__all__ = [
    "account_for_rows",
    "check_rejections",
    "collect_rejected_rows",
    "count_rows",
    "find_repeated_rows",
    "note_unsettled_files",
    "plan_ingestion",
    "publish_descriptions",
    "publish_interactions",
    "settle_files",
    "type_taken_rows",
]
