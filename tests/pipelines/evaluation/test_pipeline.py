"""The wiring: names, options that Kedro builds, and one run from purchases to read-out."""

from __future__ import annotations

import logging

import pytest
from kedro.io import DataCatalog, MemoryDataset
from kedro.runner import SequentialRunner
from kedro.validation import TypeExtractor
from matplotlib.figure import Figure

from personalization.metrics.frames import USER_METRICS
from personalization.pipelines.evaluation import create_pipeline
from personalization.pipelines.evaluation.options import MetricOptions
from personalization.simulation.settings import ShopOptions
from personalization.simulation.strengths import Strengths
from tests.simulation.options_of import options_of

INPUTS = {
    "input_train",
    "input_test",
    "output_holdout_recommendations",
    "params:evaluation.metrics",
    "prm_user_item_interactions",
    "prm_searches",
    "report_ingestion",
    "params:evaluation.realism.shop",
    "report_other_realism",
    "prm_items",
    "params:data_generation.shop",
    "params:data_generation.strengths",
}
OUTPUTS = {
    "output_user_metrics",
    "report_model_comparison",
    "report_model_comparison_text",
    "report_model_comparison_figure",
    "report_realism",
    "report_realism_figure",
    "report_realism_comparison",
    "report_realism_page",
    "report_preset_fit",
    "report_fitted_preset",
}

MART = """SELECT 'u1' AS user_id, item_id, TIMESTAMP '2026-05-01 10:00:00' AS interaction_ts,
    interaction_type, 1.0D AS quantity, 2.0D AS price, 'EUR' AS currency, 's1' AS session_id,
    CAST(NULL AS STRING) AS order_id, item_id AS interaction_id
    FROM VALUES ('a', 'view'), ('a', 'cart') AS (item_id, interaction_type)"""


class KeptDataset(MemoryDataset):
    """Stays after the run, as a file would; the runner empties those in memory."""

    def _release(self):
        pass


def test_pipeline_asks_for_and_gives_what_the_catalog_holds():
    pipeline = create_pipeline()

    assert pipeline.inputs() == INPUTS
    assert pipeline.all_outputs() >= OUTPUTS
    assert pipeline.all_outputs() - OUTPUTS == {"relevant", "evaluation_windows"}


def test_each_node_has_the_name_of_its_function():
    assert all(node.name == node.func.__name__ for node in create_pipeline().nodes)


def test_kedro_builds_the_options_from_the_hints_without_a_warning(caplog):
    with caplog.at_level(logging.WARNING):
        types = TypeExtractor({"evaluation": create_pipeline()}).extract_types_from_pipelines()

    assert types == {
        "evaluation.metrics": MetricOptions,
        "data_generation.shop": ShopOptions,
        "data_generation.strengths": Strengths,
    }
    assert caplog.records == []


def catalog_of(spark):
    """Two weeks of a shop with three users, its lists, and what else the pipeline asks for."""
    train = spark.sql(
        """SELECT *, TIMESTAMP '2026-05-01 10:00:00' AS interaction_ts, 1.0D AS weight FROM VALUES
        ('u1', 'a'), ('u2', 'b'), ('u3', 'c'), ('u3', 'd') AS (user_id, item_id)"""
    )
    test = spark.sql(
        """SELECT *, TIMESTAMP '2026-06-02 10:00:00' AS interaction_ts, 1.0D AS weight FROM VALUES
        ('u1', 'b'), ('u2', 'b'), ('u2', 'c'), ('guest', 'a') AS (user_id, item_id)"""
    )
    lists = spark.sql(
        """SELECT *, 1.0D / rank AS score, 'v1' AS model_version FROM VALUES
        ('u1', 'als', 'all', 1, 'b'), ('u2', 'als', 'all', 1, 'b'), ('u2', 'als', 'all', 2, 'c'),
        ('u1', 'als', 'new', 1, 'b'), ('u1', 'popularity', 'all', 1, 'a'),
        ('u1', 'popularity', 'all', 2, 'b'), ('u2', 'popularity', 'all', 1, 'b'),
        ('u2', 'popularity', 'new', 1, 'c') AS (user_id, model, protocol, rank, item_id)"""
    )
    generation = options_of("base")
    given = {
        "input_train": train,
        "input_test": test,
        "output_holdout_recommendations": lists,
        "params:evaluation.metrics": MetricOptions([1, 2], 2, ["popularity"]),
        "prm_user_item_interactions": spark.sql(MART),
        "prm_searches": spark.sql("SELECT 'u1' AS user_id, 'q1' AS search_id"),
        "report_ingestion": {"totals": {"received": 9, "rejected_by": {}}, "sources": {}},
        "params:evaluation.realism.shop": "mine",
        "report_other_realism": None,
        "prm_items": spark.sql("SELECT 'a' AS item_id, CAST(NULL AS STRING) AS category_path"),
        "params:data_generation.shop": generation.shop,
        "params:data_generation.strengths": generation.strengths,
    }
    catalog = DataCatalog(
        {name: MemoryDataset(data, copy_mode="assign") for name, data in given.items()}
    )
    for name in OUTPUTS:
        catalog[name] = KeptDataset()
    return catalog


@pytest.mark.spark
def test_a_run_compares_models_on_purchases_they_had_not_seen(spark):
    catalog = catalog_of(spark)

    SequentialRunner().run(create_pipeline(), catalog)

    assert catalog.load("output_user_metrics").columns == list(USER_METRICS)
    report = catalog.load("report_model_comparison")
    recall = {
        (s["model"], s["protocol"]): s["metrics"]["recall"]["mean"]
        for s in report["scores"]
        if s["k"] == 2
    }
    assert recall == {
        ("als", "all"): (1 / 1 + 2 / 2) / 2,
        ("als", "new"): (1 / 1 + 0 / 1) / 2,
        ("popularity", "all"): (1 / 1 + 1 / 2) / 2,
        ("popularity", "new"): (0 / 1 + 1 / 1) / 2,
    }
    assert report["windows"]["test"]["purchases"] == 4
    assert "nDCG@2" in catalog.load("report_model_comparison_text")
    assert isinstance(catalog.load("report_model_comparison_figure"), Figure)
    verdicts = {row["measure"]: row["verdict"] for row in catalog.load("report_realism")["bands"]}
    assert verdicts["cart_per_view"] == "fail"
    assert isinstance(catalog.load("report_realism_figure"), Figure)
    assert catalog.load("report_realism_comparison")["other"] is None
    assert "shop.sizes" in catalog.load("report_preset_fit")["not_estimated"]
    assert "data_generation:" in catalog.load("report_fitted_preset")
    assert "How real does <em>mine</em> look?" in catalog.load("report_realism_page")
