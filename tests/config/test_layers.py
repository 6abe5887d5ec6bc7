"""Base, environment, local: always all three, in this order."""

from __future__ import annotations

from pathlib import Path

import pytest
from kedro.config import MissingConfigException

from personalization.config.layers import LayeredConfigLoader
from personalization.contracts.errors import ConfigurationError


@pytest.fixture
def conf(tmp_path: Path) -> Path:
    """A conf folder whose layers say who they are."""
    texts = {
        "base/parameters.yml": "model: {factors: 1, seed: 1, alpha: 1}",
        "base/globals.yml": "data_root: data\nshop: base",
        "base/catalog.yml": "a: {type: base, path: '${globals:shop}'}\nb: {type: base, keep: 1}",
        "shop/parameters.yml": "model: {factors: 2, seed: 2}",
        "shop/globals.yml": "shop: shop",
        "shop/catalog.yml": "b: {type: shop}",
        "local/parameters.yml": "model: {seed: 3}",
        "local/credentials.yml": "keys: {secret: 42}",
        "local/globals.yml": "data_root: /mnt",
    }
    for name, text in texts.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return tmp_path


def load(conf: Path, env: str | None = None, **options: object) -> LayeredConfigLoader:
    soft = {"merge_strategy": {"parameters": "soft"}, "base_env": "base"}
    return LayeredConfigLoader(str(conf), env, **{**soft, **options})


def test_local_wins_over_the_environment_which_wins_over_base(conf: Path) -> None:
    assert load(conf, "shop")["parameters"] == {"model": {"factors": 2, "seed": 3, "alpha": 1}}


def test_without_an_environment_local_wins_over_base(conf: Path) -> None:
    assert load(conf)["parameters"] == {"model": {"factors": 1, "seed": 3, "alpha": 1}}


def test_env_local_means_base_and_local(conf: Path) -> None:
    assert load(conf, "local")["parameters"] == load(conf)["parameters"]


def test_env_base_still_reads_local(conf: Path) -> None:
    assert load(conf, "base")["parameters"]["model"]["seed"] == 3


def test_a_missing_local_folder_is_fine(conf: Path) -> None:
    for path in (conf / "local").iterdir():
        path.unlink()
    (conf / "local").rmdir()
    assert load(conf, "shop")["parameters"]["model"]["seed"] == 2
    assert load(conf)["parameters"]["model"]["seed"] == 1


def test_a_local_file_of_comments_only_changes_nothing(conf: Path) -> None:
    (conf / "local" / "parameters.yml").write_text("# nothing yet\n")
    assert load(conf, "shop")["parameters"]["model"]["seed"] == 2


def test_what_only_local_has_is_found(conf: Path) -> None:
    assert load(conf, "shop")["credentials"] == {"keys": {"secret": 42}}


def test_what_no_layer_has_is_an_error(conf: Path) -> None:
    (conf / "local" / "credentials.yml").unlink()
    with pytest.raises(MissingConfigException):
        load(conf, "shop")["credentials"]


def test_an_unknown_kind_of_configuration_is_an_error(conf: Path) -> None:
    with pytest.raises(KeyError, match="spark"):
        load(conf)["spark"]


def test_a_missing_environment_is_an_error(conf: Path) -> None:
    with pytest.raises(MissingConfigException, match="nowhere"):
        load(conf, "nowhere")["parameters"]


def test_globals_are_layered_and_reach_the_catalog(conf: Path) -> None:
    loader = load(conf, "shop")
    assert loader["globals"] == {"data_root": "/mnt", "shop": "shop"}
    assert loader["catalog"]["a"] == {"type": "base", "path": "shop"}


def test_catalog_entries_are_replaced_whole(conf: Path) -> None:
    assert load(conf, "shop")["catalog"]["b"] == {"type": "shop"}


def test_runtime_parameters_win_over_all_layers(conf: Path) -> None:
    loader = load(conf, "shop", runtime_params={"model": {"seed": 9}})
    assert loader["parameters"]["model"] == {"factors": 2, "seed": 9, "alpha": 1}


def test_a_value_set_by_hand_is_given_back(conf: Path) -> None:
    loader = load(conf, "shop")
    loader["parameters"] = {"by": "hand"}
    assert loader["parameters"] == {"by": "hand"}


def test_a_list_where_names_belong_is_told_by_its_key(conf: Path) -> None:
    (conf / "shop" / "parameters.yml").write_text("model: [1, 2]")
    with pytest.raises(ConfigurationError, match=r"shop, parameters: model holds names with"):
        load(conf, "shop")["parameters"]
    (conf / "shop" / "parameters.yml").write_text("model: {factors: {a: [1]}}")
    assert load(conf, "shop")["parameters"]["model"]["factors"] == {"a": [1]}
