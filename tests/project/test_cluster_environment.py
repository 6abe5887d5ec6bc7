"""What ``conf/cluster`` leaves to the cluster, and what it takes from the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project

from personalization.names import every_pipeline, parameters_read, unread_parameters

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module", autouse=True)
def project(project_path: Path) -> None:
    bootstrap_project(project_path)


def test_nothing_of_one_machine_is_in_the_cluster_s_settings(project_path: Path) -> None:
    with KedroSession.create(project_path, env="cluster") as session:
        settings = session.load_context().config_loader["spark"]
    set_here = {key for key, value in settings.items() if value is not None}
    local = {"spark.master", "spark.driver.memory", "spark.driver.host", "spark.jars"}
    assert not set_here & local
    assert "spark.jars.packages" not in set_here  # the pinned JARs travel with the driver


def test_a_cluster_is_named_on_the_command_line(project_path: Path) -> None:
    given = {"spark_master": "spark://host:7077", "data_root": "s3a://bucket/shop"}
    with KedroSession.create(project_path, env="cluster", runtime_params=given) as session:
        conf = session.load_context().config_loader
    settings, parameters = conf["spark"], conf["parameters"]
    unread = unread_parameters(parameters, parameters_read(every_pipeline()))
    assert not set(unread) & given.keys()
    assert settings["spark.master"] == "spark://host:7077"
    assert settings["spark.checkpoint.dir"] == "s3a://bucket/shop/checkpoints"


def test_a_cluster_s_large_tables_are_one_machine_s_but_for_their_partitions(
    project_path: Path,
) -> None:
    found = {}
    for env in ("base", "cluster"):
        with KedroSession.create(project_path, env=env) as session:
            catalog = session.load_context().config_loader["catalog"]
        found[env] = {name: dict(entry) for name, entry in catalog.items()}
    by_day = {name for name, entry in found["cluster"].items() if entry.pop("save_args", None)}
    by_day = {name for name in by_day if name.startswith("prm_")}
    assert by_day == {"prm_user_item_interactions", "prm_impressions", "prm_searches"}
    for name in by_day:
        of_base, of_cluster = (found[env][name] for env in ("base", "cluster"))
        assert {**of_base, "filepath": ""} == {**of_cluster, "filepath": ""}
        assert of_base["filepath"].split("/")[-3:] == of_cluster["filepath"].split("/")[-3:]
