"""From the central table to fitted models and everybody's recommendations."""

from __future__ import annotations

from kedro.pipeline import Node, Pipeline

from personalization.pipelines.training import nodes
from personalization.pipelines.training.candidates import REASONS


def create_pipeline() -> Pipeline:
    """Split by time, tune on validation, fit for evaluation and for serving, recommend."""
    windows = "params:training.windows"
    learning = {"signals": "input_signals", "options": "params:training.signals"}
    lists = "params:training.lists"
    serving = {name: f"model_{name}" for name in REASONS}
    holdout = {name: f"model_holdout_{name}" for name in REASONS}
    return Pipeline(
        [
            Node(
                nodes.split_interactions,
                {
                    "interactions": "prm_user_item_interactions",
                    "windows": windows,
                    "signals": "params:training.signals",
                },
                {name: f"input_{name}" for name in ("signals", "train", "test")},
                name="split_interactions",
            ),
            Node(
                nodes.tune_als,
                {
                    "signals": "input_signals",
                    "windows": windows,
                    "als": "params:training.als",
                    "tuning": "params:training.tuning",
                },
                ["als_options", "report_tuning"],
                name="tune_als",
            ),
            Node(
                nodes.fit_holdout_models,
                {**learning, "windows": windows, "als": "als_options"},
                holdout,
                name="fit_holdout_models",
            ),
            Node(
                nodes.recommend_for_holdout,
                {"train": "input_train", "test": "input_test", "lists": lists, **holdout},
                "output_holdout_recommendations",
                name="recommend_for_holdout",
            ),
            Node(
                nodes.fit_models_on_all,
                {**learning, "als": "als_options"},
                serving,
                name="fit_models_on_all",
            ),
            Node(
                nodes.recommend_for_all_users,
                {
                    "signals": "input_signals",
                    "described": "prm_users",
                    "lists": lists,
                    "stamp": "params:training.stamp",
                    **serving,
                },
                "output_recommendations",
                name="recommend_for_all_users",
            ),
        ]
    )
