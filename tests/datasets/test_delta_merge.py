import json
import threading
from contextlib import nullcontext
from pathlib import Path
from typing import get_type_hints

import pytest
from kedro_datasets._typing import TablePreview

from personalization.contracts.errors import ContractError, LockedError
from personalization.datasets import delta_merge
from personalization.datasets.delta_merge import DeltaMergeDataset
from personalization.datasets.delta_table import CommitCounts
from personalization.datasets.locks import hold
from tests.datasets.refusals import refused

pytestmark = pytest.mark.spark

KEYS = ["shop", "item"]


def rows_of(session, *rows, columns="shop, item, price, batch"):
    """A frame of rows as SQL writes them."""
    values = ", ".join(f"({row})" for row in rows)
    return session.sql(f"SELECT * FROM VALUES {values} AS t({columns})")


def items(path, **entry):
    return DeltaMergeDataset(filepath=str(path), keys=KEYS, stamps=["batch"], **entry)


def content_of(frame):
    return {tuple(row) for row in frame.collect()}


@pytest.fixture(scope="module")
def life(spark_session, tmp_path_factory):
    """A table that was created, saved again by another run, and then saved with changes."""
    path = tmp_path_factory.mktemp("tables") / "items"
    path.mkdir()
    (path / "part-00000-orphan.parquet").write_bytes(b"of a run that was killed")
    dataset = items(path, save_args={"partitionBy": ["shop"]})
    commits = []
    first = ("'de', 1, 1.5, 'b1'", "'de', CAST(NULL AS INT), 2.5, 'b1'", "'at', 1, NULL, 'b1'")
    for saved in (
        first,
        tuple(row.replace("b1", "b2") for row in first),
        ("'de', 1, 1.5, 'b3'", "'de', NULL, 9.5, 'b3'", "'at', 1, 4.5, 'b3'", "'at', 2, 1, 'b3'"),
    ):
        frame = rows_of(spark_session, *saved).selectExpr(
            *("shop", "CAST(item AS INT) AS item", "CAST(price AS DOUBLE) AS price", "batch")
        )
        dataset.save(frame)
        commits.append(dataset.last_commit())
    return dataset, path, commits


def test_first_save_creates_the_table_also_beside_files_of_a_killed_run(life):
    assert life[2][0] == CommitCounts(version=0, inserted=3, updated=0)


def test_same_content_from_another_run_commits_nothing(life):
    assert life[2][1] == life[2][0]


def test_only_changed_rows_are_updated_and_only_new_ones_inserted(life):
    assert life[2][2] == CommitCounts(version=1, inserted=1, updated=2)


def test_null_keys_match_and_unchanged_rows_keep_their_stamp(life):
    assert content_of(life[0].load()) == {
        ("de", 1, 1.5, "b1"),
        ("de", None, 9.5, "b3"),
        ("at", 1, 4.5, "b3"),
        ("at", 2, 1.0, "b3"),
    }


def test_older_version_is_loaded_where_it_is_asked_for(life):
    before = items(life[1], load_args={"versionAsOf": 0})
    assert content_of(before.load()) == {
        ("de", 1, 1.5, "b1"),
        ("de", None, 2.5, "b1"),
        ("at", 1, None, "b1"),
    }


def test_options_of_the_write_take_effect_when_the_table_is_created(life):
    assert sorted(folder.name for folder in life[1].glob("shop=*")) == ["shop=at", "shop=de"]


def test_preview_is_json_of_the_first_rows_and_of_nothing_without_a_table(life, tmp_path):
    preview = life[0].preview(nrows=2)
    assert json.loads(json.dumps(preview)) == preview
    assert preview["columns"] == ["shop", "item", "price", "batch"]
    assert preview["index"] == [0, 1]
    every = life[0].preview(nrows=10)["data"]
    assert min(every, key=str) == ["at", "1", "4.5", "b3"]
    assert items(tmp_path / "none").preview() == {"index": [], "columns": [], "data": []}


def test_asking_for_a_table_that_is_not_there_starts_no_spark(monkeypatch, tmp_path):
    monkeypatch.delattr("personalization.datasets.delta_table.active_session")
    assert not items(tmp_path / "none").exists()
    assert items(tmp_path / "none").preview()["data"] == []


def test_the_preview_says_its_type_as_kedro_viz_wants_it():
    assert get_type_hints(DeltaMergeDataset.preview)["return"] is TablePreview


def test_columns_and_types_that_differ_are_refused_by_name_and_nothing_is_written(life, spark):
    rows = rows_of(spark, "'de', 1, '1.5', 7, 'b4'", columns="shop, item, price, size, batch")
    told = (
        r"columns differ: price \(double in the table, string now\)\. "
        "Nothing was written"
    )
    with refused(ContractError, told):
        life[0].save(rows)
    with refused(ContractError, r"columns differ: item \(int in the table, string now\)\. Nothing"):
        life[0].save(rows_of(spark, "'de', '1', CAST(1 AS DOUBLE), 'b4'"))
    assert life[0].last_commit().version == 1


