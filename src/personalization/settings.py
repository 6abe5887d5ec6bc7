"""Kedro project settings. See https://docs.kedro.org for the keys."""

import sys
import warnings

from personalization.config.layers import LayeredConfigLoader
from personalization.config.stamps import batch_id, run_started_at
from personalization.dry_run import DryRunHooks
from personalization.hooks import (
    NameHooks,
    ReportHooks,
    RunLockHooks,
    SparkHooks,
    StampHooks,
    TableHooks,
)
from personalization.messages import tell_plainly

sys.excepthook = tell_plainly
# Kedro calls OmegaConf by a name that OmegaConf is about to retire; nobody here can change it.
warnings.filterwarnings("ignore", message="register_new_resolver", category=UserWarning)
# '--pipeline' is the spelling that this project documents and tests.
warnings.filterwarnings("ignore", message="Option '--pipeline' is deprecated")

# The last one is called first: a run waits for its turn, Spark is checked, then the inputs.
HOOKS = (
    ReportHooks(),
    NameHooks(),
    DryRunHooks(),
    TableHooks(),
    SparkHooks(),
    RunLockHooks(),
    StampHooks(),
)
CONFIG_LOADER_CLASS = LayeredConfigLoader
CONFIG_LOADER_ARGS = {
    "base_env": "base",
    "config_patterns": {"spark": ["spark.yml"], "globals": ["globals.yml"]},
    "merge_strategy": {"parameters": "soft"},
    "custom_resolvers": {"batch_id": batch_id, "run_started_at": run_started_at},
}
