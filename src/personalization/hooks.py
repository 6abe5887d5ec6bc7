"""What happens around a run: Spark's settings, one run at a time, errors and results in words."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Final

from kedro.config import MissingConfigException
from kedro.framework.hooks import hook_impl
from kedro.io import MemoryDataset

from personalization.config import stamps
from personalization.config.remembered import ConfigurationHooks
from personalization.contracts.errors import (
    ConfigurationError,
    MissingInputError,
    PersonalizationError,
)
from personalization.contracts.schemas import RAW_TABLES
from personalization.datasets.locks import hold
from personalization.dry_run import is_dry
from personalization.messages import causes
from personalization.names import (
    GENERATED_SHOP,
    every_pipeline,
    generates,
    makers,
    parameters_read,
    require_folder_name,
    unread_parameters,
    unread_sources,
)
from personalization.spark.build import hand_over, require_master, require_spark

if TYPE_CHECKING:
    from kedro.framework.context import KedroContext
    from kedro.io import CatalogProtocol
    from kedro.pipeline import Pipeline

logger = logging.getLogger(__name__)

RUN_LOCK_TIMEOUT_SECONDS: Final = 3600


class SparkHooks:
    """Hand over ``spark.yml`` when a project is loaded; check Java and JARs before a run."""

    def __init__(self) -> None:
        self._settings: Mapping[str, Any] = {}

    @hook_impl
    def after_context_created(self, context: KedroContext) -> None:
        """Make the environment's Spark settings those of this process."""
        try:
            settings = context.config_loader["spark"]
        except MissingConfigException:
            logger.warning("No spark.yml in conf: Spark starts with its own defaults, no Delta.")
            settings = {}
        self._settings = settings
        hand_over(settings)

    @hook_impl
    def before_pipeline_run(self) -> None:
        """Say in one sentence what Spark misses, before anything is started."""
        require_master(self._settings)
        require_spark()


class StampHooks:
    """Every session is a run of its own, also the second one of a notebook."""

    @hook_impl
    def after_context_created(self) -> None:
        """Forget the stamps of the session before."""
        stamps.renew()


class RunLockHooks:
    """One run at a time on one ``data_root``: a second one waits for its turn."""

    def __init__(self) -> None:
        self._data_root: str | None = ""
        self._held = ExitStack()

    @hook_impl
    def after_context_created(self, context: KedroContext) -> None:
        """Remember where the run's tables are; None for a run that writes none."""
        self._data_root = None
        if is_dry(context.config_loader):
            return
        runtime = context._runtime_params or {}  # noqa: SLF001 - Kedro has no public name for it
        chosen = runtime.get("data_root") or context.config_loader["globals"]["data_root"]
        local = "://" not in str(chosen)
        self._data_root = str(context.project_path / chosen) if local else str(chosen)

    @hook_impl(wrapper=True)
    def before_pipeline_run(self) -> Iterator[None]:
        """Wait until no other run writes to the same place, before anybody looks at it."""
        if self._data_root is not None:
            self._held.enter_context(hold(f"{self._data_root}/run", RUN_LOCK_TIMEOUT_SECONDS))
        try:
            yield
        except BaseException:
            self._held.close()  # a run that does not begin has no end that would let go
            raise

    @hook_impl
    def after_pipeline_run(self) -> None:
        """Let the next run begin."""
        self._held.close()

    @hook_impl
    def on_pipeline_error(self) -> None:
        """Let the next run begin, also after a failure."""
        self._held.close()


class NameHooks(ConfigurationHooks):
    """Tell of names in ``conf`` that cannot be meant, and of inputs that are not there yet."""

    @hook_impl
    def after_context_created(self, context: KedroContext) -> None:
        """Remember the configuration; refuse a shop that is no folder's name.

        Raises:
            ConfigurationError: tables of the shop would lie elsewhere.
        """
        super().after_context_created(context)
        require_folder_name(self._conf["globals"].get("shop"))

    @hook_impl
    def after_catalog_created(self, conf_catalog: dict[str, Any] | None) -> None:
        """Warn of raw files that no pipeline reads."""
        for name in unread_sources(conf_catalog or {}):
            logger.warning(
                "catalog: no pipeline reads '%s'; raw files are %s",
                name,
                ", ".join(f"raw_{table}" for table in RAW_TABLES),
            )

    @hook_impl
    def before_pipeline_run(self, pipeline: Pipeline, catalog: CatalogProtocol[Any, Any]) -> None:
        """Warn of parameters that no node reads; refuse a run whose inputs were never written.

        Raises:
            ConfigurationError: a shop's own tables would lie among those of the generated one.
            MissingInputError: another pipeline has to run first; the message names it.
        """
        known = every_pipeline()
        parameters, shop = self._conf["parameters"], self._conf["globals"].get("shop")
        if not shop or (shop == GENERATED_SHOP and not generates(parameters)):
            raise ConfigurationError(
                f"globals.yml: 'shop' is {shop or 'empty'!r}, the files are not generated. "
                "Give your shop a name of its own in conf/<env>/globals.yml, so that its tables "
                "get their own folders."
            )
        for name in unread_parameters(parameters, parameters_read(known)):
            logger.warning("parameters: nothing reads '%s'; is it misspelt?", name)
        for name, maker in sorted(makers(known).items()):
            if name in pipeline.inputs() and not self._is_there(name, catalog):
                raise MissingInputError(
                    f"'{name}' is not there yet: run 'kedro run --pipeline={maker}' first, with "
                    "the same --env and --params."
                )

    def _is_there(self, name: str, catalog: CatalogProtocol[Any, Any]) -> bool:
        """Whether a run can load ``name``; where that is told better elsewhere it is taken so.

        Raw files that are missing are told by the run itself, what lives in memory by Kedro.
        """
        dataset = catalog.get(name)
        in_memory = dataset is None or isinstance(dataset, MemoryDataset)
        return in_memory or name.startswith("raw_") or catalog.exists(name)


class TableHooks:
    """No run builds on a table whose newest commit was lost outside the project."""

    @hook_impl
    def before_pipeline_run(self, pipeline: Pipeline, catalog: CatalogProtocol[Any, Any]) -> None:
        """Look at the log of every table of the run, also where nothing new will be read from it.

        Raises:
            DamagedTableError: a newest commit was cut or emptied.
        """
        from personalization.datasets.commit_log import require_whole_log
        from personalization.datasets.delta_table import DeltaTableDataset

        for name in sorted(pipeline.datasets()):
            dataset = catalog.get(name)
            if isinstance(dataset, DeltaTableDataset):
                require_whole_log(dataset.location)


class ReportHooks:
    """Tell the person at the terminal what came out, or what went wrong."""

    @hook_impl
    def after_pipeline_run(self, pipeline: Pipeline, catalog: CatalogProtocol[Any, Any]) -> None:
        """Log the text reports that this run wrote."""
        for name in sorted(pipeline.all_outputs()):
            if name.startswith("report_") and name.endswith("_text"):
                logger.info("%s\n%s", name, catalog.load(name))

    @hook_impl
    def on_pipeline_error(self, error: Exception) -> None:
        """Raise the project's own error from inside Kedro's: its message is the last word."""
        for cause in causes(error):
            if isinstance(cause, PersonalizationError) and cause is not error:
                raise cause