def test_rows_that_share_a_key_are_refused_with_examples_and_nothing_is_written(spark, tmp_path):
    rows = rows_of(spark, "'de', 1, 1, 'b'", "'de', 1, 2, 'b'", "'de', 2, 2, 'b'")
    told = r"items: rows share the key \(shop, item\).*\{'shop': 'de', 'item': 1, 'count': 2\}"
    with refused(ContractError, told):
        items(tmp_path / "items").save(rows)
    rows = rows_of(spark, "'de', NULL, 1, 'b'", "'de', NULL, 2, 'b'")
    with refused(ContractError, "'item': None, 'count': 2"):
        items(tmp_path / "items").save(rows)
    assert not (tmp_path / "items").exists()


def test_missing_key_or_stamp_columns_are_refused_by_name(spark, tmp_path):
    rows = rows_of(spark, "1, 2", columns="item, price")
    with refused(ContractError, "items: the frame has no key column shop"):
        items(tmp_path / "items").save(rows)
    dataset = DeltaMergeDataset(filepath=str(tmp_path / "t"), keys=["item"], stamps=["batch"])
    with refused(ContractError, "t: the frame has no stamp column batch"):
        dataset.save(rows)


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ({"keys": []}, "t: 'keys' names no column"),
        ({"keys": "item"}, r"t: 'keys' is a list: \[item\]"),
        ({"keys": ["item"], "stamps": "batch"}, r"t: 'stamps' is a list: \[batch\]"),
    ],
)
def test_entry_without_usable_keys_is_refused(entry, told):
    with pytest.raises(ContractError, match=told):
        DeltaMergeDataset(filepath="data/t", **entry)


def test_table_that_another_writer_holds_is_told_by_path(spark, tmp_path):
    path = tmp_path / "items"
    rows = rows_of(spark, "'de', 1, 1, 'b'")
    failures = []

    def save():
        with refused(LockedError, f"{path} for more than 0.1 s"):
            items(path, lock_timeout_seconds=0.1).save(rows)
        failures.append("told")

    with hold(str(path), 1):
        writer = threading.Thread(target=save)
        writer.start()
        writer.join()
    assert failures == ["told"]
    assert not path.exists()


@pytest.mark.parametrize("locked", [True, False], ids=["lock", "retry"])
def test_two_writers_at_once_lose_no_row(spark, tmp_path, monkeypatch, locked):
    if not locked:  # as on object storage, where Delta itself reports the conflict
        monkeypatch.setattr(delta_merge, "hold", lambda *_: nullcontext())
    path = tmp_path / "items"
    items(path).save(rows_of(spark, "'de', 0, 1, 'b'"))
    start, errors = threading.Barrier(2), []

    def save(shop):
        try:
            start.wait()
            items(path).save(rows_of(spark, f"'{shop}', 1, 1, 'b'", f"'{shop}', 2, 1, 'b'"))
        except Exception as error:  # noqa: BLE001 - told by the assertion below
            errors.append(error)

    writers = [threading.Thread(target=save, args=(shop,)) for shop in ("at", "ch")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert errors == []
    found = {(row.shop, row.item) for row in items(path).load().collect()}
    assert found == {("de", 0), ("at", 1), ("at", 2), ("ch", 1), ("ch", 2)}


@pytest.mark.parametrize(("conflicts", "succeeds"), [(2, True), (3, False)])
def test_conflict_is_tried_three_times(spark, tmp_path, monkeypatch, conflicts, succeeds):
    from delta.exceptions import ConcurrentAppendException

    dataset = items(tmp_path / "items")
    rows = rows_of(spark, "'de', 1, 1, 'b'")
    dataset.save(rows)
    attempts = []

    def conflict_first(*told):
        attempts.append(told)
        if len(attempts) <= conflicts:
            raise ConcurrentAppendException("another writer")

    monkeypatch.setattr(dataset, "_merge", conflict_first)
    with nullcontext() if succeeds else refused(ConcurrentAppendException, "another writer"):
        dataset.save(rows)
    assert len(attempts) == 3


def test_object_storage_takes_no_lock(spark, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    dataset, created = items("s3a://bucket/items"), []
    monkeypatch.setattr(dataset, "_exists", lambda: False)
    monkeypatch.setattr(dataset, "_create", created.append)
    dataset.save(rows_of(spark, "'de', 1, 1, 'b'"))
    assert len(created) == 1
    assert list(Path().iterdir()) == []


def test_description_for_people_names_path_and_keys(tmp_path):
    assert "keys=['shop', 'item']" in str(items(tmp_path / "t"))
