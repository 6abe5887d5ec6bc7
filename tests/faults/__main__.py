"""Injected faults: all, or those named on the command line; one line per fault at the end.

``python -m tests.faults [F1 F4 …] [--fresh] [--only TEXT] [--at-once N] [--folder FOLDER]``.
Results are kept after every injection: a runner that ended goes on where it was.
"""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
from pathlib import Path

from tests.faults.registry import FAULTS
from tests.faults.results import Results, hash_code
from tests.faults.runner import Runner
from tests.faults.summary import summarise
from tests.ingestion import Shop

PROJECT = Path(__file__).parents[2]
KEPT = PROJECT / "data" / "faults"


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    codes = [fault.code for fault in FAULTS]
    parser.add_argument("faults", nargs="*", metavar="FAULT", help=f"of {', '.join(codes)}")
    parser.add_argument("--fresh", action="store_true", help="do again what is done")
    parser.add_argument("--only", default="", help="injections whose name holds this text")
    parser.add_argument("--at-once", type=int, default=2, help="injections at the same time")
    parser.add_argument("--folder", type=Path, default=KEPT, help="where results are kept")
    parser.add_argument("--list", action="store_true", help="name the injections and end")
    asked = parser.parse_args()
    strange = sorted(set(asked.faults) - set(codes))
    if strange:
        parser.error(f"there is no fault {', '.join(strange)}; there are {', '.join(codes)}")
    return asked


def main() -> int:
    """Exit code: 1 where any injection failed."""
    asked = read_arguments()
    chosen = [
        fault._replace(injections=tuple(i for i in fault.injections if asked.only in i.name))
        for fault in FAULTS
        if not asked.faults or fault.code in asked.faults
    ]
    chosen = [fault for fault in chosen if fault.injections]
    if asked.list:
        for fault in chosen:
            sys.stdout.writelines(f"{fault.code} {one.name}\n" for one in fault.injections)
        return 0
    results = Results(asked.folder / "injections.jsonl", hash_code(PROJECT, FAULTS))
    if asked.fresh:
        results.start_over()
    Shop.workers = 1  # nodes in the order of 'kedro run'
    logging.disable(logging.CRITICAL)  # the lines on the screen are the verdicts
    with tempfile.TemporaryDirectory(prefix="faults-", ignore_cleanup_errors=True) as scratch:
        Runner(PROJECT, Path(scratch), results, asked.at_once).run(chosen)
    told, passed = summarise(chosen, results.read())
    sys.stdout.write("\n".join(told) + "\n")
    return 0 if passed and chosen else 1


if __name__ == "__main__":
    sys.exit(main())
