"""The stamps of a run: set once for each Kedro session, and passed on as parameters.

Nodes read no clock. What tells one run from another enters by the resolvers below, which
``conf/base/parameters`` uses as defaults; a scheduler may pass its own with ``--params``.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from functools import lru_cache


@lru_cache(maxsize=1)
def run_started_at() -> str:
    """The moment at which the run first asked, UTC, ``yyyy-MM-dd HH:mm:ss``."""
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")


@lru_cache(maxsize=1)
def batch_id() -> str:
    """Identifier of the run's batch: start time and four random bytes in hex."""
    started = run_started_at().replace("-", "").replace(":", "").replace(" ", "T")
    return f"{started}-{secrets.token_hex(4)}"


def renew() -> None:
    """Begin a new run: the next to ask gets new stamps."""
    run_started_at.cache_clear()
    batch_id.cache_clear()
