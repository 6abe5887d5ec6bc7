"""What a committed notebook must not hold: logic, errors, log lines, paths of a machine."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbformat import NotebookNode

MOST_BYTES = 1_500_000
LOGIC = (
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.For, ast.While),
    *(ast.If, ast.IfExp, ast.Try, ast.comprehension, ast.BinOp, ast.Compare, ast.With),
)
# A folder of some machine, a log line's time, a stack trace.
STRANGE = {
    "path": re.compile(r"(?<![\w./:<])/(?:home|tmp|root|work|usr|opt|Users|mnt|var)/|[A-Z]:\\\\"),
    "log line": re.compile(r"\b(?:INFO|WARNING|WARN|ERROR)\b"),
    "Spark object": re.compile(r"<(?:pyspark|kedro)\.|DataFrame\["),
}


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def python_of(source: str) -> str:
    """A cell's Python; magics are no Python."""
    lines = source.splitlines()
    return "\n".join("" if line.startswith(("%", "!")) else line for line in lines)


def find_logic(notebook: NotebookNode) -> list[str]:
    """Cells that compute: loops, branches, definitions, arithmetic, shell commands."""
    found = []
    for place, cell in enumerate(notebook.cells):
        if cell.cell_type != "code":
            continue
        nodes = [type(node) for node in ast.walk(ast.parse(python_of(cell.source)))]
        found += [f"cell {place}: {node.__name__}" for node in nodes if node in LOGIC]
        found += [f"cell {place}: shell" for line in cell.source.splitlines() if line[:1] == "!"]
    return found


def output_texts(cell: NotebookNode) -> Iterator[str]:
    for output in cell.outputs:
        yield output.get("text", "")
        for kind, content in output.get("data", {}).items():
            if kind.startswith("text/"):
                yield content


def find_strange(notebook: NotebookNode) -> list[str]:
    """Outputs that must not be committed, and cells that were not executed in order."""
    found = []
    for place, cell in enumerate(code_cells(notebook), 1):
        if cell.execution_count != place:
            found.append(f"code cell {place}: executed as {cell.execution_count}")
        kinds = [output.output_type for output in cell.outputs]
        found += [f"code cell {place}: {kind}" for kind in kinds if kind in {"error", "stream"}]
        texts = "\n".join(output_texts(cell))
        found += [
            f"code cell {place}: {name}" for name, one in STRANGE.items() if one.search(texts)
        ]
    if not any(
        "image/png" in out.get("data", {}) for c in code_cells(notebook) for out in c.outputs
    ):
        found.append("no figure")
    return found
