"""A tiny shop's files from Spark: complete, the same however the work is spread, safe to repeat."""

from __future__ import annotations

import hashlib
import shutil
from typing import TYPE_CHECKING

import numpy as np
import pytest

from personalization.pipelines.data_generation import nodes, tasks
from personalization.pipelines.data_generation.identities import name_happenings
from personalization.simulation import world
from personalization.simulation.dirt import find_dirty_files
from personalization.simulation.world import NoWorld
from tests.pipelines.data_generation.shop_files import CHANGES, generate, read
from tests.simulation.options_of import options_of

if TYPE_CHECKING:
    from pathlib import Path

    from pyspark.sql import SparkSession

pytestmark = pytest.mark.spark


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_there_is_a_file_for_each_table_and_day(shop: Path) -> None:
    for table in ("events", "orders", "search_logs"):
        days = {path.name for path in (shop / table).iterdir()}
        assert {"2026-06-10.csv", "2026-06-30.csv"} <= days
        assert len({name for name in days if "again" not in name}) == 21
        assert any(name.endswith("-again.csv") for name in days)
    assert len(read(shop / "users.csv")) == 300
    assert len(read(shop / "products.csv")) == 60


def test_a_file_holds_its_day_in_time_order_and_what_came_late(shop: Path) -> None:
    rows = read(shop / "events" / "2026-06-20.csv")
    moments = [row["event_ts"] for row in rows if row["event_ts"] > "2000"]
    assert moments == sorted(moments)
    late = [moment for moment in moments if not moment.startswith("2026-06-20")]
    assert 0 < len(late) < len(moments) / 10
    assert all("2026-06-16" < moment < "2026-06-20" for moment in late)


def test_a_file_that_comes_again_is_the_same(shop: Path) -> None:
    for again in shop.rglob("*-again.csv"):
        first = again.with_name(again.name.replace("-again", ""))
        assert again.read_bytes() == first.read_bytes()


def test_the_tables_agree_with_one_another(spark_session: SparkSession, tmp_path: Path) -> None:
    """Where dirt is off every reference leads somewhere."""
    generate(tmp_path, dirt=dict.fromkeys(CHANGES["dirt"], 0.0) | NO_DIRT)
    events = [row for path in (tmp_path / "events").iterdir() for row in read(path)]
    orders = [row for path in (tmp_path / "orders").iterdir() for row in read(path)]
    searches = [row for path in (tmp_path / "search_logs").iterdir() for row in read(path)]
    users = {row["user_id"] for row in read(tmp_path / "users.csv")}
    items = {row["item_id"] for row in read(tmp_path / "products.csv")}
    assert {row["user_id"] for row in (*events, *orders, *searches)} <= users | {""}
    assert {row["item_id"] for row in (*events, *orders)} <= items
    assert {one for row in searches for one in row["results"].split("|")} <= items | {""}
    bought = {(r["order_id"], r["item_id"]) for r in events if r["event_kind"] == "purchase"}
    assert {(row["order_id"], row["item_id"]) for row in orders} == bought
    lists = {row["request_id"] for row in events if row["event_kind"] == "impression"}
    clicks = {row["request_id"] for row in events if row["event_kind"] == "view"}
    assert clicks <= lists | {""}
    assert len({row["event_id"] for row in events}) == len(events)
    views = {(r["session_id"], r["item_id"]) for r in events if r["event_kind"] == "view"}
    found = {(r["session_id"], r["clicked_item_id"]) for r in searches if r["clicked_item_id"]}
    assert found
    assert found <= views


NO_DIRT = {"clock_error_share": 0.0, "wrong_type_share": 0.0, "missing_customer_share": 0.0}


@pytest.mark.parametrize("per_core", [1, 7])
def test_files_are_the_same_however_the_work_is_spread(
    shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, per_core: int
) -> None:
    monkeypatch.setattr(world, "MOST_PEOPLE_PER_BLOCK", 20)
    monkeypatch.setattr(tasks, "TASKS_PER_CORE", per_core)
    generate(tmp_path)
    assert digests(tmp_path) == digests(shop)


def test_another_seed_gives_other_files(shop: Path, tmp_path: Path) -> None:
    generate(tmp_path, shop={**CHANGES["shop"], "seed": 8})
    assert not set(digests(tmp_path).values()) & set(digests(shop).values())


def test_repeated_over_what_a_killed_run_left_the_files_are_the_same(
    shop: Path, tmp_path: Path
) -> None:
    generate(tmp_path)
    (tmp_path / "events" / "2026-06-11.csv").unlink()
    (tmp_path / "events" / ".2026-06-12.csv.part").write_text("half a")
    (tmp_path / "orders" / "2025-01-01.csv").write_text("of a longer period")
    generate(tmp_path)
    assert digests(tmp_path) == digests(shop)


