"""Files from pieces: whole or not at all, found again, nothing else left in the folder."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from personalization.contracts.errors import SourceFileError
from personalization.datasets import raw_writing
from personalization.datasets.raw_files import RawFilesDataset
from personalization.spark import progress
from tests.datasets.refusals import refused

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pyspark.sql import DataFrame, SparkSession

pytestmark = pytest.mark.spark

HEADER = b"order_ts,item_id,quantity,price\n"
COLUMNS = {name: name for name in HEADER.decode().strip().split(",")}


@pytest.fixture
def pieces(spark: SparkSession) -> Callable[..., DataFrame]:
    """A frame of pieces, in one partition, from pairs of file and content."""

    def frame(*given: tuple[str, bytes]) -> DataFrame:
        rows = [(file, bytearray(content), content.count(b"\n")) for file, content in given]
        return spark.createDataFrame(rows, raw_writing.PIECES).coalesce(1)

    return frame


def dataset(pattern: str | None) -> RawFilesDataset:
    return RawFilesDataset(filepath=pattern, table="orders", columns=COLUMNS)


def test_pieces_become_files_that_are_found_again(
    pieces: Callable[..., DataFrame], tmp_path: Path
) -> None:
    orders = dataset(f"{tmp_path}/in/*.csv")
    assert not orders.exists()
    orders.save(
        pieces(("1.csv", HEADER), ("1.csv", b"2011,a,1,2.5\n"), ("2.csv", HEADER + b"2012,b,1,1\n"))
    )
    assert [one.name for one in orders.load().files] == ["1.csv", "2.csv"]
    assert (tmp_path / "in" / "1.csv").read_bytes() == HEADER + b"2011,a,1,2.5\n"
    assert len(list((tmp_path / "in").iterdir())) == 2


def test_a_long_content_is_cut_into_pieces_that_make_it_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(raw_writing, "PIECE_BYTES", 4)
    pieces = raw_writing.cut_pieces("1.csv", b"abcdefghi", 3).to_pylist()
    assert [piece["content"] for piece in pieces] == [b"abcd", b"efgh", b"i"]
    assert [piece["rows"] for piece in pieces] == [3, 0, 0]
    assert {piece["file"] for piece in pieces} == {"1.csv"}


def test_files_that_are_not_written_any_more_are_removed(
    pieces: Callable[..., DataFrame], tmp_path: Path
) -> None:
    orders = dataset(f"{tmp_path}/*.csv")
    (tmp_path / "README.md").write_text("kept: the entry does not read it")
    orders.save(pieces(("1.csv", HEADER), ("2.csv", HEADER)))
    orders.save(pieces(("2.csv", HEADER), ("3.csv", HEADER)))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["2.csv", "3.csv", "README.md"]


def test_without_pieces_nothing_is_touched(
    pieces: Callable[..., DataFrame], spark: SparkSession, tmp_path: Path
) -> None:
    (tmp_path / "1.csv").write_bytes(HEADER)
    nothing = spark.createDataFrame([], raw_writing.PIECES)
    dataset(f"{tmp_path}/*.csv").save(nothing)
    assert (tmp_path / "1.csv").read_bytes() == HEADER
    dataset(None).save(nothing)
    with refused(SourceFileError, "raw_orders: it has 'filepath: null', nothing is written"):
        dataset(None).save(pieces(("1.csv", HEADER)))


@pytest.mark.parametrize(
    ("pattern", "name", "told"),
    [
        ("orders*.csv", "events.csv", r"raw_orders, file events.csv: .* would not find it"),
        ("orders*.csv", "orders/../../x.csv", "would not find it"),
        ("**/orders.csv", "orders.csv", "names no single folder"),
    ],
)
def test_file_that_would_not_be_found_again_is_not_written(
    pieces: Callable[..., DataFrame], tmp_path: Path, pattern: str, name: str, told: str
) -> None:
    folder = tmp_path / "in"
    with refused(SourceFileError, told):
        dataset(f"{folder}/{pattern}").save(pieces((name, HEADER)))
    assert not list(tmp_path.rglob("*.csv"))


def test_a_full_disk_is_told_and_leaves_the_file_before_it_whole(
    pieces: Callable[..., DataFrame], tmp_path: Path
) -> None:
    (tmp_path / "1.csv").write_bytes(HEADER)
    (tmp_path / ".1.csv.part").symlink_to("/dev/full")
    with refused(SourceFileError, r"raw_orders, file 1.csv: .*No space left on device"):
        dataset(f"{tmp_path}/*.csv").save(
            pieces(("0.csv", HEADER), ("1.csv", HEADER + b"2011,a,1,2.5\n" * 10_000))
        )
    assert (tmp_path / "1.csv").read_bytes() == HEADER
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0.csv", "1.csv"]


def test_a_long_job_says_how_far_it_is(
    pieces: Callable[..., DataFrame],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(progress, "TELL_EVERY_SECONDS", 0.0)
    with caplog.at_level(logging.INFO, logger="personalization"):
        dataset(f"{tmp_path}/*.csv").save(pieces(("1.csv", HEADER), ("2.csv", HEADER)))
    assert "raw_orders: 2 files, up to 2.csv, " in caplog.text
    assert "rows/s" in caplog.text
