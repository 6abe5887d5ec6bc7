"""Which files are searched, and what is said of them."""

from __future__ import annotations

from personalization.erasure.search import list_files, search
from personalization.erasure.wanted import Wanted


def write(root, *names):
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("by u1\n")


def test_all_is_searched_but_the_shop_s_files_the_truth_and_other_shops(tmp_path):
    searched = (
        "02_intermediate/mine/int_events/_delta_log/.0.json.crc",
        "03_primary/mine/prm_users/part-0",
        "08_reporting/mine/ingestion.json",
        "09_new_layer/mine/deep/down/file",
        "notes.txt",
    )
    left_out = (
        "01_raw/mine/users.csv",
        "03_primary/yours/prm_users/part-0",
        "08_reporting/mine/truth_dirt/part-0",
        "08_reporting/mine/truth_parameters.json",
    )
    write(tmp_path, *searched, *left_out)
    result = search(list_files(str(tmp_path), "mine"), Wanted("u1"))
    assert [one.file for one in result.sure] == sorted(searched)
    assert (result.files, result.bytes) == (len(searched), 6 * len(searched))


def test_names_of_files_and_folders_are_searched(tmp_path):
    for name in ("03_primary/mine/of_u1.txt", "03_primary/mine/user=u1/part-0", "u10.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("nothing")
    result = search(list_files(str(tmp_path), "mine"), Wanted("u1"))
    assert [(one.file, one.hit.place) for one in result.sure] == [
        ("03_primary/mine/of_u1.txt", "its name"),
        ("03_primary/mine/user=u1/part-0", "its name"),
    ]
