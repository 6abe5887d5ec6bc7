"""The recipes of conf/README.md, word for word, on small files of their kind."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.ingestion import Shop

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = pytest.mark.spark

FILES = Path(__file__).parents[1] / "recipes"
BLOCK = re.compile(r"```yaml\n# recipe: (\w+)\n(.*?)```", re.DOTALL)


def read_recipes(project_path: Path) -> dict[str, dict[str, Any]]:
    """Name to catalog entries, as the page has them."""
    text = (project_path / "conf" / "README.md").read_text()
    return {name: yaml.safe_load(block) for name, block in BLOCK.findall(text)}


def open_shop(project_path: Path, folder: Path, recipe: str) -> Shop:
    """A shop described by a recipe, its files delivered."""
    sources = {}
    for name, entry in read_recipes(project_path)[recipe].items():
        place = entry["filepath"].rpartition("/")[2]
        kept = {k: v for k, v in entry.items() if k not in {"type", "table", "credentials"}}
        sources[name.removeprefix("raw_")] = {**kept, "filepath": f"{folder}/files/{place}"}
    shop = Shop(folder, **sources)
    shutil.copytree(FILES / recipe, folder / "files")
    return shop


def test_every_recipe_has_files(project_path: Path) -> None:
    assert sorted(read_recipes(project_path)) == sorted(path.name for path in FILES.iterdir())


def interactions(shop: Shop) -> list[tuple[Any, ...]]:
    rows = shop.load("prm_user_item_interactions").collect()
    told = ((r.interaction_type, r.user_id, r.item_id, str(r.interaction_ts)) for r in rows)
    return sorted(told, key=str)


def test_one_file_of_events(project_path: Path, spark: SparkSession, tmp_path: Path) -> None:
    shop = open_shop(project_path, tmp_path, "one_event_file")
    report = shop.ingest()
    assert report["totals"]["rejected_by"] == {"duplicate": 1, "event_kind_unknown": 1}
    assert interactions(shop) == [
        ("cart", "257597", "355908", "2015-06-02 05:02:25.201000"),
        ("purchase", "257597", "355908", "2015-06-02 05:03:21.444000"),
        ("view", "111016", "318965", "2015-06-03 02:53:19.999000"),
        ("view", "257597", "355908", "2015-06-02 05:02:12.117000"),
        ("view", "992329", "248676", "2015-06-02 05:50:14.164000"),
    ]
    sessions = shop.load("prm_user_item_interactions").filter("user_id = '257597'")
    assert sessions.select("session_id").distinct().count() == 1


def test_a_file_without_a_header(project_path: Path, spark: SparkSession, tmp_path: Path) -> None:
    shop = open_shop(project_path, tmp_path, "no_header")
    report = shop.ingest()
    assert report["totals"]["rejected_by"] == {"kind_not_used": 1, "time_out_of_range": 1}
    assert [row[:3] for row in interactions(shop)] == [
        ("cart", "1", "2268318"),
        ("purchase", "1", "2268318"),
        ("view", "1", "2268318"),
        ("view", "1", "2333346"),
        ("view", "2", "4365585"),
    ]


def test_one_file_with_several_tables(
    project_path: Path, spark: SparkSession, tmp_path: Path
) -> None:
    shop = open_shop(project_path, tmp_path, "several_tables")
    report = shop.ingest()
    rejected = {name: told["rejected_by"] for name, told in report["sources"].items()}
    assert rejected == {
        "products": {"of_another_table": 7},
        "users": {"of_another_table": 8},
        "events": {"of_another_table": 6},
        "orders": {"of_another_table": 7, "quantity_not_positive": 1},
    }
    done = {row[:3] for row in interactions(shop)}
    assert done == {
        ("cart", "c7", "M-1"),
        ("purchase", "c7", "M-1"),
        ("view", None, "M-2"),
        ("view", "c7", "M-1"),
    }
    (row,) = shop.load("int_rejected_rows").collect()
    assert (row.source, row.row_number) == ("orders", 8)
    assert "ann@example.org" not in row.row_text
    (user,) = shop.load("prm_users").collect()
    assert user.email_pseudonym is not None
    assert "ann" not in user.email_pseudonym
    orders = shop.load("prm_user_item_interactions").filter("source = 'orders'").collect()
    assert [str(one.known_at) for one in orders] == ["2026-05-01 22:00:00"]
