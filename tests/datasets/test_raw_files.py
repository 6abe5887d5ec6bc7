import hashlib
import logging
import os

import pytest

from personalization.contracts.errors import ConfigurationError, SourceFileError
from personalization.datasets.raw_files import RawFilesDataset

HEADER = "order_ts,item_id,quantity,price"
THEIRS = {name: name for name in HEADER.split(",")}
ROWS = f"{HEADER}\n2011-01-01,a,1,2.5\n2011-01-02,b,2,3.5\n"


@pytest.fixture
def orders(tmp_path):
    """A dataset of orders over files given by name and content."""

    def dataset(files, pattern="*.csv", **entry):
        for name, content in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        entry = {"table": "orders", "columns": THEIRS, **entry}
        return RawFilesDataset(filepath=f"{tmp_path}/{pattern}", **entry)

    return dataset


@pytest.mark.parametrize("filepath", ["", 5, ["a.csv", "b.csv"]])
def test_a_file_path_that_is_no_glob_is_told(filepath):
    with pytest.raises(
        ConfigurationError, match=r"raw_orders .*: filepath: .* is no glob of files; null"
    ):
        RawFilesDataset(filepath=filepath, table="orders", columns=THEIRS)
    with pytest.raises(ConfigurationError, match="filepath: '' is no glob"):
        RawFilesDataset(table="orders", columns=THEIRS)
    with pytest.raises(ConfigurationError, match=r"raw_orders .*: filepth: no such key"):
        RawFilesDataset(filepth="x", table="orders", columns=THEIRS)


def test_a_link_to_a_file_is_read_and_one_to_nothing_stops_the_run(orders, tmp_path):
    orders({"real/a.txt": ROWS})
    (tmp_path / "b.csv").symlink_to(tmp_path / "real" / "a.txt")
    assert [one.name for one in orders({}).load().files] == ["b.csv"]
    (tmp_path / "c.csv").symlink_to(tmp_path / "gone.csv")
    with pytest.raises(SourceFileError, match=r"raw_orders, file c.csv: it cannot be opened"):
        orders({}).load().files  # noqa: B018


def test_a_file_whose_name_is_no_text_is_told(orders, tmp_path):
    orders({})
    (tmp_path / os.fsdecode(b"caf\xe9.csv")).write_text(ROWS)
    with pytest.raises(
        SourceFileError, match=r"raw_orders, file caf\?.csv: its name is no text in UTF-8"
    ):
        orders({}).load().files  # noqa: B018


@pytest.mark.parametrize(("filepath", "told"), [("foo://a/b.csv", "foo"), ("s3://a/b.csv", "s3fs")])
def test_storage_that_cannot_be_reached_is_told(filepath, told):
    with pytest.raises(ConfigurationError, match=rf"raw_orders .*: filepath: .*{told}"):
        RawFilesDataset(filepath=filepath, table="orders", columns=THEIRS)


def test_a_folder_is_no_file(orders, tmp_path):
    found = orders({"a.csv": ROWS, "b.csv/part.csv": ROWS}).load().files
    assert [one.name for one in found] == ["a.csv"]
    dataset = RawFilesDataset(filepath=f"{tmp_path}/b.csv", table="orders", columns=THEIRS)
    assert dataset.load().listed == ()


def test_facts_of_each_file_come_in_the_order_of_names_below_the_folder(orders, tmp_path):
    files = {"2011/b.csv": ROWS, "2010/a.csv": f"{HEADER}\n", ".hidden.csv": "x", "c.txt": "x"}
    found = orders(files, "**/*.csv").load().files
    assert [one.name for one in found] == ["2010/a.csv", "2011/b.csv"]
    assert [one.bytes for one in found] == [len(HEADER) + 1, len(ROWS)]
    assert found[1].sha256 == hashlib.sha256(ROWS.encode()).hexdigest()
    assert found[1].header == tuple(HEADER.split(","))
    assert found[1].path == f"file://{tmp_path}/2011/b.csv"


def test_names_do_not_depend_on_where_the_run_was_started(orders, tmp_path, monkeypatch):
    orders({"in/a.csv": ROWS})
    monkeypatch.chdir(tmp_path)
    entry = {"table": "orders", "columns": THEIRS}
    for place in ("in/*.csv", "in/a.csv", f"file://{tmp_path}/in/*.csv"):
        found = RawFilesDataset(filepath=place, **entry).load().files
        assert [one.name for one in found] == ["a.csv"]


def test_files_on_another_file_system_are_found_and_told_with_their_protocol():
    import fsspec

    with fsspec.open("memory://shop/in/orders.csv", "wb") as stream:
        stream.write(ROWS.encode())
    dataset = RawFilesDataset(filepath="memory://shop/in/*.csv", table="orders", columns=THEIRS)
    (facts,) = dataset.load().files
    assert (facts.name, facts.path) == ("orders.csv", "memory:///shop/in/orders.csv")
    assert dataset.preview()["data"][0] == ["2011-01-01", "a", "1", "2.5"]


