"""Raw files to the central table, every row accounted for."""

from __future__ import annotations

from kedro.pipeline import Node, Pipeline

from personalization.contracts.schemas import RAW_TABLES
from personalization.pipelines.data_processing import nodes
from personalization.pipelines.data_processing.published import HOMES

RAW = {f"raw_{name}": f"raw_{name}" for name in RAW_TABLES}
TYPED = {f"int_{name}": f"int_{name}" for name in RAW_TABLES}
PUBLISHED = {name: name for name in HOMES}
WEIGHTS = "params:data_processing.weights"
ALLOWED = {"counts": "ingestion_counts", "batch": "params:data_processing.batch"}


def type_and_check() -> list[Node]:
    """Type each source, set rejected rows aside, check the limits."""
    return [
        Node(nodes.inspect_files, RAW, "source_files", name="inspect_files"),
        *(
            Node(
                nodes.type_inspected_rows,
                {"raw": f"raw_{name}", "inspected": "source_files"},
                f"int_{name}",
                name=f"type_{name}",
            )
            for name in RAW_TABLES
        ),
        Node(nodes.collect_rejected_rows, TYPED, "int_rejected_rows", name="collect_rejected_rows"),
        Node(
            nodes.check_rejections,
            {
                "limits": "params:data_processing.limits",
                "inspected": "source_files",
                "int_rejected_rows": "int_rejected_rows",
                **TYPED,
            },
            "ingestion_counts",
            name="check_rejections",
        ),
    ]


def publish_and_account() -> list[Node]:
    """Publish what the limits allow, then account for every row."""
    told = {name: name for name in ("int_events", "int_orders", "int_search_logs")}
    described = {name: name for name in TYPED if name != "int_orders"}
    return [
        Node(
            nodes.publish_interactions,
            {**ALLOWED, "weights": WEIGHTS, **told},
            "prm_user_item_interactions",
            name="publish_interactions",
        ),
        Node(
            nodes.publish_descriptions,
            {**ALLOWED, **described},
            ["prm_users", "prm_items", "prm_impressions", "prm_searches"],
            name="publish_descriptions",
        ),
        Node(
            nodes.account_for_rows,
            {**ALLOWED, "weights": WEIGHTS, **TYPED, **PUBLISHED},
            "report_ingestion",
            name="account_for_rows",
        ),
    ]


def create_pipeline() -> Pipeline:
    """Type each source, set rejected rows aside, check the limits, publish, account."""
    return Pipeline([*type_and_check(), *publish_and_account()])
