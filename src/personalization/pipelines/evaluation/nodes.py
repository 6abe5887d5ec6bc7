"""What the evaluation pipeline offers, by the idea it belongs to."""

from personalization.metrics.relevance import find_relevant_items
from personalization.pipelines.evaluation.comparison import compare_models
from personalization.pipelines.evaluation.figures import draw_model_comparison
from personalization.pipelines.evaluation.offline import describe_windows, score_users
from personalization.pipelines.evaluation.preset import fit_preset, write_preset
from personalization.pipelines.evaluation.readout import write_comparison_text
from personalization.pipelines.evaluation.realism import measure_realism
from personalization.pipelines.evaluation.realism_figures import draw_realism
from personalization.pipelines.evaluation.realism_page import write_realism_page
from personalization.pipelines.evaluation.shop_comparison import compare_shops

__all__ = [
    "compare_models",
    "compare_shops",
    "describe_windows",
    "draw_model_comparison",
    "draw_realism",
    "find_relevant_items",
    "fit_preset",
    "measure_realism",
    "score_users",
    "write_comparison_text",
    "write_preset",
    "write_realism_page",
]
