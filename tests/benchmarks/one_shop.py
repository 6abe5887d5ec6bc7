"""Generate one shop of a benchmark's size in this process, which ends then."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.benchmarks.generation import enlarge, generate


def main() -> None:
    """Arguments: the data root, and the shop's size as a share of ``medium``."""
    root, share = sys.argv[1:]
    generate(Path(root), enlarge(float(share)))


if __name__ == "__main__":
    main()
