"""A config loader with three layers, always: base, the environment, ``local``.

Kedro reads ``base`` and one more folder, so that ``--env=online_retail`` would silently drop
what ``conf/local`` says of this machine: memory, paths, credentials. Here ``local`` is read last
under every environment, and may be missing.

Within a layer files merge as Kedro merges them. Between layers the strategy of each kind of
configuration holds (``CONFIG_LOADER_ARGS`` in ``settings.py``): parameters merge leaf by leaf,
everything else key by key.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from kedro.config import MissingConfigException, OmegaConfigLoader

from personalization.contracts.errors import ConfigurationError

LOCAL: Final = "local"


def find_clash(lower: Any, upper: Any, above: str = "") -> str | None:
    """The first key under which one layer has names with values and the other has not.

    >>> find_clash({"a": {"b": {"c": 1}}}, {"a": {"b": [1]}})
    'a.b'
    """
    for key in (name for name in lower if name in upper):
        both = (lower[key], upper[key])
        forms = [isinstance(one, Mapping) for one in both]
        if all(forms):
            found = find_clash(*both, f"{above}{key}.")
            if found:
                return found
        elif any(forms) and isinstance(both[forms.index(False)], list):
            return f"{above}{key}"
    return None


class LayeredConfigLoader(OmegaConfigLoader):
    """``OmegaConfigLoader`` that adds ``conf/local`` on top of base and environment.

    ``--env=local`` means no environment: base and local. Runtime parameters win over all layers,
    as in Kedro.
    """

    def __init__(self, conf_source: str, env: str | None = None, **options: Any) -> None:
        environment = None if env == LOCAL else env
        super().__init__(conf_source, environment, **{**options, "default_run_env": "base"})

    def __getitem__(self, key: str) -> dict[str, Any]:
        """Configuration of one kind (``catalog``, ``parameters``, ``spark``, …), merged.

        Raises:
            MissingConfigException: no layer has a file of that kind.
        """
        if key in self.data:
            chosen: dict[str, Any] = self.data[key]  # set by hand, as Kedro allows
            return chosen
        self._require_environment()
        local = self._read_local(key)
        try:
            merged: dict[str, Any] = super().__getitem__(key)
        except MissingConfigException:
            if not local:
                raise
            merged = {}
        if not local:
            return merged
        together: dict[str, Any] = self._merge_configs(merged, local, key, self._local_path)
        return together

    def _require_environment(self) -> None:
        """Refuse a misspelt ``--env``, which must not pass for an empty layer."""
        if self.env and not self._fs.isdir(self._get_conf_env_path(self.env)):
            raise MissingConfigException(f"There is no environment '{self.env}' in conf.")

    def _merge_configs(
        self, config: dict[str, Any], env_config: dict[str, Any], key: str, env_path: str
    ) -> Any:
        """Merge one layer over the ones below; where their forms differ the key is told."""
        clash = find_clash(config, env_config)
        if clash and self.merge_strategy.get(key) == "soft":
            raise ConfigurationError(
                f"{env_path}, {key}: {clash} holds names with values in one place and a list in "
                "another."
            )
        return super()._merge_configs(config, env_config, key, env_path)

    @property
    def _local_path(self) -> str:
        return self._get_conf_env_path(LOCAL)

    def _read_local(self, key: str) -> dict[str, Any]:
        """The ``local`` layer of one kind of configuration; empty where it has none."""
        if key not in self.config_patterns or not self._fs.isdir(self._local_path):
            return {}
        self._register_runtime_params_resolver()
        read: dict[str, Any] = self.load_and_merge_dir_config(
            self._local_path, self.config_patterns[key], key, set(), key == "credentials"
        )
        return read
