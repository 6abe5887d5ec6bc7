"""Where people are: what an erasure does with each entry of the catalog.

Whatever a pipeline reads or writes stands here; a test fails where an entry does not.
"""

from __future__ import annotations

from enum import Enum
from typing import Final


class Treatment(Enum):
    """What an erasure does with a dataset."""

    SHOPS_OWN = "the shop's own files: told, never edited"
    TYPED = "rows are left without content, as rejected ones"
    REJECTED = "rows lose text and content"
    REPEATS = "rows are deleted: nothing is repeated any more"
    PUBLISHED = "rows are deleted"
    LEDGER = "counts are told anew"
    ACCOUNT = "examples of rows lose their text"
    DERIVED = "deleted, and made again by the pipeline that makes it"
    NOBODY = "holds no people"
    TRUTH = "of a generated shop: people who never lived"


HOLDINGS: Final = {
    **dict.fromkeys(
        ("raw_users", "raw_products", "raw_events", "raw_orders", "raw_search_logs"),
        Treatment.SHOPS_OWN,
    ),
    **dict.fromkeys(
        ("int_users", "int_products", "int_events", "int_orders", "int_search_logs"),
        Treatment.TYPED,
    ),
    "int_rejected_rows": Treatment.REJECTED,
    "int_repeated_rows": Treatment.REPEATS,
    "report_ingested_files": Treatment.LEDGER,
    "int_erased_users": Treatment.NOBODY,  # keyed hashes only
    **dict.fromkeys(
        ("prm_users", "prm_user_item_interactions", "prm_impressions", "prm_searches"),
        Treatment.PUBLISHED,
    ),
    "prm_items": Treatment.NOBODY,
    "report_ingestion": Treatment.ACCOUNT,
    "report_ingestion_text": Treatment.ACCOUNT,
    **dict.fromkeys(
        ("input_signals", "input_train", "input_test", "report_tuning"), Treatment.DERIVED
    ),
    **dict.fromkeys(
        ("model_als", "model_popularity", "model_recent_popularity"), Treatment.DERIVED
    ),
    **dict.fromkeys(
        ("model_holdout_als", "model_holdout_popularity", "model_holdout_recent_popularity"),
        Treatment.DERIVED,
    ),
    **dict.fromkeys(
        ("output_recommendations", "output_holdout_recommendations", "output_user_metrics"),
        Treatment.DERIVED,
    ),
    **dict.fromkeys(("report_model_comparison", "report_model_comparison_text"), Treatment.DERIVED),
    **dict.fromkeys(
        ("report_model_comparison_figure", "report_realism_figure", "report_realism_page"),
        Treatment.DERIVED,
    ),
    **dict.fromkeys(
        ("report_realism", "report_realism_comparison", "report_preset_fit"), Treatment.DERIVED
    ),
    "report_fitted_preset": Treatment.DERIVED,
    "report_other_realism": Treatment.NOBODY,  # sums of another shop
    **dict.fromkeys(
        ("truth_best_items", "truth_dirt", "truth_drift", "truth_experiment"), Treatment.TRUTH
    ),
    **dict.fromkeys(
        ("truth_experiment_users", "truth_happenings", "truth_parameters", "truth_sessions"),
        Treatment.TRUTH,
    ),
}
# Entries that lead to a table which stands above under another name.
SAME_TABLE: Final = {
    "int_ingested_files_before": "report_ingested_files",
    "int_unsettled_files": "report_ingested_files",
    "int_rejected_rows_before": "int_rejected_rows",
}


def names_of(*treatments: Treatment) -> list[str]:
    """Entries that are treated so, in the order in which they stand."""
    return [name for name, treatment in HOLDINGS.items() if treatment in treatments]
