"""Every notebook, cell by cell, on a tiny shop and on a shop of orders alone."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib as mpl
import nbformat
import pytest
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project

from tests.notebooks.committed import code_cells

if TYPE_CHECKING:
    from collections.abc import Iterator

    from IPython.core.interactiveshell import InteractiveShell
    from pyspark.sql import SparkSession

pytestmark = pytest.mark.spark

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
FIRST_CELL = "%load_ext kedro.ipython"
FEW = {"days": 28, "n_users": 60, "n_strangers": 60, "n_products": 60, "visits_per_user": 12}


@pytest.fixture(scope="module")
def data_root(
    project_path: Path, spark_session: SparkSession, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A generated shop of four weeks, as far as the mart."""
    root = tmp_path_factory.mktemp("shop")
    bootstrap_project(project_path)
    shop = {"size": "few", "test_days": 7, "sizes": {"few": FEW}}
    parameters = {"data_root": str(root), "data_generation": {"shop": shop}}
    with KedroSession.create(project_path, env="test", runtime_params=parameters) as session:
        session.run(pipeline_names=["data_generation", "data_processing"])
    return root


@pytest.fixture
def shell() -> Iterator[InteractiveShell]:
    """A notebook's shell in this process, which has Spark already; what it changes ends with it."""
    from IPython.core.interactiveshell import InteractiveShell

    class NotebookShell(InteractiveShell):
        """Shows figures in outputs, so that no window has to be opened."""

        def enable_gui(self, gui=None):
            """Nothing to open."""

    modules = {n: m for n, m in sys.modules.items() if n.split(".")[0] == "personalization"}
    backend = mpl.get_backend()
    yield NotebookShell.instance()
    NotebookShell.clear_instance()
    sys.modules.update(modules)
    logging.disable(logging.NOTSET)
    mpl.use(backend)


def execute(shell: InteractiveShell, notebook: Path, reload: str) -> list[object]:
    """Run every cell; ``reload`` is what a user types to look at another shop. What cells show."""
    cells = code_cells(nbformat.read(notebook, as_version=4))
    assert FIRST_CELL in cells[0].source
    shown = []
    for place, cell in enumerate(cells):
        result = shell.run_cell(cell.source)
        result.raise_error()
        shown.append(result.result)
        if place == 0:
            shell.run_line_magic("reload_kedro", reload)
    return shown


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=[path.stem for path in NOTEBOOKS])
def test_a_notebook_runs_on_a_tiny_shop(
    project_path: Path, data_root: Path, shell: InteractiveShell, notebook: Path
) -> None:
    reload = f"{project_path} --env=test --params=data_root={data_root}"
    shown = execute(shell, notebook, reload)
    sentences = [one.data for one in shown if type(one).__name__ == "Markdown"]
    assert len(sentences) > 3
    assert not [one for one in sentences if "unknown share" in one or "nan" in one]
    assert len([one for one in shown if type(one).__name__ == "Figure"]) > 3
