"""Run every benchmark, or those named on the command line, each beside its peer in the same run."""

from __future__ import annotations

import sys

from tests.benchmarks import als_backends, generation, large_shops, spark_costs

BENCHMARKS = {
    "spark_costs": spark_costs.main,
    "generation": generation.main,
    "large_shops": large_shops.main,
    "als_backends": als_backends.main,
}


def main() -> None:
    for name in sys.argv[1:] or BENCHMARKS:
        BENCHMARKS[name]()


if __name__ == "__main__":
    main()
