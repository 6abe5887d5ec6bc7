"""Every notebook, cell by cell, on a small shop and on a shop that has orders alone."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib as mpl
import nbformat
import pytest

from tests.ingestion import Shop
from tests.notebooks.committed import code_cells

if TYPE_CHECKING:
    from collections.abc import Iterator

    from IPython.core.interactiveshell import InteractiveShell
    from pyspark.sql import SparkSession

pytestmark = pytest.mark.spark

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
each_notebook = pytest.mark.parametrize("notebook", NOTEBOOKS, ids=[one.stem for one in NOTEBOOKS])
FIRST_CELL = "%load_ext kedro.ipython"
HEADER = "order_id,line_number,order_ts,user_id,item_id,quantity,price"
ORDERS = [
    "o1,1,2011-12-01 10:00:00,u1,i1,1,2.5",
    "o1,2,2011-12-01 10:00:00,u1,i2,4,1.5",
    "o2,1,2011-12-01 11:00:00,,i1,1,2.5",
    "o3,1,2011-12-01 12:00:00,u1,i1,none,2.5",  # rejected
]


@pytest.fixture(scope="module")
def orders_alone(spark_session: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data root of a shop with four order lines of one day and nothing else."""
    columns = {name: name for name in HEADER.split(",")}
    shop = Shop(tmp_path_factory.mktemp("orders"), orders={"columns": columns})
    shop.deliver("orders", a__csv="\n".join([HEADER, *ORDERS, ""]))
    shop.ingest()
    return shop.inbox.parent / "data"


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


def execute(shell: InteractiveShell, notebook: Path, data_root: Path) -> list[object]:
    """Run every cell; after the first one what a user types to look at another shop.

    What cells show.
    """
    cells = code_cells(nbformat.read(notebook, as_version=4))
    assert FIRST_CELL in cells[0].source
    project = notebook.parents[1]
    shown = []
    for place, cell in enumerate(cells):
        result = shell.run_cell(cell.source)
        result.raise_error()
        shown.append(result.result)
        if place == 0:
            line = f"{project} --env=test --params=data_root={data_root}"
            shell.run_line_magic("reload_kedro", line)
    return shown


def named(shown: list[object], kind: str) -> list[object]:
    """What cells show of a class, by its name."""
    return [one for one in shown if type(one).__name__ == kind]


@each_notebook
def test_a_notebook_runs_on_a_generated_shop(
    generated_shop: Path, shell: InteractiveShell, notebook: Path
) -> None:
    shown = execute(shell, notebook, generated_shop)
    sentences = [one.data for one in named(shown, "Markdown")]
    assert len(sentences) >= 4
    assert not [one for one in sentences if "unknown share" in one or "nan" in one.split()]
    assert len([one for one in sentences if any(sign.isdigit() for sign in one)]) >= 3
    assert len(named(shown, "Figure")) >= 4


@each_notebook
def test_a_notebook_runs_on_a_shop_of_orders_alone(
    orders_alone: Path, shell: InteractiveShell, notebook: Path
) -> None:
    shown = execute(shell, notebook, orders_alone)
    told = "\n".join(one.data for one in named(shown, "Markdown"))
    expected = {
        "01_explore_interactions": ["3 interactions from 2011-12-01", "No views in this shop"],
        "02_data_quality": [f"4 rows in 1 file: {100 * 3 / 4:.1f} % are used", "No visitors"],
        "03_behaviour": ["No searches in this shop", "2 orders: 50.0 % hold one item only"],
    }
    assert [one for one in expected[notebook.stem] if one not in told] == []
