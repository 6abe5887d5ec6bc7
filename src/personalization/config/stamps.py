"""The stamps of a run: set once, when the process first asks, and passed on as parameters.

Nodes read no clock. What tells one run from another enters by the resolvers below, which
``conf/base/parameters`` uses as defaults; a scheduler may pass its own with ``--params``.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from functools import lru_cache


@lru_cache(maxsize=1)
def run_started_at() -> str:
    """The moment at which this process first asked, UTC, ``yyyy-MM-dd HH:mm:ss``."""
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")


@lru_cache(maxsize=1)
def batch_id() -> str:
    """Identifier of this process's batch: start time and four random bytes in hex."""
    started = run_started_at().replace("-", "").replace(":", "").replace(" ", "T")
    return f"{started}-{secrets.token_hex(4)}"
