"""From the central table to fitted models and everybody's recommendations."""

from __future__ import annotations

from kedro.pipeline import Node, Pipeline

from personalization.pipelines.training import nodes
from personalization.pipelines.training.candidates import REASONS

WINDOWS = "params:training.windows"
SIGNALS = "params:training.signals"
LISTS = "params:training.lists"
LEARNING = {"signals": "input_signals", "options": SIGNALS, "als": "als_options"}
SERVING = {name: f"model_{name}" for name in REASONS}
HOLDOUT = {name: f"model_holdout_{name}" for name in REASONS}


def split_and_tune() -> list[Node]:
    """Cut the mart by time and choose parameters on the validation window."""
    return [
        Node(
            nodes.split_interactions,
            {
                "interactions": "prm_user_item_interactions",
                "windows": WINDOWS,
                "signals": SIGNALS,
            },
            {name: f"input_{name}" for name in ("signals", "train", "test")},
            name="split_interactions",
        ),
        Node(
            nodes.tune_als,
            {
                "signals": "input_signals",
                "windows": WINDOWS,
                "options": SIGNALS,
                "als": "params:training.als",
                "tuning": "params:training.tuning",
            },
            ["als_options", "report_tuning"],
            name="tune_als",
        ),
    ]


def fit_and_recommend() -> list[Node]:
    """Models and lists twice: without the test window to be judged, with everything to serve."""
    return [
        Node(
            nodes.fit_holdout_models,
            {**LEARNING, "windows": WINDOWS},
            HOLDOUT,
            name="fit_holdout_models",
        ),
        Node(
            nodes.recommend_for_holdout,
            {"train": "input_train", "test": "input_test", "lists": LISTS, **HOLDOUT},
            "output_holdout_recommendations",
            name="recommend_for_holdout",
        ),
        Node(nodes.fit_models_on_all, LEARNING, SERVING, name="fit_models_on_all"),
        Node(
            nodes.recommend_for_all_users,
            {
                "signals": "input_signals",
                "described": "prm_users",
                "lists": LISTS,
                "stamp": "params:training.stamp",
                **SERVING,
            },
            "output_recommendations",
            name="recommend_for_all_users",
        ),
    ]


def create_pipeline() -> Pipeline:
    """Split by time, tune on validation, fit for evaluation and for serving, recommend."""
    return Pipeline([*split_and_tune(), *fit_and_recommend()])
