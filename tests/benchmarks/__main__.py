"""Run every benchmark, one after the other, each beside its peer in the same run."""

from __future__ import annotations

from tests.benchmarks import als_backends, spark_costs


def main() -> None:
    spark_costs.main()
    als_backends.main()


if __name__ == "__main__":
    main()
