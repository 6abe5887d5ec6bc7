"""All pipelines on a tiny shop, as a user runs them: twice, one by one, in Jupyter, in viz."""

from __future__ import annotations

import csv
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest
from kedro.framework.project import pipelines

from personalization.contracts.errors import (
    ConfigurationError,
    MissingInputError,
    PersonalizationError,
    SourceFileError,
)
from tests.end_to_end.whole_run import open_catalog, report, run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from IPython.core.interactiveshell import InteractiveShell
    from pyspark.sql import SparkSession

pytestmark = pytest.mark.spark

PREFIXES = ("raw", "int", "prm", "input", "model", "output", "report")


def test_every_row_is_accounted_for(shop: Path) -> None:
    totals = report(shop, "ingestion")["totals"]
    assert totals["identity_holds"]
    assert totals["received"] == totals["merged"] + totals["unchanged"] + totals["rejected"]
    received = sum(
        len(path.read_text().splitlines()) - 1
        for path in (shop / "01_raw" / "generated").rglob("*.csv")
    )
    assert totals["received"] == received > 5000
    assert totals["rejected_by"]["duplicate"] > 0


def test_the_comparison_names_every_model_under_both_protocols(shop: Path) -> None:
    scores = report(shop, "model_comparison")["scores"]
    compared = {(one["model"], one["protocol"]) for one in scores}
    models = ("popularity", "recent_popularity", "als")
    assert compared == {(m, p) for m in models for p in ("all", "new")}
    text = (shop / "08_reporting" / "generated" / "model_comparison.txt").read_text()
    assert "output_recommendations" in text
    figure = shop / "08_reporting" / "generated" / "model_comparison.png"
    assert figure.read_bytes().startswith(b"\x89PNG")


def test_every_user_has_recommendations(project_path: Path, shop: Path) -> None:
    catalog = open_catalog(project_path, shop)
    lists = catalog.load("output_recommendations")
    users = catalog.load("prm_users").select("user_id").distinct()
    with_list = lists.filter("model = 'popularity'").select("user_id").distinct()
    assert users.join(with_list, "user_id", how="left_anti").count() == 0
    assert lists.groupBy("user_id", "model", "rank").count().filter("count > 1").isEmpty()


def test_personal_data_stay_in_the_raw_files(shop: Path) -> None:
    with (shop / "01_raw" / "generated" / "users.csv").open(newline="") as stream:
        users = list(csv.DictReader(stream))[:50]
    personal = {one[name].encode() for one in users for name in ("name", "email", "address")}
    assert len(personal) > 100
    for path in shop.rglob("*"):
        if path.is_file() and "01_raw" not in path.parts:
            content = path.read_bytes()
            if path.suffix == ".parquet":  # compressed: read it as a table
                content = "\n".join(map(str, pq.read_table(path).to_pylist())).encode()
            assert not [one for one in personal if one in content], path


def test_a_second_run_of_data_processing_merges_nothing(project_path: Path, shop: Path) -> None:
    first = report(shop, "ingestion")
    run(project_path, shop, "data_processing")
    second = report(shop, "ingestion")
    assert second["batch_id"] != first["batch_id"]
    assert second["totals"]["files"] == second["totals"]["received"] == 0
    assert second["all_files"] == first["all_files"]
    assert first["all_files"]["orders"]["received"] == first["sources"]["orders"]["received"]


@pytest.mark.parametrize("name", ["data_generation", "training", "evaluation"])
def test_each_pipeline_runs_from_what_is_in_the_catalog(
    project_path: Path, shop: Path, name: str
) -> None:
    before = report(shop, "model_comparison")
    run(project_path, shop, name)
    assert report(shop, "model_comparison") == before


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("training", r"'prm_user_item_interactions' is not .* --pipeline=data_processing'"),
        ("evaluation", r"'input_test' is not .* --pipeline=training'"),
    ],
)
def test_a_pipeline_without_its_inputs_names_the_one_to_run_first(
    project_path: Path, spark_session: SparkSession, tmp_path: Path, name: str, told: str
) -> None:
    with pytest.raises(MissingInputError, match=told):
        run(project_path, tmp_path, name)
    assert not (tmp_path / "05_model_input").exists()


def test_documented_commands_bring_no_warning_of_a_name(
    project_path: Path, shop: Path, caplog: pytest.LogCaptureFixture
) -> None:
    run(project_path, shop, "evaluation")
    assert "misspelt" not in caplog.text


def test_a_renamed_column_stops_the_run_before_anything_is_written(
    project_path: Path, shop: Path, tmp_path: Path
) -> None:
    shutil.copytree(shop / "01_raw", tmp_path / "01_raw")
    orders = max((tmp_path / "01_raw" / "generated" / "orders").glob("*.csv"))
    orders.write_text(orders.read_text().replace("quantity", "amount", 1))
    with pytest.raises(SourceFileError, match=r"raw_orders, file .*: no column quantity"):
        run(project_path, tmp_path, "data_processing")
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == ["01_raw"]


