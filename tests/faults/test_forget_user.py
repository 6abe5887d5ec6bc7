"""The command itself on a whole shop: no byte of the person (F22), no personal data (F23)."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from personalization.erasure.search import list_files, search
from personalization.erasure.wanted import Wanted
from tests.faults.clean import copy_raw_files
from tests.faults.runs import Run
from tests.faults.sameness import hash_columns

if TYPE_CHECKING:
    from pathlib import Path

    from pyspark.sql import SparkSession

pytestmark = [pytest.mark.slow, pytest.mark.spark]

PIPELINES = ("data_generation", "data_processing", "training", "evaluation")
LAYERS = ("02_intermediate", "03_primary", "05_model_input", "06_models", "07_model_output")
PERSONAL = ("name", "email", "address")
PEOPLE_LOOKED_FOR = 5
OF_USERS = ("prm_users", "prm_user_item_interactions", "prm_impressions", "prm_searches")


def forget(project_path: Path, root: Path, user_id: str, *more: str) -> tuple[int, str]:
    """Exit code and output of the command in a process of its own."""
    command = ["kedro", "forget-user", user_id, "--env=test", f"--data-root={root}", *more]
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=project_path,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "SPARK_LOCAL_DIRS": str(root.parent)},
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def root(project_path, raw_root, tmp_path_factory):
    """A shop after all pipelines; what they printed lies beside it."""
    root = copy_raw_files(raw_root, tmp_path_factory.mktemp("forget") / "root")
    told = []
    for pipeline in PIPELINES[1:]:
        with Run(project_path, root, pipeline) as run:
            assert run.wait() == 0, run.told()
            told.append(run.told(10_000))
    (root.parent / "log.txt").write_text("\n".join(told))
    return root


def read_users(root: Path) -> list[dict[str, str]]:
    with (root / "01_raw" / "generated" / "users.csv").open(newline="") as stream:
        return list(csv.DictReader(stream))


def hashes(session: SparkSession, root: Path, user_id: str) -> dict[str, Counter[str]]:
    """Published table to the hashes of the rows that are of others."""
    told = {}
    for name in OF_USERS:
        rows = session.read.format("delta").load(str(root / "03_primary" / "generated" / name))
        named = rows.filter(rows.user_id.isNotNull() & (rows.user_id != user_id))
        found = named.select(hash_columns(named.columns).alias("h")).toArrow()
        told[name] = Counter(found["h"].to_pylist())
    return told


def test_only_pseudonyms_leave_the_shop_s_files(root):
    log = (root.parent / "log.txt").read_text()
    for user in read_users(root)[:PEOPLE_LOOKED_FOR]:
        for column in PERSONAL:
            wanted = Wanted(user[column])
            assert user[column]
            assert search(list_files(str(root), "generated"), wanted).found == ()
            assert not wanted.is_in_text(log)


def test_a_person_is_erased_and_everything_is_there_again_without_them(
    project_path, root, spark_session
):
    path = root / "03_primary" / "generated" / "prm_user_item_interactions"
    counted = spark_session.read.format("delta").load(str(path)).groupBy("user_id").count()
    user_id = counted.filter("user_id IS NOT NULL").orderBy("count", ascending=False).first()[0]
    others = hashes(spark_session, root, user_id)
    before = search(list_files(str(root), "generated"), Wanted(user_id))
    held = {one.file.split("/")[0] for one in before.sure}
    assert held >= {"02_intermediate", "03_primary", "05_model_input", "06_models"}

    code, told = forget(project_path, root, user_id)
    assert code == 0, told
    assert ": 0 hits." in told
    assert search(list_files(str(root), "generated"), Wanted(user_id)).found == ()
    spark_session._jvm.org.apache.spark.sql.delta.DeltaLog.clearCache()
    assert hashes(spark_session, root, user_id) == others
    comparison = root / "08_reporting" / "generated" / "model_comparison.json"
    assert json.loads(comparison.read_text())
    for layer in LAYERS:
        assert any((root / layer / "generated").iterdir())

    with Run(project_path, root, "data_processing") as run:
        assert run.wait() == 0, run.told()
        assert "Nothing new" in run.told()
    code, told = forget(project_path, root, user_id)
    assert (code, "erased before" in told, ": 0 hits." in told) == (0, True, True)
