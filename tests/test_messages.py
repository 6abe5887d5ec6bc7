"""An error that a user can mend is told in words; a bug keeps its stack trace."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

import pytest
import yaml
from kedro.io import DatasetError
from kedro.validation.exceptions import ParameterValidationError
from omegaconf.errors import InterpolationResolutionError

from personalization.contracts.errors import ConfigurationError
from personalization.messages import tell_plainly, without_jargon, words_for_users

if TYPE_CHECKING:
    from pathlib import Path


def tell(error: BaseException, capsys: pytest.CaptureFixture[str]) -> str:
    tell_plainly(type(error), error, error.__traceback__)
    return capsys.readouterr().err


def test_the_project_s_error_is_told_from_inside_kedro_s(
    capsys: pytest.CaptureFixture[str],
) -> None:
    wrapped = DatasetError("Failed to instantiate dataset 'raw_orders'")
    wrapped.__cause__ = ConfigurationError("timestamps.time_zone: no zone 'Londn'.")
    assert tell(wrapped, capsys) == "Error: timestamps.time_zone: no zone 'Londn'.\n"


def test_a_parameter_that_is_refused_is_told_without_a_stack_trace(
    capsys: pytest.CaptureFixture[str],
) -> None:
    error = ParameterValidationError("training.lists.length must be positive.")
    assert tell(error, capsys) == "Error: training.lists.length must be positive.\n"


def test_a_misspelt_key_of_a_parameter_group_is_told_without_python_s_words(
    capsys: pytest.CaptureFixture[str],
) -> None:
    error = ParameterValidationError(
        "Parameter validation failed:\n- Parameter 'training.lists': Failed to instantiate Lists "
        "for parameter 'training.lists': Lists.__init__() got an unexpected keyword argument 'k'"
    )
    assert tell(error, capsys) == (
        "Error: Parameter validation failed:\n- Parameter 'training.lists': there is no key 'k'\n"
    )


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (
            ValueError("Failed to find the pipeline named 'train'. It needs to be generated"),
            "Error: there is no pipeline 'train'; 'kedro registry list' names them all.\n",
        ),
        (
            DatasetError("An exception occurred when parsing config for dataset 'raw_orders':\nno"),
            "Error: An exception occurred when parsing config for dataset 'raw_orders':\nno\n",
        ),
        (
            DatasetError("Catalog entry 'raw_users' is not a valid dataset configuration."),
            "Error: Catalog entry 'raw_users' is not a valid dataset configuration.\n",
        ),
        (
            InterpolationResolutionError("Globals key 'shopp' not found"),
            "Error: Globals key 'shopp' not found\n",
        ),
        (yaml.YAMLError("a.yml, line 3"), "Error: a.yml, line 3\n"),
        (
            ValueError("Duplicate keys found in a.yml and b.yml: raw_orders"),
            "Error: Duplicate keys found in a.yml and b.yml: raw_orders\n",
        ),
    ],
)
def test_errors_of_kedro_and_yaml_that_a_user_can_mend_are_told_without_a_stack_trace(
    error: Exception, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tell(error, capsys) == told


def test_a_bug_keeps_its_stack_trace(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ZeroDivisionError) as caught:
        _ = 1 / 0
    assert "Traceback" in tell(caught.value, capsys)


def test_a_full_disk_is_told_also_where_only_the_text_of_an_error_speaks_of_it() -> None:
    inner = RuntimeError("java.io.IOException: No space left on device\n\tat java.base/…")
    outer = DatasetError("Failed while saving data to dataset")
    outer.__cause__ = inner
    told = words_for_users(outer)
    assert told is not None
    assert "the disk is full" in told
    assert "data_root" in told
    assert "java" not in told


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (
            (
                "[FAILED_READ_FILE.FILE_NOT_EXIST] … file "
                "file:/data/03_primary/shop/prm_items/part-1.snappy.parquet. File does not exist."
            ),
            "the table prm_items is damaged (part-1.snappy.parquet). 'kedro repair' brings",
        ),
        (
            (
                "[FAILED_READ_FILE.NO_HINT] Encountered error while reading file "
                "s3a://bucket/prm_users/_delta_log/00000000000000000002.checkpoint.parquet."
            ),
            "the table prm_users is damaged (00000000000000000002.checkpoint.parquet).",
        ),
        ("[DELTA_TRUNCATED_TRANSACTION_LOG] no", "a table is damaged. 'kedro repair' brings"),
    ],
)
def test_a_damaged_table_is_named_with_the_command_that_mends_it(told: str, words: str) -> None:
    found = words_for_users(DatasetError(told))
    assert found is not None
    assert found.startswith(f"Error: {words}")


def test_a_group_of_parameters_that_is_not_there_is_told_by_its_name() -> None:
    kedro = ValueError("Pipeline input(s) {'params:a.shop', 'params:a.dirt'} not found in the X")
    assert words_for_users(kedro) == (
        "Error: conf has no group of parameters a.dirt, a.shop: "
        "is it misspelt, or does something else stand in its place?"
    )
    assert words_for_users(ValueError("Pipeline input(s) {'raw_a'} not found in the X")) is None


def test_a_folder_that_may_not_be_written_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "locked"
    error = OSError(errno.EROFS, "Read-only file system", str(folder / ".run.lock"))
    words = words_for_users(error)
    assert words is not None
    assert words.startswith(f"Error: {folder}/.run.lock: Read-only file system.")
    assert "--params=data_root=" in words
    assert words_for_users(OSError(errno.ENOENT, "No such file or directory", "a")) is None


@pytest.mark.parametrize("group", ["null", "5", "[1]"])
def test_a_group_of_parameters_that_is_none_is_told_without_python_s_words(group: str) -> None:
    told = {
        "null": "Parameter 'evaluation.x': value is None but type is not Optional",
        "5": "Parameter 'evaluation.x': Expected dict for dataclass X, got int",
        "[1]": "Parameter 'evaluation.x': Expected dict for dataclass X, got list",
    }[group]
    assert without_jargon(told) == "Parameter 'evaluation.x': a group of keys belongs here"