def test_a_shop_without_searches_has_files_without_rows_over_those_of_another(
    shop: Path, tmp_path: Path
) -> None:
    shutil.copytree(shop, tmp_path, dirs_exist_ok=True)
    generate(tmp_path, strengths={"searches": {"searcher_share": 0.0}})
    files = sorted((tmp_path / "search_logs").iterdir())
    assert [path.name for path in files] == [
        path.name for path in sorted((shop / "search_logs").iterdir())
    ]
    (head,) = {path.read_text() for path in files}
    assert head == (shop / "search_logs" / files[0].name).read_text().split("\n", 1)[0] + "\n"


def test_a_shop_that_is_switched_off_delivers_no_file(
    spark_session: SparkSession, tmp_path: Path
) -> None:
    (tmp_path / "users.csv").write_text("my own")
    happenings = generate(tmp_path, shop={**CHANGES["shop"], "enabled": False})
    assert happenings.isEmpty()
    assert [path.name for path in tmp_path.iterdir()] == ["users.csv"]
    assert (tmp_path / "users.csv").read_text() == "my own"


def test_dirt_is_listed_row_by_row(spark_session: SparkSession) -> None:
    world = nodes.draw_world(*options_of("base", "test", **CHANGES))
    happenings = nodes.simulate_happenings(world).localCheckpoint()
    listed = nodes.list_dirt(world, happenings).toPandas()
    assert {"duplicate", "late", "clock stopped", "missing customer"} <= set(listed["what"])
    assert not listed.duplicated().any()
    rows = name_happenings(happenings, world.seed).persist()
    soiled = rows.filter("dirt > 0").select("person", "seq").distinct().count()
    assert (
        (listed["of"] == "dirt").sum() == soiled == listed.query("of == 'dirt'")["row_id"].nunique()
    )
    lines = rows.filter("line_dirt > 0").select("person", "order", "line").distinct().count()
    rows.unpersist()
    own = ~listed["what"].isin(["duplicate", "late"])  # these come with the event
    of_lines = listed[(listed["of"] == "line_dirt") & own]
    assert len(of_lines[["row_id", "line_number"]].drop_duplicates()) == lines
    of_files = listed[listed["of"] == "file"]
    again = find_dirty_files(world)["redelivered"]
    assert of_files["delivered"].tolist() == np.flatnonzero(again).tolist()
    assert of_files["row_id"].isna().all()
    assert set(of_files["what"]) == {"redelivered"}


def test_a_changed_redelivery_has_one_price_changed(tmp_path: Path) -> None:
    calm = {**CHANGES["dirt"], "redelivered_share": 0.0}
    generate(tmp_path, dirt={**calm, "changed_share": 0.3})
    for table, key in (("events", ["event_id"]), ("orders", ["order_id", "line_number"])):
        again = sorted((tmp_path / table).glob("*-again.csv"))
        assert again
        for path in again:
            first = read(path.with_name(path.name.replace("-again", "")))
            pairs = list(zip(first, read(path), strict=True))
            (changed,) = [(old, new) for old, new in pairs if old != new]
            assert {name for name in changed[0] if changed[0][name] != changed[1][name]} == {
                "price"
            }
            assert all(changed[0][name] == changed[1][name] for name in key)


def test_a_renamed_column_is_in_the_head_of_whole_days_only(tmp_path: Path, shop: Path) -> None:
    generate(tmp_path, dirt={**CHANGES["dirt"], "renamed_share": 0.3})
    renamed = 0
    for path in (tmp_path / "events").iterdir():
        before = (shop / "events" / path.name).read_text().split("\n", 1)
        head, rest = path.read_text().split("\n", 1)
        assert rest == before[1]
        assert head in (before[0], before[0].replace("item_id", "product_id"))
        renamed += head != before[0]
    assert 2 < renamed < 12


def test_the_best_items_of_each_user_are_ranked_by_probability(spark_session: SparkSession) -> None:
    world = nodes.draw_world(*options_of("base", "test", **CHANGES))
    shop = options_of("base", "test", **CHANGES).shop
    best = nodes.find_best_items(world, shop).toPandas()
    assert best.groupby("user_id").size().max() <= 60  # the shop has no more
    assert 100 < best["user_id"].nunique() < 300  # some have not come yet, some come no more
    best = best.sort_values(["user_id", "rank"])
    falls = best.groupby("user_id")["probability"].diff().dropna() <= 0
    assert falls.all()
    assert best["probability"].between(0, 1).all()
    nobody = nodes.find_best_items(NoWorld(), shop)
    assert nobody.isEmpty()
