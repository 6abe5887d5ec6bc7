"""The one form in which a benchmark says what it measured."""

from __future__ import annotations

import json
import sys
from typing import NamedTuple


class Measured(NamedTuple):
    """One figure beside its peer's; speed is the ratio, because machines differ."""

    name: str
    value: float
    unit: str
    peer: str
    peer_value: float


def print_line(one: Measured) -> None:
    ratio = one.value / one.peer_value if one.peer_value else None
    record = {**one._asdict(), "ratio": ratio}
    rounded = {k: round(v, 4) if isinstance(v, float) else v for k, v in record.items()}
    sys.stdout.write(f"{json.dumps(rounded)}\n")
    sys.stdout.flush()
