"""The committed notebooks: outputs in order, nothing of a machine in them, no logic."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tests.notebooks.committed import (
    MOST_BYTES,
    code_cells,
    find_logic,
    find_strange,
    python_of,
)

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
PICTURE = new_output("display_data", {"image/png": "iVBORw0KGgo="})


@pytest.fixture(params=NOTEBOOKS, ids=[path.stem for path in NOTEBOOKS])
def path(request: pytest.FixtureRequest) -> Path:
    return request.param


def executed(*outputs, count=1):
    """A notebook of one cell with these outputs and a picture."""
    cell = new_code_cell("catalog", execution_count=count, outputs=[*outputs, PICTURE])
    return new_notebook(cells=[new_markdown_cell("A title"), cell])


def test_the_notebooks_are_there() -> None:
    names = ["01_explore_interactions", "02_data_quality", "03_behaviour"]
    assert [path.stem for path in NOTEBOOKS] == names


def test_a_committed_notebook_is_executed_and_clean(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert find_strange(notebook) == []
    assert path.stat().st_size < MOST_BYTES


def test_a_committed_notebook_holds_no_logic(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    assert len(code_cells(notebook)) > 5
    assert find_logic(notebook) == []


def test_a_committed_notebook_opens_with_kedro_s_catalog_on_any_machine(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    assert notebook.metadata.kernelspec.name == "python3"
    assert "%load_ext kedro.ipython" in code_cells(notebook)[0].source


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("def share(a):\n    return a", "FunctionDef"),
        ("for row in rows:\n    print(row)", "For"),
        ("[row for row in rows]", "comprehension"),
        ("share = 100 * part / whole", "BinOp"),
        ("rows if rows else None", "IfExp"),
        ("sorted(rows, key=lambda row: row)", "Lambda"),
        ("while True:\n    break", "While"),
        ("!rm file", "shell"),
    ],
)
def test_a_cell_with_logic_is_found(source: str, found: str) -> None:
    notebook = new_notebook(cells=[new_markdown_cell("A title"), new_code_cell(source)])
    assert f"cell 1: {found}" in find_logic(notebook)


@pytest.mark.parametrize(
    ("output", "found"),
    [
        (new_output("error", ename="E", evalue="", traceback=[]), "code cell 1: error"),
        (new_output("stream", text="hello"), "code cell 1: stream"),
        (new_output("display_data", {"text/plain": "see /home/ann/shop"}), "code cell 1: path"),
        (new_output("display_data", {"text/html": "'/tmp/x'"}), "code cell 1: path"),
        (new_output("display_data", {"text/plain": "INFO loading"}), "code cell 1: log line"),
        (
            new_output("display_data", {"text/plain": "DataFrame[a: int]"}),
            "code cell 1: Spark object",
        ),
    ],
)
def test_an_output_that_must_not_be_committed_is_found(output, found: str) -> None:
    assert find_strange(executed()) == []
    assert find_strange(executed(output)) == [found]


def test_cells_out_of_order_and_a_notebook_without_a_figure_are_found() -> None:
    assert find_strange(executed(count=3)) == ["code cell 1: executed as 3"]
    empty = new_notebook(cells=[new_code_cell("catalog", execution_count=1)])
    assert find_strange(empty) == ["no figure"]


def test_magics_are_no_python() -> None:
    assert python_of("%load_ext kedro.ipython\nx = 1") == "\nx = 1"
