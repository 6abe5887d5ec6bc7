"""F25: the same seed gives the same, whatever the cores, partitions and hash seeds."""

from __future__ import annotations

import hashlib
import json
import math
import os
import shutil
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.faults.bench import Bench, deliver_first, deliver_second
from tests.faults.contents import judge_same, read_content
from tests.faults.injection import Fault, Injection, Verdict
from tests.faults.runs import Run
from tests.faults.sameness import (
    Tables,
    count_differences,
    differences,
    published_keys,
    read_tables,
)
from tests.faults.shops import open_shop

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

WARM: dict[str, dict[str, str]] = {
    "1_shuffle_partition": {"spark.sql.shuffle.partitions": "1"},
    "7_shuffle_partitions": {"spark.sql.shuffle.partitions": "7"},
    "50_shuffle_partitions": {"spark.sql.shuffle.partitions": "50"},
    "adaptive": {"spark.sql.adaptive.enabled": "true"},
    "compiled": {"spark.sql.codegen.wholeStage": "true"},
    "sort_merge_joins": {"spark.sql.autoBroadcastJoinThreshold": "-1"},
    "small_splits": {"spark.sql.files.maxPartitionBytes": "1024"},
}
USUAL = {"master": "local[2]", "partitions": "2", "hash_seed": "0"}
PROCESSES = {
    "1_core": {"master": "local[1]"},
    "5_partitions": {"partitions": "5"},
    "other_hash_seed": {"hash_seed": "4242"},
    "all_at_once": {"master": "local[1]", "partitions": "3", "hash_seed": "7"},
}
METRIC_TOLERANCE = 1e-9
# Sums of 32-bit numbers in another order: ALS agrees in the ranking measures to this.
ALS_TOLERANCE = 1e-3


def set_and_ingest(name: str, bench: Bench, folder: Path) -> Verdict:
    """The tables of one ingestion under other settings of the session."""
    expected = bench.both.content
    settings = WARM[name]
    before = {key: bench.session.conf.get(key) for key in settings}
    shop = open_shop(folder / "shop")
    deliver_first(shop)
    deliver_second(shop)
    try:
        for key, value in settings.items():
            bench.session.conf.set(key, value)
        shop.ingest()
    finally:
        for key, value in before.items():
            bench.session.conf.set(key, value)
    return judge_same(expected, read_content(shop), message=str(settings))


class Whole(NamedTuple):
    """What a ``kedro run`` of all pipelines leaves.

    Attributes:
        files: hash of each raw file.
        tables: of the primary layer, and the rejected rows.
        scores: mean of each metric by model and protocol.
    """

    files: dict[str, str]
    tables: Tables
    scores: dict[str, float]


def read_scores(root: Path) -> dict[str, float]:
    """Every number of the comparison of models by where it stands."""
    path = root / "08_reporting" / "generated" / "model_comparison.json"
    found: dict[str, float] = {}

    def walk(value: Any, place: str) -> None:
        if isinstance(value, dict):
            for key, one in value.items():
                walk(one, f"{place}/{key}")
        elif isinstance(value, list):
            for number, one in enumerate(value):
                named = (
                    "-".join(str(one[k]) for k in ("model", "protocol") if k in one)
                    if isinstance(one, dict)
                    else ""
                )
                walk(one, f"{place}/{named or number}")
        elif isinstance(value, float):
            found[place] = value

    walk(json.loads(path.read_text()), "")
    return found


def write_conf(project: Path, folder: Path, settings: dict[str, str]) -> Path:
    """The project's ``conf`` with other settings of Spark for the tests."""
    conf = folder / "conf"
    shutil.copytree(project / "conf", conf)
    (conf / "local").mkdir(exist_ok=True)
    with (conf / "local" / "spark.yml").open("a") as stream:
        stream.write(f"spark.master: {settings['master']}\n")
        stream.write(f"spark.sql.shuffle.partitions: {settings['partitions']}\n")
    return conf


def run_whole(project: Path, session: SparkSession, folder: Path, changed: dict[str, str]) -> Whole:
    """All pipelines in a process of their own."""
    settings = {**USUAL, **changed}
    root = folder / "root"
    root.mkdir(parents=True)
    conf = write_conf(project, folder, settings)
    environment = {**os.environ, "PYTHONHASHSEED": settings["hash_seed"]}
    with Run(project, root, "", conf_source=conf, environment=environment) as run:
        assert run.wait() == 0, run.told()
    raw = root / "01_raw" / "generated"
    return Whole(
        {
            str(path.relative_to(raw)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(raw.rglob("*"))
            if path.is_file()
        },
        read_tables(session, root, published_keys(project)),
        read_scores(root),
    )


def compare_scores(expected: dict[str, float], found: dict[str, float]) -> list[str]:
    """Numbers that differ by more than their tolerance."""
    told = [] if expected.keys() == found.keys() else ["other metrics are there"]
    for name in sorted(expected.keys() & found.keys()):
        allowed = ALS_TOLERANCE if "als" in name else METRIC_TOLERANCE
        if not math.isclose(expected[name], found[name], rel_tol=0, abs_tol=allowed):
            told.append(f"{name}: {found[name]!r} instead of {expected[name]!r}")
    return told


def run_otherwise(name: str, bench: Bench, folder: Path) -> Verdict:
    """Files equal to the byte, tables the same, metrics within their tolerance."""
    project, session = bench.project, bench.session
    usual: Whole = bench.once(
        "whole run", lambda: run_whole(project, session, bench.folder / "whole", {})
    )
    other = run_whole(project, session, folder, PROCESSES[name])
    lost, more = count_differences(usual.tables, other.tables)
    told = [*differences(usual.tables, other.tables), *compare_scores(usual.scores, other.scores)]
    differing = {file for file, _ in usual.files.items() ^ other.files.items()}
    told += [f"other raw files: {sorted(differing)[:3]}"] if differing else []
    same = sum(usual.scores[n] == other.scores.get(n) for n in usual.scores)
    good = f"{len(usual.files)} files equal, {same} of {len(usual.scores)} numbers equal exactly"
    return Verdict(lost, more, not told, "; ".join(told[:4]) or good)


FAULT = Fault(
    "F25",
    "determinism",
    (
        *(Injection(name, partial(set_and_ingest, name)) for name in WARM),
        *(Injection(f"process/{name}", partial(run_otherwise, name)) for name in PROCESSES),
    ),
    at_once=1,
)
