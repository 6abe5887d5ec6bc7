"""A real shop's files, by YAML alone: every row accounted for, figures as measured elsewhere.

The reference figures come from an independent script on the same files: UCI Online Retail, train
before 2011-11-11, test from then on.
"""

from __future__ import annotations

import json
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = pytest.mark.spark

FILES = Path(__file__).parents[3] / "shared" / "data" / "online_retail" / "by_day.tar.gz"


@pytest.fixture(scope="module")
def reports(
    project_path: Path, spark_session: SparkSession, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """Ingestion and comparison after a whole run on all 305 files."""
    if not FILES.exists():
        pytest.skip(f"UCI Online Retail is not here: {FILES}")
    root = tmp_path_factory.mktemp("retail")
    with tarfile.open(FILES) as archive:
        archive.extractall(root / "01_raw" / "online_retail", filter="data")
    bootstrap_project(project_path)
    parameters = {"data_root": str(root), "training": {"tuning": {"candidates": []}}}
    with KedroSession.create(
        project_path, env="online_retail", runtime_params=parameters
    ) as session:
        session.run()  # all pipelines, generation too: it leaves the shop's own files alone
    folder = root / "08_reporting" / "online_retail"
    names = ("ingestion", "model_comparison")
    return {name: json.loads((folder / f"{name}.json").read_text()) for name in names}


def test_all_rows_of_the_shop_are_accounted_for(reports: dict[str, Any]) -> None:
    totals = reports["ingestion"]["totals"]
    assert totals["received"] == 541_909
    assert totals["merged"] == 531_172
    assert totals["rejected_by"] == {
        "duplicate": 5_257,
        "not_a_product": 2_995,
        "quantity_not_positive": 1_324,
        "price_not_positive": 1_161,
    }
    assert len(reports["ingestion"]["sources"]["orders"]["files"]) == 305


def scores_at_10(reports: dict[str, Any], protocol: str) -> dict[str, tuple[int, float]]:
    return {
        one["model"]: (one["n_users"], one["metrics"]["ndcg"]["mean"])
        for one in reports["model_comparison"]["scores"]
        if (one["protocol"], one["k"]) == (protocol, 10)
    }


@pytest.mark.parametrize(
    ("protocol", "n_users", "popularity", "recent"),
    [("new", 1_223, 0.0328, 0.0830), ("all", 1_333, 0.0789, 0.1442)],
)
def test_baselines_are_those_of_an_independent_script(
    reports: dict[str, Any], protocol: str, n_users: int, popularity: float, recent: float
) -> None:
    scores = scores_at_10(reports, protocol)
    assert scores["popularity"] == (n_users, pytest.approx(popularity, abs=0.001))
    assert scores["recent_popularity"] == (n_users, pytest.approx(recent, abs=0.001))


@pytest.mark.parametrize(("protocol", "at_least"), [("new", 0.088), ("all", 0.255)])
def test_als_reaches_the_reference(reports: dict[str, Any], protocol: str, at_least: float) -> None:
    assert scores_at_10(reports, protocol)["als"][1] >= at_least
