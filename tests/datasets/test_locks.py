import logging
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock, Timeout

from personalization.contracts.errors import LockedError
from personalization.datasets import locks
from personalization.datasets.locks import hold, local_path, lock_path

HOLDER = """
import sys
from personalization.datasets.locks import hold
with hold(sys.argv[1], 10):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_table_that_another_process_writes_is_told_by_path_and_free_after_it_is_killed(tmp_path):
    table = str(tmp_path / "tables" / "prm_items")
    command = [sys.executable, "-c", HOLDER, table]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout.readline() == b"held\n"
        told = pytest.raises(LockedError, match=f"{table} for more than 0.1 s")
        with told as caught, hold(table, 0.1):
            pass
        assert str(tmp_path / "tables" / ".prm_items.lock") in caught.value.message
        holder.kill()
    with hold(table, 1):
        pass


def test_whoever_has_to_wait_is_told(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(locks, "SOON_SECONDS", 0.1)
    table = str(tmp_path / "t")
    with caplog.at_level(logging.INFO), hold(table, 1):
        assert caplog.text == ""
        with pytest.raises(LockedError), hold(table, 0.2):
            pass
    assert f"Another process is writing {table}: waiting for it, 0.2 s at most" in caplog.text


def test_lock_is_free_after_an_error_in_the_block_which_comes_through(tmp_path):
    table = str(tmp_path / "t")
    # A timeout of some other lock is not ours to explain.
    with pytest.raises(Timeout), hold(table, 1):
        raise Timeout("other")
    with hold(table, 0.1), pytest.raises(Timeout):
        FileLock(lock_path(Path(table))).acquire(timeout=0, blocking=False)


def test_object_storage_takes_no_lock(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with hold("s3a://bucket/tables/t", 0.1), hold("s3a://bucket/tables/t", 0.1):
        pass
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("location", "path"),
    [
        ("data/t", "data/t"),
        ("/data/t", "/data/t"),
        ("file:///data/t", "/data/t"),
        ("file:/data/t", "/data/t"),
        ("C:/data/t", "C:/data/t"),
        ("hdfs://host/t", None),
        ("dbfs:/t", None),
        ("abfss://c@a.dfs.core.windows.net/t", None),
    ],
)
def test_only_paths_of_this_machine_are_local(location, path):
    found = local_path(location)
    assert (found.as_posix() if found else None) == path
