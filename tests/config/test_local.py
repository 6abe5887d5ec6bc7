"""``conf/local`` is made once and then left alone."""

from __future__ import annotations

from pathlib import Path

import yaml

from personalization.config.local import create_local


def read_key(folder: Path) -> str:
    return yaml.safe_load((folder / "credentials.yml").read_text())["pseudonyms"]["key"]


def test_the_key_is_random_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    create_local(tmp_path / "a")
    create_local(tmp_path / "b")
    assert len(bytes.fromhex(read_key(tmp_path / "a"))) == 32
    assert read_key(tmp_path / "a") != read_key(tmp_path / "b")
    assert (tmp_path / "a" / "credentials.yml").stat().st_mode & 0o777 == 0o600


def test_what_is_there_stays_as_it_is(tmp_path: Path) -> None:
    create_local(tmp_path)
    key = read_key(tmp_path)
    (tmp_path / "parameters.yml").write_text("training: {}\n")
    (tmp_path / "spark.yml").unlink()
    create_local(tmp_path)
    assert read_key(tmp_path) == key
    assert (tmp_path / "parameters.yml").read_text() == "training: {}\n"
    assert (tmp_path / "spark.yml").exists()


def test_the_examples_are_comments_and_change_nothing(tmp_path: Path) -> None:
    create_local(tmp_path)
    assert yaml.safe_load((tmp_path / "parameters.yml").read_text()) is None
    assert yaml.safe_load((tmp_path / "spark.yml").read_text()) is None
