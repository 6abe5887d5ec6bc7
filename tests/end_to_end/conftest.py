"""The tiny shop, by a short name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def shop(generated_shop: Path) -> Path:
    """The data root of a tiny shop after one ``kedro run``."""
    return generated_shop
