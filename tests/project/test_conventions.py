"""The project's own rules, each proven by a planted mistake."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from kedro.framework.project import pipelines
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project
from kedro.pipeline import Node, Pipeline

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kedro.framework.context import KedroContext

PREFIXES = {
    "raw": "raw",
    "int": "intermediate",
    "prm": "primary",
    "feat": "feature",
    "input": "model_input",
    "model": "models",
    "output": "model_output",
    "report": "reporting",
    "truth": "truth",
}
MAY_READ_THE_TRUTH = {"data_generation", "evaluation", "ab_testing"}
ENVIRONMENTS = (
    *("base", "test", "cluster", "online_retail"),
    *("eshop_clothing", "eshop_clothing_workbook"),
)


@pytest.fixture(scope="module", autouse=True)
def project(project_path: Path) -> None:
    bootstrap_project(project_path)


@pytest.fixture(params=ENVIRONMENTS)
def context(
    request: pytest.FixtureRequest, project_path: Path, tmp_path: Path
) -> Iterator[KedroContext]:
    """Each environment on a local disk: object storage takes a package of its own."""
    here = {"data_root": str(tmp_path)}
    with KedroSession.create(project_path, env=request.param, runtime_params=here) as session:
        yield session.load_context()


def badly_named(pipeline: Pipeline) -> list[str]:
    """Datasets of a pipeline whose name carries no layer or a dot, free inputs and outputs."""
    names = {n for n in pipeline.datasets() if not n.startswith("params:")}
    inner = pipeline.datasets() - pipeline.inputs() - pipeline.outputs()
    return sorted(
        name
        for name in names
        if "." in name or (name.split("_")[0] not in PREFIXES and name not in inner)
    )


def truth_read(pipeline: Pipeline) -> list[str]:
    """Datasets that a pipeline reads and that only a generated shop knows."""
    read = {name for node in pipeline.nodes for name in node.inputs}
    return sorted(name for name in read if name == "world" or name.startswith("truth_"))


def unnamed(pipeline: Pipeline) -> list[str]:
    """Nodes without a name of their own, or whose function is a lambda."""
    return [
        str(node)
        for node in pipeline.nodes
        if node._name is None or node.func.__name__ == "<lambda>"
    ]


def uncatalogued(crossing: set[str], declared: set[str]) -> set[str]:
    """Datasets that cross a pipeline's border without standing in the catalog."""
    return {name for name in crossing if name not in declared and not name.startswith("params:")}


def crossing(parts: dict[str, Pipeline]) -> set[str]:
    return {name for part in parts.values() for name in part.inputs() | part.outputs()}


def parts() -> dict[str, Pipeline]:
    return {name: part for name, part in pipelines.items() if name != "__default__"}


def same(value: object) -> object:
    return value


def test_the_pipelines_of_the_design_are_registered() -> None:
    assert set(parts()) == {"data_generation", "data_processing", "training", "evaluation"}
    assert set(pipelines["__default__"].nodes) == {
        n for part in parts().values() for n in part.nodes
    }


def test_names_carry_layers() -> None:
    assert [badly_named(part) for part in parts().values()] == [[]] * len(parts())
    with pytest.warns(UserWarning, match="dot notation"):
        planted = Pipeline([Node(same, "orders", "int_orders.eu", name="same")])
    assert badly_named(planted) == ["int_orders.eu", "orders"]


def test_nodes_are_named_and_no_lambda() -> None:
    assert [unnamed(part) for part in parts().values()] == [[]] * len(parts())
    assert len(unnamed(Pipeline([Node(lambda value: value, "raw_a", "int_a", name="a")]))) == 1
    assert len(unnamed(Pipeline([Node(same, "raw_a", "int_a")]))) == 1


def test_what_crosses_a_border_is_in_every_environment_s_catalog(context: KedroContext) -> None:
    catalog = context.catalog
    declared = {name for name in crossing(parts()) if name in catalog}
    assert uncatalogued(crossing(parts()), declared) == set()
    assert "prm_user_item_interactions" in declared
    assert uncatalogued({"orders"}, declared) == {"orders"}


