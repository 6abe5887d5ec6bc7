"""From withheld purchases and recommendations to an honest comparison of models."""

from __future__ import annotations

from typing import Any

from kedro.pipeline import Node, Pipeline

from personalization.pipelines.evaluation import nodes


def measuring_nodes() -> list[Node]:
    """From purchases and recommendations to every user's metrics."""
    windows = {"train": "input_train", "test": "input_test"}
    return [
        Node(
            nodes.find_relevant_items,
            inputs=windows,
            outputs="relevant",
            name="find_relevant_items",
        ),
        Node(
            nodes.describe_windows,
            inputs=windows,
            outputs="evaluation_windows",
            name="describe_windows",
        ),
        Node(
            nodes.score_users,
            inputs={
                "recommendations": "output_holdout_recommendations",
                "relevant": "relevant",
                "options": "params:evaluation.metrics",
            },
            outputs="output_user_metrics",
            name="score_users",
        ),
    ]


def reporting_nodes() -> list[Node]:
    """From every user's metrics to the comparison as data, as text and as a figure."""
    return [
        Node(
            nodes.compare_models,
            inputs={
                "user_metrics": "output_user_metrics",
                "windows": "evaluation_windows",
                "options": "params:evaluation.metrics",
            },
            outputs="report_model_comparison",
            name="compare_models",
        ),
        Node(
            nodes.write_comparison_text,
            inputs={"report": "report_model_comparison"},
            outputs="report_model_comparison_text",
            name="write_comparison_text",
        ),
        Node(
            nodes.draw_model_comparison,
            inputs={"report": "report_model_comparison"},
            outputs="report_model_comparison_figure",
            name="draw_model_comparison",
        ),
    ]


def realism_nodes() -> list[Node]:
    """How the shop looks beside realistic ones and another: data, a figure, a page."""
    return [
        Node(
            nodes.measure_realism,
            inputs={
                "interactions": "prm_user_item_interactions",
                "searches": "prm_searches",
                "ingestion": "report_ingestion",
                "shop": "params:evaluation.realism.shop",
            },
            outputs="report_realism",
            name="measure_realism",
        ),
        Node(
            nodes.draw_realism,
            inputs={"report": "report_realism"},
            outputs="report_realism_figure",
            name="draw_realism",
        ),
        Node(
            nodes.compare_shops,
            inputs={"report": "report_realism", "other": "report_other_realism"},
            outputs="report_realism_comparison",
            name="compare_shops",
        ),
        Node(
            nodes.write_realism_page,
            inputs={"report": "report_realism", "comparison": "report_realism_comparison"},
            outputs="report_realism_page",
            name="write_realism_page",
        ),
    ]


def preset_nodes() -> list[Node]:
    """Parameters of a generated shop that resembles this one."""
    return [
        Node(
            nodes.fit_preset,
            inputs={
                "interactions": "prm_user_item_interactions",
                "items": "prm_items",
                "realism": "report_realism",
                "generation": "params:data_generation.shop",
                "strengths": "params:data_generation.strengths",
            },
            outputs="report_preset_fit",
            name="fit_preset",
        ),
        Node(
            nodes.write_preset,
            inputs={"fit": "report_preset_fit", "shop": "params:evaluation.realism.shop"},
            outputs="report_fitted_preset",
            name="write_preset",
        ),
    ]


def create_pipeline(**_: Any) -> Pipeline:
    """Score every user on withheld purchases, compare the models; look at the shop itself."""
    return Pipeline([*measuring_nodes(), *reporting_nodes(), *realism_nodes(), *preset_nodes()])
