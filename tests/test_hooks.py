"""Around a run: settings handed over, one run at a time, the project's own errors last."""

from __future__ import annotations

import logging
from pathlib import Path
from types import SimpleNamespace

import pytest
from filelock import FileLock, Timeout
from kedro.config import MissingConfigException
from kedro.framework.hooks import hook_impl
from kedro.io import DataCatalog, DatasetError, MemoryDataset
from kedro.pipeline import Node, Pipeline
from kedro_datasets.text import TextDataset
from pluggy import PluginManager

from personalization import hooks
from personalization.config import stamps
from personalization.contracts.errors import (
    ConfigurationError,
    DamagedTableError,
    EnvironmentNotReadyError,
    LockedError,
    MissingInputError,
    SourceFileError,
)
from personalization.datasets.delta_parts import DeltaPartsDataset
from personalization.datasets.locks import hold


class NoSparkFile(dict):
    """A config loader whose ``conf`` has no spark.yml."""

    def __getitem__(self, key: str) -> dict:
        raise MissingConfigException(key)


def context(loader: dict, path: Path = Path("/project"), **runtime: str) -> SimpleNamespace:
    return SimpleNamespace(config_loader=loader, project_path=path, _runtime_params=runtime)


def test_spark_settings_are_handed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    handed = []
    monkeypatch.setattr(hooks, "hand_over", handed.append)
    hooks.SparkHooks().after_context_created(context({"spark": {"spark.master": "local"}}))
    assert handed == [{"spark.master": "local"}]


def test_a_missing_spark_file_breaks_no_command(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    handed = []
    monkeypatch.setattr(hooks, "hand_over", handed.append)
    with caplog.at_level(logging.WARNING):
        hooks.SparkHooks().after_context_created(context(NoSparkFile()))
    assert handed == [{}]
    assert "No spark.yml" in caplog.text


def test_java_and_jars_are_checked_before_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise EnvironmentNotReadyError("Java is missing: install it.")

    monkeypatch.setattr(hooks, "require_spark", refuse)
    with pytest.raises(EnvironmentNotReadyError, match="Java is missing"):
        hooks.SparkHooks().before_pipeline_run()


def test_each_session_has_its_own_stamps() -> None:
    first = stamps.batch_id()
    hooks.StampHooks().after_context_created()
    assert stamps.batch_id() != first


LOADER = {"globals": {"data_root": "data"}, "parameters": {}}


def begin_run(*registered: object) -> None:
    """Call every hook that Kedro calls before a run."""
    manager = PluginManager("kedro")
    for one in registered:
        manager.register(one)
    manager.hook.before_pipeline_run(run_params={}, pipeline=Pipeline([]), catalog=DataCatalog())


def is_free(data_root: Path) -> bool:
    lock = FileLock(data_root / ".run.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return False
    lock.release()
    return True


def test_a_second_run_on_the_same_data_waits_or_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hooks, "RUN_LOCK_TIMEOUT_SECONDS", 0.1)
    lock = hooks.RunLockHooks()
    lock.after_context_created(context(LOADER, tmp_path))
    data = tmp_path / "data"
    with hold(str(data / "run"), 1), pytest.raises(LockedError, match="Wait for it"):
        begin_run(lock)
    for end in (lock.after_pipeline_run, lock.on_pipeline_error):
        begin_run(lock)
        assert not is_free(data)
        end()
        assert is_free(data)


def test_a_run_that_is_refused_lets_the_next_one_begin(tmp_path: Path) -> None:
    lock = hooks.RunLockHooks()
    lock.after_context_created(context(LOADER, tmp_path))
    locked = []

    class Refusing:
        @hook_impl
        def before_pipeline_run(self) -> None:
            locked.append(not is_free(tmp_path / "data"))
            raise DamagedTableError("cut")

    with pytest.raises(DamagedTableError, match="cut"):
        begin_run(Refusing(), lock)
    assert locked == [True]
    assert is_free(tmp_path / "data")


def test_the_run_lock_follows_the_data_root_of_the_command_line(tmp_path: Path) -> None:
    lock = hooks.RunLockHooks()
    lock.after_context_created(context(LOADER, tmp_path, data_root=str(tmp_path / "other")))
    begin_run(lock)
    assert not is_free(tmp_path / "other")
    lock.after_pipeline_run()
    lock.after_context_created(context(LOADER, tmp_path, data_root="s3a://bucket/shop"))
    begin_run(lock)
    assert is_free(tmp_path / "other")


def test_a_dry_run_locks_nothing_because_it_writes_nothing(tmp_path: Path) -> None:
    dry = {"data_processing": {"intake": {"dry_run": {"enabled": True}}}}
    lock = hooks.RunLockHooks()
    lock.after_context_created(context({**LOADER, "parameters": dry}, tmp_path))
    begin_run(lock)
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    "shop",
    ["../../evil", "..", "a/b", "a\\b", "/abs", "s3://b", ".hidden", "x ", "x" * 201, "店" * 67],
)
def test_a_shop_that_is_no_folder_s_name_is_refused(shop: object) -> None:
    loader = {"globals": {"data_root": "data", "shop": shop}, "parameters": {}}
    with pytest.raises(ConfigurationError, match=r"'shop' is .* no name of a folder"):
        hooks.NameHooks().after_context_created(context(loader))


def test_a_shop_that_is_a_number_for_yaml_is_to_be_quoted() -> None:
    loader = {"globals": {"data_root": "data", "shop": 2024}, "parameters": {}}
    with pytest.raises(ConfigurationError, match="'shop' is 2024, which is not text: quote it"):
        hooks.NameHooks().after_context_created(context(loader))