def test_every_environment_s_catalog_resolves(context: KedroContext) -> None:
    catalog = context.catalog
    for name in crossing(parts()):
        if not name.startswith("params:"):
            assert catalog.get(name) is not None


def test_datasets_carry_the_layer_of_their_prefix(context: KedroContext) -> None:
    catalog = context.catalog
    for name in crossing(parts()):
        if name.startswith("params:"):
            continue
        layer = catalog.get(name).metadata["kedro-viz"]["layer"]
        assert layer == PREFIXES[name.split("_")[0]]


def test_parameters_that_nodes_ask_for_exist_in_every_environment(context: KedroContext) -> None:
    asked = {name for part in parts().values() for name in part.inputs() if "params:" in name}
    assert asked
    for name in asked:
        value = context.params
        for key in name.removeprefix("params:").split("."):
            value = value[key]


def test_the_truth_is_about_the_days_of_the_models_test(project_path: Path) -> None:
    for env in ("base", "test"):
        with KedroSession.create(project_path, env=env) as session:
            parameters = session.load_context().params
        shop, windows = parameters["data_generation"]["shop"], parameters["training"]["windows"]
        last = date.fromisoformat(shop.end_date)
        assert windows.test_end is None
        assert windows.test_start == str(last - timedelta(days=shop.test_days - 1))


def test_no_model_reads_the_truth() -> None:
    reading = {name: truth_read(part) for name, part in parts().items()}
    assert {name for name, found in reading.items() if found} <= MAY_READ_THE_TRUTH
    planted = Pipeline([Node(same, "truth_best_items", "input_best", name="cheat")])
    assert truth_read(planted + parts()["training"]) == ["truth_best_items"]
    assert truth_read(Pipeline([Node(same, "world", "input_world", name="cheat")])) == ["world"]


def truth_by_path(catalog: dict[str, dict[str, object]]) -> list[str]:
    """Entries that lead to the truth under another name."""
    return sorted(
        name
        for name, entry in catalog.items()
        if "truth_" in str(entry.get("filepath")) and not name.startswith("truth_")
    )


def test_no_entry_leads_to_the_truth_under_another_name(context: KedroContext) -> None:
    assert truth_by_path(context.config_loader["catalog"]) == []
    planted = {"input_oracle": {"filepath": "08_reporting/generated/truth_best_items"}}
    assert truth_by_path(planted) == ["input_oracle"]


def test_what_is_made_of_the_truth_is_no_model_s_input() -> None:
    made = {
        output
        for name, part in parts().items()
        if name != "data_generation"
        for node in part.nodes
        if truth_read(Pipeline([node]))
        for output in node.outputs
    }
    learned = parts()["data_processing"].inputs() | parts()["training"].inputs()
    assert not made & learned


def test_every_path_of_the_catalog_starts_at_the_data_root(project_path: Path) -> None:
    start = "${runtime_params:data_root,${globals:data_root}}/"
    paths = [
        line
        for path in project_path.glob("conf/*/catalog/*.yml")
        for line in path.read_text().splitlines()
        if re.match(r"\s*filepath:", line)
    ]
    assert paths
    for line in paths:
        assert start in line or "filepath: null" in line


def test_the_lock_holds_hashes_and_no_address(project_path: Path) -> None:
    lock = (project_path / "requirements.txt").read_text()
    assert "://" not in lock
    assert "--index-url" not in lock
    assert "--find-links" not in lock
    pins = [line for line in lock.splitlines() if re.match(r"[a-z0-9]", line)]
    assert len(pins) > 100
    assert all("==" in line and line.rstrip().endswith("\\") for line in pins)


def test_telemetry_is_off(project_path: Path) -> None:
    assert (project_path / ".telemetry").read_text().strip() == "consent: false"
