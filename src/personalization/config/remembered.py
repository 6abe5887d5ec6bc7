"""Hooks that look at the configuration once a run begins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kedro.framework.hooks import hook_impl

if TYPE_CHECKING:
    from kedro.framework.context import KedroContext


class ConfigurationHooks:
    """Remember the configuration: the catalog has parameters as the nodes' own classes only."""

    def __init__(self) -> None:
        self._conf: Mapping[str, Any] = {}

    @hook_impl
    def after_context_created(self, context: KedroContext) -> None:
        """Remember the configuration of the environment."""
        self._conf = context.config_loader
