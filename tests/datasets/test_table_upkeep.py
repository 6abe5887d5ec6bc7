"""Small files are put together month by month; what old versions need goes after its time."""

from __future__ import annotations

import os
import re
import time
from typing import TYPE_CHECKING

import pytest
from delta.tables import DeltaTable

from personalization import cli
from personalization.datasets import table_upkeep
from personalization.datasets.table_upkeep import compact, keep_up, look_at
from personalization.spark.build import active_session
from tests.ingestion import hash_rows

if TYPE_CHECKING:
    from pathlib import Path

    from pyspark.sql import DataFrame

pytestmark = pytest.mark.spark

DAY_SECONDS = 86_400
ROWS = 20
DAYS = 15


def read(folder: Path) -> DataFrame:
    return active_session().read.format("delta").load(str(folder))


def newest(folder: Path) -> int:
    history = DeltaTable.forPath(active_session(), str(folder)).history(1)
    return int(history.collect()[0]["version"])


@pytest.fixture(scope="module")
def daily(spark_session, tmp_path_factory):
    """A table of fifteen days in fifteen files, and its rows before it was compacted."""
    folder = tmp_path_factory.mktemp("daily") / "table"
    day = f"date_add(DATE'2026-01-20', CAST(id % {DAYS} AS INT))"
    rows = spark_session.range(DAYS * ROWS).selectExpr("id", f"{day} AS interaction_date")
    rows.repartition(DAYS).write.format("delta").save(str(folder))
    assert look_at(str(folder))["numFiles"] == DAYS
    before = hash_rows(read(folder))
    compact(str(folder))
    return folder, before


def test_many_small_files_become_one_that_says_the_same(daily):
    folder, before = daily
    assert len(before) == DAYS * ROWS
    assert hash_rows(read(folder)) == before
    assert (look_at(str(folder))["numFiles"], newest(folder)) == (1, 1)


def test_few_files_are_left_alone(spark, tmp_path):
    folder = tmp_path / "table"
    spark.range(80).repartition(8).write.format("delta").save(str(folder))
    compact(str(folder))
    assert (look_at(str(folder))["numFiles"], newest(folder)) == (8, 0)


def test_a_table_that_is_partitioned_by_day_stays_so(daily, tmp_path):
    folder, before = daily
    again = tmp_path / "table"
    days = read(folder).filter("interaction_date < DATE'2026-01-23'").repartition(4)
    days.write.format("delta").partitionBy("interaction_date").save(str(again))
    assert look_at(str(again))["numFiles"] == 3 * 4
    compact(str(again))
    assert look_at(str(again))["numFiles"] == 3
    assert hash_rows(read(again)) == hash_rows(days)
    assert set(hash_rows(days)) < set(before)


def test_a_reader_of_a_day_skips_the_files_of_others(spark, daily, monkeypatch, tmp_path):
    folder, before = daily
    again = tmp_path / "table"
    read(folder).repartition(12).write.format("delta").save(str(again))
    one_day = "interaction_date = DATE'2026-01-22'"
    assert files_read(again, one_day) == 12
    size = look_at(str(again))["sizeInBytes"]
    monkeypatch.setattr(table_upkeep, "FILE_BYTES", size // 3)
    compact(str(again))
    files = look_at(str(again))["numFiles"]
    assert 2 <= files < 12
    assert files_read(again, one_day) < files
    assert hash_rows(read(again)) == before
    assert spark.conf.get(table_upkeep.LARGEST_FILE, None) is None


def files_read(folder: Path, where: str) -> int:
    """Data files that Delta leaves to be read after its statistics have been looked at."""
    return len(read(folder).filter(where).inputFiles())


def test_compacting_changes_no_rows_for_who_follows_the_log_and_nothing_when_repeated(daily):
    folder, _ = daily
    commit = max((folder / "_delta_log").glob("*.json")).read_text()
    assert '"dataChange":false' in commit
    assert '"dataChange":true' not in commit
    compact(str(folder))
    assert newest(folder) == 1


def test_a_table_without_days_is_compacted_as_a_whole(spark, tmp_path):
    folder = tmp_path / "table"
    spark.range(ROWS).repartition(9).write.format("delta").save(str(folder))
    before = hash_rows(read(folder))
    done = keep_up(str(folder), 7)
    assert (done.files_before, done.files_after) == (9, 1)
    assert hash_rows(read(folder)) == before
    assert cli.tell_upkeep(done).startswith(f"{folder}: 9 files, now 1; ")


def test_only_files_that_no_version_of_the_kept_days_needs_are_removed(spark, tmp_path):
    folder = tmp_path / "table"
    for number in range(3):
        spark.range(number, 1000).coalesce(1).write.format("delta").mode("overwrite").save(
            str(folder)
        )
    versions = sorted(folder.glob("*.parquet"), key=lambda path: path.stat().st_mtime_ns)
    done = keep_up(str(folder), 7)
    assert done.freed_bytes <= 0  # all versions are of today
    assert all(path.exists() for path in versions)
    make_older(folder, days=8)
    done = keep_up(str(folder), 7)
    assert done.freed_bytes > 0
    assert [path.exists() for path in versions] == [False, False, True]
    assert read(folder).count() == 1000 - 2


def make_older(folder: Path, days: int) -> None:
    """Set the times of all data files and of what the log says of their removal back."""
    earlier = time.time() - days * DAY_SECONDS
    for path in [*folder.glob("_delta_log/*.json"), *folder.glob("*.parquet")]:
        if path.suffix == ".json":
            text = re.sub(
                r'"deletionTimestamp":\d+', f'"deletionTimestamp":{int(earlier * 1000)}',
                path.read_text(),
            )  # fmt: skip
            path.write_text(text)
            path.with_name(f".{path.name}.crc").unlink(missing_ok=True)
        os.utime(path, (earlier, earlier))
    table_upkeep.active_session()._jvm.org.apache.spark.sql.delta.DeltaLog.clearCache()


def test_fewer_days_than_are_safe_are_refused(tmp_path):
    with pytest.raises(ValueError, match="6 days are fewer than the 7 that are safe"):
        keep_up(str(tmp_path), 6)
    assert cli.SAFE_DAYS == table_upkeep.SAFE_DAYS
