"""Wiring of data generation."""

from __future__ import annotations

from kedro.pipeline import Node, Pipeline

from personalization.pipelines.data_generation import nodes

GROUPS = [
    f"params:data_generation.{group}"
    for group in ("shop", "strengths", "dirt", "drift", "experiment")
]


def create_pipeline() -> Pipeline:
    """From the parameters over everything that happens to the files of a shop."""
    return Pipeline(
        [
            Node(nodes.draw_world, GROUPS, "world", name="draw_world"),
            Node(nodes.record_parameters, GROUPS, "truth_parameters", name="record_parameters"),
            Node(
                nodes.simulate_happenings, "world", "truth_happenings", name="simulate_happenings"
            ),
            Node(
                nodes.find_best_items,
                ["world", "params:data_generation.shop"],
                "truth_best_items",
                name="find_best_items",
            ),
            Node(
                nodes.describe_injected,
                "world",
                ["truth_drift", "truth_experiment", "truth_experiment_users"],
                name="describe_injected",
            ),
            Node(nodes.list_dirt, ["world", "truth_happenings"], "truth_dirt", name="list_dirt"),
            Node(
                nodes.list_sessions,
                ["world", "truth_happenings"],
                "truth_sessions",
                name="list_sessions",
            ),
            Node(
                nodes.deliver_files,
                ["world", "truth_happenings"],
                ["raw_users", "raw_products", "raw_events", "raw_orders", "raw_search_logs"],
                name="deliver_files",
            ),
        ]
    )
