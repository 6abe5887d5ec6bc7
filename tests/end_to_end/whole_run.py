"""Pipelines of the ``test`` environment in the warm session, and what they leave."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project

if TYPE_CHECKING:
    from kedro.io import DataCatalog


def run(project_path: Path, data_root: Path, *names: str, **groups: Any) -> None:
    """Run the pipelines of these names (all where none is given)."""
    bootstrap_project(project_path)
    parameters = {"data_root": str(data_root), **groups}
    with KedroSession.create(project_path, env="test", runtime_params=parameters) as session:
        session.run(pipeline_names=list(names) or None)


def open_catalog(project_path: Path, data_root: Path) -> DataCatalog:
    """The catalog over a data root."""
    parameters = {"data_root": str(data_root)}
    with KedroSession.create(project_path, env="test", runtime_params=parameters) as session:
        return session.load_context().catalog


def report(data_root: Path, name: str) -> dict[str, Any]:
    """A JSON report of the generated shop."""
    return json.loads((data_root / "08_reporting" / "generated" / f"{name}.json").read_text())