@pytest.mark.parametrize("shop", ["Büro 24", "Bu\u0308ro", "my-shop_2.b", "店", "दुकान", None, ""])
def test_names_of_shops_are_taken_as_they_are(shop: object) -> None:
    loader = {"globals": {"data_root": "data", "shop": shop}, "parameters": {}}
    hooks.NameHooks().after_context_created(context(loader))


def echo(text: str) -> str:
    return text


def test_text_reports_of_the_run_are_shown(caplog: pytest.LogCaptureFixture) -> None:
    pipeline = Pipeline([Node(echo, "a", "report_x_text", name="x"), Node(echo, "a", "report_y")])
    catalog = DataCatalog({"report_x_text": MemoryDataset("als 0.27"), "a": MemoryDataset("-")})
    with caplog.at_level(logging.INFO, logger="personalization"):
        hooks.ReportHooks().after_pipeline_run(pipeline, catalog)
    assert [record.getMessage() for record in caplog.records] == ["report_x_text\nals 0.27"]


def test_the_project_s_own_error_is_the_last_word() -> None:
    own = SourceFileError("orders.csv: no column Quantity")
    wrapped = DatasetError("Failed while loading data")
    wrapped.__cause__ = own
    with pytest.raises(SourceFileError, match="no column Quantity"):
        hooks.ReportHooks().on_pipeline_error(wrapped)


def test_other_errors_and_own_ones_unwrapped_are_left_alone() -> None:
    hooks.ReportHooks().on_pipeline_error(ValueError("a bug"))
    hooks.ReportHooks().on_pipeline_error(SourceFileError("already bare"))


PARAMETERS = {"first": {"text": "t", "txt": "u"}, "frist": {"text": "v"}, "data_root": "d"}


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> tuple[dict, DataCatalog]:
    """Two pipelines, of which the second reads what the first writes to disk."""
    names = {"first": Node(echo, "params:first.text", "prm_x", name="first")}
    names["second"] = Node(echo, "prm_x", "report_x", name="second")
    known = {name: Pipeline([node]) for name, node in names.items()}
    monkeypatch.setattr(hooks, "every_pipeline", lambda: known)
    return known, DataCatalog({"prm_x": TextDataset(filepath=str(tmp_path / "x.txt"))})


def name_hooks(parameters: dict, shop: str = "my_shop") -> hooks.NameHooks:
    names = hooks.NameHooks()
    names.after_context_created(context({"parameters": parameters, "globals": {"shop": shop}}))
    return names


def test_parameters_that_nothing_reads_are_told(
    shop: tuple[dict, DataCatalog], caplog: pytest.LogCaptureFixture
) -> None:
    known, catalog = shop
    name_hooks(PARAMETERS).before_pipeline_run(known["first"], catalog)
    told = [record.getMessage() for record in caplog.records]
    assert told == [
        "parameters: nothing reads 'first.txt'; is it misspelt?",
        "parameters: nothing reads 'frist'; is it misspelt?",
    ]


def test_an_input_that_was_never_written_names_the_pipeline_that_writes_it(
    shop: tuple[dict, DataCatalog],
) -> None:
    known, catalog = shop
    with pytest.raises(MissingInputError, match=r"'prm_x' is not .*run --pipeline=first.*--params"):
        name_hooks({}).before_pipeline_run(known["second"], catalog)
    catalog.save("prm_x", "there")
    name_hooks({}).before_pipeline_run(known["second"], catalog)


def test_no_run_builds_on_a_table_whose_last_commit_was_emptied(
    shop: tuple[dict, DataCatalog], tmp_path: Path
) -> None:
    known, catalog = shop
    catalog["prm_x"] = DeltaPartsDataset(filepath=str(tmp_path / "x"))
    log = tmp_path / "x" / "_delta_log"
    log.mkdir(parents=True)
    commit = log / f"{0:020}.json"
    commit.write_text('{"commitInfo": {}}\n{"add": {}}\n')
    hooks.TableHooks().before_pipeline_run(known["second"], catalog)
    commit.write_text("")
    for pipeline in known.values():  # that writes it, that reads it
        with pytest.raises(DamagedTableError, match=r"0\.json.* was cut .*'kedro repair'"):
            hooks.TableHooks().before_pipeline_run(pipeline, catalog)


def test_what_lives_in_memory_is_left_to_kedro(shop: tuple[dict, DataCatalog]) -> None:
    known, catalog = shop
    catalog["prm_x"] = MemoryDataset()
    name_hooks({}).before_pipeline_run(known["second"], catalog)


def test_a_shop_s_own_tables_never_lie_among_those_of_the_generated_one(
    shop: tuple[dict, DataCatalog],
) -> None:
    known, catalog = shop
    own = {"data_generation": {"shop": {"enabled": False}}}
    with pytest.raises(ConfigurationError, match="'shop' is 'generated', the files are not"):
        name_hooks(own, "generated").before_pipeline_run(known["first"], catalog)
    with pytest.raises(ConfigurationError, match="'shop' is 'empty'"):
        name_hooks({}, "").before_pipeline_run(known["first"], catalog)
    name_hooks(own, "my_shop").before_pipeline_run(known["first"], catalog)
    name_hooks({}, "generated").before_pipeline_run(known["first"], catalog)


def test_raw_files_that_no_pipeline_reads_are_told(caplog: pytest.LogCaptureFixture) -> None:
    hooks.NameHooks().after_catalog_created({"raw_orders": {}, "raw_order": {}, "prm_x": {}})
    (record,) = caplog.records
    assert record.getMessage().startswith("catalog: no pipeline reads 'raw_order'; raw files are")
    hooks.NameHooks().after_catalog_created(None)
