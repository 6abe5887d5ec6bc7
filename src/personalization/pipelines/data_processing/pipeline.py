"""Raw files to the central table, every row accounted for."""

from __future__ import annotations

from kedro.pipeline import Node, Pipeline

from personalization.contracts.schemas import RAW_TABLES
from personalization.pipelines.data_processing import nodes


def create_pipeline() -> Pipeline:
    """Type each source, set rejected rows aside, check the limits, publish, account."""
    raw = {f"raw_{name}": f"raw_{name}" for name in RAW_TABLES}
    typed = {f"int_{name}": f"int_{name}" for name in RAW_TABLES}
    published = {name: name for name in nodes.HOMES}
    batch = "params:data_processing.batch"
    told = {name: typed[name] for name in ("int_events", "int_orders", "int_search_logs")}
    described = {name: typed[name] for name in typed if name != "int_orders"}
    return Pipeline(
        [
            Node(nodes.inspect_files, raw, "source_files", name="inspect_files"),
            *(
                Node(
                    nodes.type_inspected_rows,
                    {"raw": f"raw_{name}", "inspected": "source_files"},
                    f"int_{name}",
                    name=f"type_{name}",
                )
                for name in RAW_TABLES
            ),
            Node(
                nodes.collect_rejected_rows,
                typed,
                "int_rejected_rows",
                name="collect_rejected_rows",
            ),
            Node(
                nodes.check_rejections,
                {
                    "limits": "params:data_processing.limits",
                    "inspected": "source_files",
                    "int_rejected_rows": "int_rejected_rows",
                    **typed,
                },
                "ingestion_counts",
                name="check_rejections",
            ),
            Node(
                nodes.publish_interactions,
                {
                    "counts": "ingestion_counts",
                    "batch": batch,
                    "weights": "params:data_processing.weights",
                    **told,
                },
                "prm_user_item_interactions",
                name="publish_interactions",
            ),
            Node(
                nodes.publish_descriptions,
                {"counts": "ingestion_counts", "batch": batch, **described},
                ["prm_users", "prm_items", "prm_impressions", "prm_searches"],
                name="publish_descriptions",
            ),
            Node(
                nodes.account_for_rows,
                {"counts": "ingestion_counts", "batch": batch, **published},
                "report_ingestion",
                name="account_for_rows",
            ),
        ]
    )
