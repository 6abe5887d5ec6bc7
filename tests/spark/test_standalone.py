"""A cluster's processes end with it; what keeps it from starting is told."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING, Any

import pytest

from personalization.contracts.errors import EnvironmentNotReadyError
from personalization.spark import standalone
from personalization.spark.guarded import Guarded, is_there, start_guarded
from personalization.spark.standalone import ClusterSize, StandaloneCluster

if TYPE_CHECKING:
    from pathlib import Path


def fake_java(folder: Path, script: str) -> dict[str, str]:
    """An environment whose Java is a script."""
    binary = folder / "java-home" / "bin" / "java"
    binary.parent.mkdir(parents=True)
    binary.write_text(f"#!/bin/sh\n{script}\n")
    binary.chmod(0o755)
    return {"PATH": os.environ["PATH"], "JAVA_HOME": str(binary.parents[1])}


def test_daemons_that_end_are_told_by_name_and_with_their_log(tmp_path: Path) -> None:
    environment = fake_java(tmp_path, "echo no memory left >&2; exit 1")
    cluster = StandaloneCluster(tmp_path / "cluster", environment=environment)
    with pytest.raises(EnvironmentNotReadyError, match=r"ended(.|\n)*no memory left"):
        cluster.__enter__()


def test_what_was_started_is_ended_where_the_rest_does_not_come(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[Guarded] = []

    def start(*given: Any) -> Guarded:
        started.append(start_guarded(*given))
        return started[-1]

    monkeypatch.setattr(standalone, "READY_SECONDS", 0.5)
    monkeypatch.setattr(standalone, "java_problem", lambda: None)
    monkeypatch.setattr(standalone, "start_guarded", start)
    environment = fake_java(tmp_path, "sleep 600")
    with pytest.raises(EnvironmentNotReadyError, match=r"not ready in 0\.5 s"):
        StandaloneCluster(tmp_path / "cluster", environment=environment).__enter__()
    assert len(started) == 3
    assert not any(is_there(one) for one in started)


def test_without_java_nothing_is_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standalone, "java_problem", lambda: "Java is missing: install it.")
    with pytest.raises(EnvironmentNotReadyError, match="Java is missing"):
        StandaloneCluster(tmp_path / "cluster").__enter__()
    assert not (tmp_path / "cluster").exists()


def test_a_block_in_which_a_port_is_taken_is_passed_over() -> None:
    first = standalone.free_block()
    with socket.socket() as taken:
        taken.bind((standalone.LOOPBACK, first + standalone.PORTS - 1))
        taken.listen()
        assert standalone.free_block() > first


def test_where_every_port_is_taken_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standalone, "is_free", lambda _: False)
    with pytest.raises(EnvironmentNotReadyError, match="free ports in a row between"):
        standalone.free_block()


@pytest.mark.parametrize("size", [{"workers": 0}, {"workers": 18}, {"cores": 0}])
def test_a_cluster_without_workers_or_with_too_many_is_refused(size: dict[str, int]) -> None:
    with pytest.raises(EnvironmentNotReadyError, match="1 to 17 workers"):
        ClusterSize(**size)


def test_ports_of_an_application_lie_within_the_block(tmp_path: Path) -> None:
    cluster = StandaloneCluster(tmp_path, ClusterSize(workers=17))
    found = cluster.settings()
    last = int(str(found["spark.blockManager.port"])) + int(str(found["spark.port.maxRetries"]))
    assert int(str(found["spark.driver.port"])) == 36
    assert last == standalone.PORTS - 1
