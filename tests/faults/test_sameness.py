"""What compares data roots sees half a table, a row too many, another value, a lost table."""

from __future__ import annotations

import shutil
import time
from typing import TYPE_CHECKING

import pytest

from tests.faults.bench import Bench, copy_shop
from tests.faults.contents import judge, judge_same, read_content
from tests.faults.reader import ABSENT, Reader, saw_only_whole_versions
from tests.faults.sameness import (
    Tables,
    count_differences,
    differences,
    published_keys,
    read_tables,
    table_folder,
)

if TYPE_CHECKING:
    from pathlib import Path

    from pyspark.sql import DataFrame

    from tests.ingestion import Shop

pytestmark = pytest.mark.spark

MART = "prm_user_item_interactions"
POLL_SECONDS = 0.001


def tables_of(bench: Bench, shop: Path) -> Tables:
    return read_tables(bench.session, shop / "data", published_keys(bench.project))


@pytest.fixture(scope="module")
def whole(bench: Bench) -> Tables:
    return tables_of(bench, bench.first.folder)


@pytest.fixture
def shop(bench: Bench, tmp_path: Path) -> Shop:
    """A copy, to be spoilt."""
    return copy_shop(bench.first, tmp_path)


@pytest.fixture
def mart(bench: Bench, shop: Shop) -> DataFrame:
    return shop.load(MART)


@pytest.fixture
def root(shop: Shop) -> Path:
    return shop.inbox.parent


def test_a_copy_is_the_same(bench: Bench, whole: Tables, shop: Shop, root: Path) -> None:
    assert differences(whole, tables_of(bench, root)) == []
    assert judge_same(bench.first.content, read_content(shop)).passed


def test_half_a_table_is_not_the_same(
    bench: Bench, whole: Tables, shop: Shop, root: Path, mart: DataFrame
) -> None:
    half = mart.orderBy("interaction_id").limit(mart.count() // 2).localCheckpoint()
    gone = mart.count() - half.count()
    half.write.format("delta").mode("overwrite").save(str(table_folder(root / "data", MART)))
    found = tables_of(bench, root)
    assert differences(whole, found) == [f"{MART}: {gone} rows are lacking, 0 are too many"]
    assert count_differences(whole, found) == (gone, 0)
    verdict = judge(bench.first.content, read_content(shop))
    assert (verdict.lost, verdict.duplicated, verdict.passed) == (gone, 0, False)


def test_a_row_that_is_there_twice_is_not_the_same(
    bench: Bench, whole: Tables, shop: Shop, root: Path, mart: DataFrame
) -> None:
    mart.limit(1).write.format("delta").mode("append").save(str(table_folder(root / "data", MART)))
    assert differences(whole, tables_of(bench, root)) == [
        f"{MART}: 0 rows are lacking, 1 are too many",
        f"{MART}: 1 keys are there more than once",
    ]
    verdict = judge(bench.first.content, read_content(shop))
    assert (verdict.lost, verdict.duplicated, verdict.passed) == (0, 1, False)


def test_a_changed_value_and_a_lost_table_are_not_the_same(
    bench: Bench, whole: Tables, root: Path
) -> None:
    items = table_folder(root / "data", "prm_items")
    bench.session.sql(f"UPDATE delta.`{items}` SET brand = NULL WHERE item_id = 'products-0'")
    shutil.rmtree(table_folder(root / "data", "prm_searches"))
    found = tables_of(bench, root)
    assert differences(whole, found) == [
        "prm_searches: is not there",
        "prm_items: 1 rows are lacking, 1 are too many",
    ]
    assert count_differences(whole, found) == (1 + 6, 1)


def test_stamps_of_the_run_do_not_count(bench: Bench, whole: Tables, root: Path) -> None:
    items = table_folder(root / "data", "prm_items")
    bench.session.sql(f"UPDATE delta.`{items}` SET batch_id = 'later'")
    assert differences(whole, tables_of(bench, root)) == []


def test_the_reader_notices_half_a_table(bench: Bench, mart: DataFrame, tmp_path: Path) -> None:
    full = mart.count()
    table = tmp_path / "mart"
    with Reader(bench.session, table) as reader:
        for rows in (mart.limit(2).localCheckpoint(), mart):
            rows.write.format("delta").mode("overwrite").save(str(table))
            polled = reader.polls
            while reader.polls < polled + 2:
                time.sleep(POLL_SECONDS)
    assert reader.seen[-2:] == [2, full]
    assert not saw_only_whole_versions(reader.seen, [ABSENT, full])