def test_added_columns_are_accepted_and_told(orders):
    found = orders({"a.csv": "new,order_ts,item_id,quantity,price,x\n"}).load().files
    assert found[0].unread == ("new", "x")


@pytest.mark.parametrize(
    ("content", "entry", "told"),
    [
        ("order_ts,item_id,quantity\n", {}, "a.csv: no column price. Was .* has 3: order_ts"),
        ("order_ts,sku,quantity,price\n", {}, "a.csv: no column item_id.*Was a column renamed"),
        (ROWS.replace(",", ";"), {}, "a.csv: no column order_ts, .*is the separator not ','"),
        (ROWS.replace("quantity", "price"), {}, "a.csv: no column quantity"),
        (f"{HEADER},price\n", {}, "a.csv: it has the column price more than once"),
        (
            ROWS,
            {"format": {"encoding": "utf-16"}},
            "a.csv: .* read as utf-16 csv: UTF-16",
        ),
        ("order_ts,it\0em_id\n", {}, r"a.csv: its columns.*line 1 is damaged \(nul_byte\)"),
        (ROWS, {"format": {"kind": "parquet"}}, "a.csv: it is no Parquet file"),
        (
            "2011-01-01,a,1\n",
            {"format": {"header": False}, "columns": dict(zip(THEIRS, (1, 2, 3, 5), strict=True))},
            "a.csv: no column 5. Was .* The file has 3",
        ),
        (
            '{"order_ts": 1, "sku": "a", "quantity": 1, "price": 2}\n',
            {"format": {"kind": "json_lines"}},
            r"a.csv: no column item_id. .*Was a column renamed\?",
        ),
    ],
)
def test_columns_that_are_not_as_described_stop_the_run_by_name(orders, content, entry, told):
    with pytest.raises(SourceFileError, match=told):
        orders({"a.csv": content}, **entry).load().files  # noqa: B018


def test_truncated_archive_without_a_header_names_the_damage(orders):
    with pytest.raises(SourceFileError, match=r"a.csv.gz: .*truncated_file"):
        orders({"a.csv.gz": b"\x1f\x8b\x08"}, "*.gz").load().files  # noqa: B018


def test_empty_file_is_accepted_with_a_warning(orders, caplog):
    with caplog.at_level(logging.WARNING):
        (facts,) = orders({"a.csv": ""}).load().files
    assert facts.header is None
    assert "a.csv is empty" in caplog.text


def test_json_that_leaves_out_an_optional_value_is_accepted_with_a_warning(orders, caplog):
    row = '{"order_ts": 1, "item_id": 1, "quantity": 1, "price": 2, "coupon": 1}\n'
    columns = {**THEIRS, "user_id": "user.id"}
    with caplog.at_level(logging.WARNING):
        (facts,) = (
            orders({"a.csv": row}, format={"kind": "json_lines"}, columns=columns).load().files
        )
    assert "a.csv: its first rows have no user.id" in caplog.text
    assert facts.unread == ("coupon",)


def test_json_without_any_object_stops_the_run(orders):
    with pytest.raises(
        SourceFileError, match=r"raw_orders, file a.csv: .* as utf-8 json_lines: no line holds"
    ):
        orders({"a.csv": "[1]\n"}, format={"kind": "json_lines"}).load().files  # noqa: B018


def test_source_that_a_shop_does_not_have_loads_without_files():
    dataset = RawFilesDataset(filepath=None, table="users")
    assert dataset.load().files == ()
    assert dataset.exists()
    assert dataset.preview()["data"] == []


def test_preview_shows_the_first_good_rows_under_our_names(orders):
    preview = orders({"a.csv": ROWS.replace("1,2.5", "1"), "b.csv": ROWS}).preview(2)
    assert preview == {
        "index": [0, 1],
        "columns": list(THEIRS),
        "data": [["2011-01-02", "b", "2", "3.5"], ["2011-01-01", "a", "1", "2.5"]],
    }
    assert orders({"a.csv": ROWS}).preview(1)["data"] == [["2011-01-01", "a", "1", "2.5"]]


def test_a_link_whose_target_was_written_again_has_another_fingerprint(orders, tmp_path):
    orders({"real/a.txt": ROWS})
    (tmp_path / "b.csv").symlink_to(tmp_path / "real" / "a.txt")
    (before,) = orders({}).load().listed
    (tmp_path / "real" / "a.txt").write_text(ROWS.replace("2.5", "9.5"))
    (after,) = orders({}).load().listed
    assert after.fingerprint != before.fingerprint