def test_a_dry_run_tells_what_would_be_rejected_and_writes_nothing(
    project_path: Path, shop: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    shutil.copytree(shop / "01_raw", tmp_path / "01_raw")
    orders = max((tmp_path / "01_raw" / "generated" / "orders").glob("*.csv"))
    orders.write_text(orders.read_text().replace(",2026-", ",the year 2026-"))
    caplog.set_level("INFO")
    run(project_path, tmp_path, "data_processing", dry_run=True)
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == ["01_raw"]
    assert "A run would stop here: orders" in caplog.text
    (text,) = (r.getMessage() for r in caplog.records if "Dry run on the first" in r.getMessage())
    assert "Nothing was written" in text
    assert "orders: 5 files" in text
    assert "rejected as kind_not_used: " in text
    assert "rejected as order_ts_unreadable: " in text
    assert ",the year 2026-" in text
    assert "item_id" in text
    caplog.clear()
    run(project_path, shop, "data_processing", dry_run=True)
    assert "Dry run: no file is new or changed. Nothing was written." in caplog.text
    with pytest.raises(ConfigurationError, match="dry_run is for"):
        run(project_path, tmp_path, "data_processing", "training", dry_run=True)


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("renamed_share", r"raw_events, file .*: no column item_id"),
        pytest.param(
            *("changed_share", r"events, file .*: a key came earlier with other content"),
            marks=pytest.mark.slow,
        ),
    ],
)
def test_a_generated_shop_can_bring_what_must_stop_a_run(
    project_path: Path, spark_session: SparkSession, tmp_path: Path, fault: str, told: str
) -> None:
    few = {"days": 28, "n_users": 30, "n_strangers": 0, "n_products": 60, "visits_per_user": 20}
    shop = {"size": "few", "test_days": 7, "sizes": {"few": few}}
    dirty = {"shop": shop, "dirt": {fault: 0.2}}
    run(project_path, tmp_path, "data_generation", data_generation=dirty)
    with pytest.raises(PersonalizationError, match=told):
        run(project_path, tmp_path, "data_processing", data_generation=dirty)
    assert not (tmp_path / "03_primary").exists()


@pytest.fixture
def shell() -> Iterator[InteractiveShell]:
    """A notebook's shell; Kedro reloads the project in it, which must end with the test."""
    from IPython.core.interactiveshell import InteractiveShell

    modules = {n: m for n, m in sys.modules.items() if n.split(".")[0] == "personalization"}
    yield InteractiveShell.instance()
    InteractiveShell.clear_instance()
    sys.modules.update(modules)


def test_jupyter_loads_every_catalog_entry(
    project_path: Path, shop: Path, shell: InteractiveShell, caplog: pytest.LogCaptureFixture
) -> None:
    """What ``kedro jupyter`` puts into a notebook, in this process: the same extension."""
    from kedro.ipython import load_ipython_extension

    load_ipython_extension(shell)
    caplog.clear()
    shell.run_line_magic("reload_kedro", f"{project_path} --env=test --params=data_root={shop}")
    assert "Spark runs already" not in caplog.text
    catalog = shell.user_ns["catalog"]
    names = {name for part in pipelines.values() for name in part.datasets()}
    entries = sorted(n for n in names if n.split("_")[0] in PREFIXES)
    assert len(entries) > 30
    for name in entries:
        if name.endswith("_figure"):
            assert catalog.exists(name)  # a picture is written, not read
        else:
            assert catalog.load(name) is not None, name


def test_viz_shows_the_lineage_with_layers_and_previews(project_path: Path, shop: Path) -> None:
    """What ``kedro viz run --include-hooks`` serves, asked in this process."""
    from fastapi.testclient import TestClient
    from kedro_viz.api import apps
    from kedro_viz.server import load_and_populate_data

    load_and_populate_data(
        project_path, env="test", include_hooks=True, extra_params={"data_root": str(shop)}
    )
    client = TestClient(apps.create_api_app_from_project(project_path))
    graph = client.get("/api/main").json()
    assert graph["layers"] == [
        *("truth", "raw", "intermediate", "primary"),
        *("model_input", "models", "model_output", "reporting"),
    ]
    nodes = {node["name"]: node for node in graph["nodes"]}
    mart = nodes["prm_user_item_interactions"]
    edges = {(edge["source"], edge["target"]) for edge in graph["edges"]}
    assert (nodes["publish_interactions"]["id"], mart["id"]) in edges
    for name in ("prm_user_item_interactions", "raw_orders"):
        preview = client.get(f"/api/nodes/{nodes[name]['id']}").json()["preview"]
        assert len(preview["data"]) == 5
        assert "item_id" in preview["columns"]
