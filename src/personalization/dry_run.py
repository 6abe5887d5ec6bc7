"""A look at a shop's files with everything that would be written kept in memory."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from kedro.framework.hooks import hook_impl
from kedro.io import MemoryDataset

from personalization.config.remembered import ConfigurationHooks
from personalization.contracts.errors import ConfigurationError
from personalization.datasets.tables_in_memory import TableInMemory
from personalization.names import every_pipeline

if TYPE_CHECKING:
    from kedro.io import CatalogProtocol
    from kedro.pipeline import Pipeline

# What earlier runs left and a dry run does not look at; the ledger tells it which files are new.
LEFT_BEHIND: Final = ("int_rejected_rows_before",)


def is_dry(conf: Mapping[str, Any]) -> bool:
    """Whether ``--params=dry_run=true`` was given."""
    intake = conf["parameters"].get("data_processing", {}).get("intake", {})
    return bool(intake.get("dry_run", {}).get("enabled"))


def dry_nodes() -> set[str]:
    """Names of the nodes that a dry run may run."""
    return {node.name for node in every_pipeline()["data_processing"].nodes}


@contextmanager
def silenced(name: str) -> Iterator[None]:
    """A logger that says nothing for as long as the block takes."""
    silent = logging.getLogger(name)
    before, silent.disabled = silent.disabled, True
    try:
        yield
    finally:
        silent.disabled = before


class DryRunHooks(ConfigurationHooks):
    """``--params=dry_run=true``: data_processing looks at the files and writes nothing."""

    @hook_impl
    def before_pipeline_run(self, pipeline: Pipeline, catalog: CatalogProtocol[Any, Any]) -> None:
        """Put tables in memory in the place of those on disk.

        Raises:
            ConfigurationError: other pipelines are asked for as well.
        """
        if not is_dry(self._conf):
            return
        if not {node.name for node in pipeline.nodes} <= dry_nodes():
            raise ConfigurationError(
                "dry_run is for 'kedro run --pipeline=data_processing': other pipelines write."
            )
        for name in pipeline.all_outputs() | {n for n in pipeline.inputs() if n in LEFT_BEHIND}:
            is_table = name.startswith(("int_", "prm_"))
            table = TableInMemory(name=name, optional=name in LEFT_BEHIND)
            with silenced("kedro.io.data_catalog"):  # that each dataset is replaced
                catalog[name] = table if is_table else MemoryDataset(copy_mode="assign")
