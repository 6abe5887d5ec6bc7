"""The project's own commands beside ``kedro run``, as typed."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from personalization.cli import cli

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

pytestmark = pytest.mark.spark

TABLES = ("03_primary/generated/prm_items", "07_model_output/generated/output_recommendations")


@pytest.fixture
def few_tables(shop: Path, tmp_path: Path) -> Path:
    """A data root with two tables of the shop: one of our own dataset, one of Kedro's."""
    for name in TABLES:
        shutil.copytree(shop / name, tmp_path / name)
    return tmp_path


def typed(monkeypatch: pytest.MonkeyPatch, project_path: Path, *words: str) -> Result:
    monkeypatch.chdir(project_path)
    return CliRunner().invoke(cli, list(words))


def test_maintain_names_every_table_that_is_there(
    monkeypatch: pytest.MonkeyPatch, project_path: Path, few_tables: Path
) -> None:
    given = ("--env=test", f"--data-root={few_tables}")
    done = typed(monkeypatch, project_path, "maintain", *given)
    assert done.exit_code == 0, done.output
    for name in TABLES:
        assert f"{few_tables / name}: " in done.output
    assert done.output.count(" MB freed") == len(TABLES)


def test_maintain_refuses_to_keep_too_little_and_a_shop_that_is_not_there(
    monkeypatch: pytest.MonkeyPatch, project_path: Path
) -> None:
    done = typed(monkeypatch, project_path, "maintain", "--keep-days=2")
    assert done.exit_code == 2
    assert "2 is not in the range x>=7" in done.output
    done = typed(monkeypatch, project_path, "maintain", "--env=no_such_shop")
    assert done.exit_code == 1
    assert done.output.startswith("Error: ")
    assert "no_such_shop" in done.output


def test_repair_tells_a_whole_table_from_one_that_it_brought_back(
    monkeypatch: pytest.MonkeyPatch, project_path: Path, few_tables: Path
) -> None:
    from personalization.spark.build import active_session

    folder = few_tables / TABLES[0]
    again = active_session().read.format("delta").load(str(folder))
    again.write.format("delta").mode("append").save(str(folder))
    newest = max(folder.glob("*.parquet"), key=lambda path: path.stat().st_mtime_ns)
    newest.unlink()
    given = ("--env=test", f"--data-root={few_tables}")
    done = typed(monkeypatch, project_path, "repair", *given)
    assert f"restored: {folder} to version 0" in done.output
