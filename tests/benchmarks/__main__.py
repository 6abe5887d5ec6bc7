"""Run every benchmark, or those named on the command line, each beside its peer in the same run."""

from __future__ import annotations

import sys

from tests.benchmarks import (
    als_backends,
    deliveries,
    generation,
    growth,
    large_shops,
    mart,
    spark_costs,
)

BENCHMARKS = {
    "spark_costs": spark_costs.main,
    "generation": generation.main,
    "large_shops": large_shops.main,
    "mart": mart.main,
    "deliveries": deliveries.main,
    "growth": growth.main,
    "als_backends": als_backends.main,
}


def main() -> None:
    """Run them all; ends with 1 where one that has limits misses them."""
    met = [BENCHMARKS[name]() for name in sys.argv[1:] or BENCHMARKS]
    sys.exit(1 if False in met else 0)


if __name__ == "__main__":
    main()
