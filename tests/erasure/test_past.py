"""A table gives up its past; killed in between it can be read, and a second call finishes."""

from __future__ import annotations

import pytest
from delta.tables import DeltaTable

from personalization.erasure import past
from personalization.erasure.past import give_up_past
from personalization.erasure.search import list_files, search
from personalization.erasure.wanted import Wanted

pytestmark = pytest.mark.spark

MOMENT = "2026-06-30 12:00:00"
STEPS = ("write_checkpoint", "delete_old_log", "delete_old_data")


def make_table(spark, folder, *, vectors=False):
    """Two commits, then one that deletes the person, whose id is the smallest of all."""
    for start in (0, 50):
        rows = spark.range(start, start + 50).selectExpr("concat('visitor', id) AS user_id", "id")
        writer = rows.coalesce(1).write.format("delta").mode("append")
        options = {"delta.enableDeletionVectors": "true"} if vectors and not start else {}
        writer.options(**options).save(str(folder))
    DeltaTable.forPath(spark, str(folder)).delete("id = 0")
    return str(folder)


def found(tmp_path):
    return search(list_files(str(tmp_path), "generated"), Wanted("visitor0")).found


def ids(spark, location):
    return sorted(row.id for row in spark.read.format("delta").load(location).collect())


@pytest.mark.parametrize("vectors", [False, True])
def test_nothing_of_a_deleted_row_is_left(spark, tmp_path, vectors):
    location = make_table(spark, tmp_path / "t able", vectors=vectors)
    assert len({one.file for one in found(tmp_path)}) >= 3  # data, commit and checksum
    version = give_up_past(location, MOMENT)
    assert found(tmp_path) == ()
    assert ids(spark, location) == list(range(1, 100))
    history = DeltaTable.forPath(spark, location).history().collect()
    assert [row.version for row in history] == [version]
    spark.range(100, 101).selectExpr("'new' AS user_id", "id").write.format("delta").mode(
        "append"
    ).save(location)
    assert ids(spark, location) == list(range(1, 101))


@pytest.mark.slow
@pytest.mark.parametrize("step", STEPS)
def test_killed_before_a_step_the_table_can_be_read_and_a_second_call_finishes(
    spark, tmp_path, monkeypatch, step
):
    location = make_table(spark, tmp_path / "table")

    def kill(*_):
        raise InterruptedError(step)

    with monkeypatch.context() as patched:
        patched.setattr(past, step, kill)
        with pytest.raises(InterruptedError):
            give_up_past(location, MOMENT)
    assert ids(spark, location) == list(range(1, 100))
    give_up_past(location, MOMENT)
    assert found(tmp_path) == ()
    assert ids(spark, location) == list(range(1, 100))
