"""A commit is whole where it tells of as many files as Delta has noted beside it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from personalization.contracts.errors import DamagedTableError
from personalization.datasets.commit_log import (
    find_broken_commit,
    is_broken_commit,
    require_whole_log,
)

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def log(tmp_path: Path) -> Path:
    folder = tmp_path / "_delta_log"
    folder.mkdir()
    return folder


def commit(log: Path, version: int, *told: str, files: int | None = None) -> Path:
    """A commit that tells of one file for each action; ``files`` is what Delta noted."""
    path = log / f"{version:020}.json"
    path.write_text("".join(f"{json.dumps({one: {}})}\n" for one in told))
    if files is not None:
        path.with_suffix(".crc").write_text(json.dumps({"numFiles": files}))
    return path


@pytest.mark.parametrize(
    ("told", "files", "is_broken"),
    [
        (("commitInfo", "add", "add"), 4, False),
        (("commitInfo", "add", "remove"), 2 + 1, True),  # an add was lost
        (("commitInfo", "add", "add"), 4 - 1, True),  # a remove was lost
        (("commitInfo",), 2, False),
        (("commitInfo", "add"), None, False),  # nothing is noted, as after a RESTORE
        ((), None, True),
    ],
)
def test_lines_that_were_lost_are_told_by_what_delta_has_noted(log, told, files, is_broken):
    commit(log, 0, "metaData", "add", "add", files=2)
    newest = commit(log, 1, *told, files=files)
    assert is_broken_commit(newest) is is_broken
    assert (find_broken_commit(log.parent) == newest) is is_broken


def test_the_first_commit_begins_with_no_file(log):
    assert not is_broken_commit(commit(log, 0, "metaData", "add", files=1))
    assert is_broken_commit(commit(log, 0, "metaData", files=1))


@pytest.mark.parametrize("text", ["", '{"add": ', "[]\n", "\xff"])
def test_text_that_is_no_commit_is_broken(log, text):
    path = commit(log, 0, "add")
    path.write_bytes(text.encode("latin-1"))
    assert is_broken_commit(path)


def test_a_commit_that_a_checkpoint_covers_is_not_read_any_more(log):
    newest = commit(log, 7)
    with pytest.raises(DamagedTableError, match=r"07\.json.*'kedro repair'"):
        require_whole_log(str(log.parent))
    newest.with_suffix(".checkpoint.parquet").touch()
    require_whole_log(str(log.parent))


def test_a_table_that_is_not_there_and_one_in_an_object_store_are_left_alone(tmp_path):
    require_whole_log(str(tmp_path))
    require_whole_log("s3a://bucket/table")
