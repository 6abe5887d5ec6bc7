"""Raw files to the central table, every row accounted for."""

from __future__ import annotations

from kedro.pipeline import Node, Pipeline

from personalization.contracts.schemas import RAW_TABLES
from personalization.pipelines.data_processing import nodes
from personalization.pipelines.data_processing.published import HOMES

RAW = {f"raw_{name}": f"raw_{name}" for name in RAW_TABLES}
TYPED = {f"int_{name}": f"int_{name}" for name in RAW_TABLES}
REPEATS = {"int_repeated_rows": "int_repeated_rows"}
REJECTED = {"int_rejected_rows": "int_rejected_rows"}
BEFORE = {"int_rejected_rows_before": "int_rejected_rows_before"}
PUBLISHED = {name: name for name in HOMES}
RULES = "params:data_processing.rules"
DERIVATION = "params:data_processing.derivation"
PLANNED = {"plan": "ingestion_plan", "scope": "ingestion_scope"}
ALLOWED = {**PLANNED, "allowed": "ingestion_allowed"}


def plan_and_type() -> list[Node]:
    """Choose the files, type their rows, count them, note what is going to be touched."""
    options = {
        "batch": "params:data_processing.batch",
        "intake": "params:data_processing.intake",
        "rules": RULES,
        "derivation": DERIVATION,
    }
    return [
        Node(
            nodes.plan_ingestion,
            {"ledger": "int_ingested_files_before", "erased": "int_erased_users", **options, **RAW},
            "ingestion_plan",
            name="plan_ingestion",
        ),
        *(
            Node(
                nodes.type_taken_rows,
                {"plan": "ingestion_plan", "rules": RULES, "raw": f"raw_{name}"},
                f"int_{name}",
                name=f"type_{name}",
            )
            for name in RAW_TABLES
        ),
        Node(
            nodes.count_rows,
            {"plan": "ingestion_plan", **RAW, **TYPED},
            ["ingestion_counts", "ingestion_scope"],
            name="count_rows",
        ),
        Node(
            nodes.note_unsettled_files,
            {"plan": "ingestion_plan", "counts": "ingestion_counts"},
            "int_unsettled_files",
            name="note_unsettled_files",
        ),
    ]


def reject_and_check() -> list[Node]:
    """Find rows that repeat others, set rejected rows aside, check the limits."""
    return [
        Node(
            nodes.find_repeated_rows,
            {**PLANNED, "derivation": DERIVATION, **TYPED},
            "int_repeated_rows",
            name="find_repeated_rows",
        ),
        Node(
            nodes.collect_rejected_rows,
            {**PLANNED, **RAW, **TYPED, **REPEATS, **BEFORE},
            "int_rejected_rows",
            name="collect_rejected_rows",
        ),
        Node(
            nodes.check_rejections,
            {
                **PLANNED,
                "limits": "params:data_processing.limits",
                "rules": RULES,
                "counts": "ingestion_counts",
                **REPEATS,
                **REJECTED,
            },
            "ingestion_allowed",
            name="check_rejections",
        ),
    ]


def publish_and_account() -> list[Node]:
    """Publish what the limits allow, account for every row, close the ledger."""
    dated = {name: name for name in ("int_events", "int_orders", "int_search_logs")}
    described = {name: name for name in TYPED if name != "int_orders"}
    noted = {"int_unsettled_files": "int_unsettled_files"}
    return [
        Node(
            nodes.publish_interactions,
            {**ALLOWED, "derivation": DERIVATION, **dated, **REPEATS, **noted},
            "prm_user_item_interactions",
            name="publish_interactions",
        ),
        Node(
            nodes.publish_descriptions,
            {**ALLOWED, **described, **REPEATS, **noted},
            ["prm_users", "prm_items", "prm_impressions", "prm_searches"],
            name="publish_descriptions",
        ),
        Node(
            nodes.account_for_rows,
            {**ALLOWED, **TYPED, **REPEATS, **REJECTED, **PUBLISHED},
            ["report_ingestion", "report_ingestion_text"],
            name="account_for_rows",
        ),
        Node(
            nodes.settle_files,
            {
                "plan": "ingestion_plan",
                "allowed": "ingestion_allowed",
                "report": "report_ingestion",
            },
            "report_ingested_files",
            name="settle_files",
        ),
    ]


def create_pipeline() -> Pipeline:
    """Choose files, type their rows, check the limits, publish, account."""
    return Pipeline([*plan_and_type(), *reject_and_check(), *publish_and_account()])
