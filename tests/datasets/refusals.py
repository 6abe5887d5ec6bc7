"""How a dataset refuses: Kedro's error around the project's own."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from kedro.io import DatasetError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def refused(kind: type[Exception], told: str) -> Iterator[None]:
    """The block must fail with an error of ``kind`` whose message matches ``told``."""
    with pytest.raises(DatasetError, match=told) as caught:
        yield
    assert isinstance(caught.value.__cause__, kind)
