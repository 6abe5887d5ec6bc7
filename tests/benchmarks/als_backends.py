"""ALS by ``implicit`` beside MLlib's at the same settings, and our lists beside ``implicit``'s own.

The data are those of UCI Online Retail where its files are at hand, of the generated shop
otherwise; split, settings and metrics are the project's.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tarfile
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from tests.benchmarks.report import Measured, print_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyspark.sql import DataFrame

    from personalization.recommenders import Als, AlsOptions, SeenItems

ARCHIVE = Path("../shared/data/online_retail/by_day.tar.gz")
ONLINE_RETAIL = "online_retail"
BACKENDS = ("implicit", "mllib")
RUNS = 3
K = 10
LENGTH = 20
LEAST_OVERLAP = 0.999  # lists may differ where scores do in their last digit


class Split(NamedTuple):
    """What models learn from and are judged by, as the training pipeline cuts it."""

    shop: str
    als: AlsOptions
    before: DataFrame
    seen: SeenItems
    relevant: dict[str, dict[str, set[str]]]


def make_mart(environment: str, data_root: Path) -> None:
    """Bring a shop's raw files into the central table, in a process of its own."""
    if environment == ONLINE_RETAIL:
        with tarfile.open(ARCHIVE) as archive:
            archive.extractall(data_root / "01_raw" / ONLINE_RETAIL, filter="data")
    pipelines = "--pipelines=data_generation,data_processing"
    command = ["kedro", "run", f"--env={environment}", pipelines, f"--params=data_root={data_root}"]
    ran = subprocess.run(
        [sys.executable, "-m", *command], capture_output=True, text=True, check=False
    )
    if ran.returncode:
        sys.exit(ran.stdout[-2000:] + ran.stderr[-2000:])


def load_configuration(environment: str) -> Any:
    from personalization.config.layers import LayeredConfigLoader
    from personalization.settings import CONFIG_LOADER_ARGS

    return LayeredConfigLoader("conf", environment, **CONFIG_LOADER_ARGS)


def split_mart(environment: str, data_root: Path) -> Split:
    """Start Spark here and cut the mart as the project's training does."""
    from personalization.metrics.relevance import find_relevant_items
    from personalization.pipelines.training.options import Signals, Windows
    from personalization.pipelines.training.splits import known_before, split_interactions
    from personalization.pipelines.training.tuning import collect_relevant
    from personalization.recommenders import AlsOptions, SeenItems
    from personalization.spark import build

    loader = load_configuration(environment)
    build.hand_over(loader["spark"])
    build.require_spark()
    training, shop = loader["parameters"]["training"], loader["globals"]["shop"]
    mart = data_root / "03_primary" / shop / "prm_user_item_interactions"
    interactions = build.active_session().read.format("delta").load(str(mart))
    windows = Windows(**training["windows"])
    parts = split_interactions(interactions, windows, Signals(**training["signals"]))
    before = parts["signals"].filter(known_before(windows.test)).persist()
    relevant = collect_relevant(find_relevant_items(parts["train"], parts["test"]))
    seen = SeenItems.from_pairs(parts["train"])
    return Split(shop, AlsOptions(**training["als"]), before, seen, relevant)


def seconds_of(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def compare_backends(split: Split) -> Als:
    """Print how long both backends fit and how good their lists are; returns ours."""
    from personalization.pipelines.training.tuning import score_model
    from personalization.recommenders import Als

    models, times = {}, {}
    for backend in BACKENDS:
        options = replace(split.als, backend=backend)
        Als(replace(options, iterations=1)).fit(split.before)  # warms caches and the JVM
        models[backend] = Als(options)
        fits = [seconds_of(lambda m=models[backend]: m.fit(split.before)) for _ in range(RUNS)]
        times[backend] = statistics.median(fits)
    ours, theirs = BACKENDS
    print_line(Measured(f"als_fit_{split.shop}", times[ours], "s", theirs, times[theirs]))
    scores = {b: score_model(m, split.relevant, split.seen, K) for b, m in models.items()}
    for protocol, value in scores[ours].items():
        name, other = f"als_ndcg_at_{K}_{protocol}_{split.shop}", scores[theirs][protocol]
        print_line(Measured(name, value, "nDCG", theirs, other))
        print_line(Measured(f"{name}_difference", value - other, "nDCG", "no difference", 0.0))
    return models[ours]


def implicits_own(model: Als, seen: SeenItems) -> Callable[[], Any]:
    """``recommend`` of the package ``implicit`` on the vectors that ``model`` holds."""
    from implicit.cpu.als import AlternatingLeastSquares
    from scipy.sparse import csr_matrix

    arrays = model.to_arrays()
    theirs = AlternatingLeastSquares(factors=model.options.factors, num_threads=1)
    theirs.user_factors = arrays["user_factors"]
    theirs.item_factors = arrays["item_factors"]
    rows, columns = seen.cells(model.user_ids, model.item_ids)
    shape = (len(model.user_ids), len(model.item_ids))
    liked = csr_matrix((np.ones(len(rows), np.float32), (rows, columns)), shape=shape)
    users = np.arange(len(model.user_ids))
    return lambda: theirs.recommend(users, liked, N=LENGTH, filter_already_liked_items=True)


def mean_overlap(model: Als, ours: Any, theirs: Any) -> float:
    """Share of our places whose item stands in the other's list of the same user."""
    items, _ = theirs
    there = model.item_ids[items]
    shared = [len(set(a) & set(b)) for a, b in zip(ours.item_ids, there, strict=True)]
    return float(np.mean(shared)) / LENGTH


def compare_lists(model: Als, split: Split) -> None:
    """Print how many users a second get lists without what they have bought; one core each."""
    from threadpoolctl import threadpool_limits

    recommend = implicits_own(model, split.seen)
    with threadpool_limits(limits=1):
        ours = model.recommend(model.user_ids, LENGTH, split.seen)
        overlap = mean_overlap(model, ours, recommend())
        if overlap < LEAST_OVERLAP:
            sys.exit(f"The lists are not the same work: only {overlap:.4f} of the places agree.")
        pairs = [
            (
                seconds_of(lambda: model.recommend(model.user_ids, LENGTH, split.seen)),
                seconds_of(recommend),
            )
            for _ in range(2 * RUNS)
        ]
    here, there = (len(model.user_ids) / statistics.median(s) for s in zip(*pairs, strict=True))
    name = f"als_recommend_{split.shop}"
    print_line(Measured(name, here, "users/s", "implicit's own recommend", there))


def main() -> None:
    environment = ONLINE_RETAIL if ARCHIVE.exists() else "local"  # local alone: no environment
    with tempfile.TemporaryDirectory() as folder:
        data_root = Path(folder)
        make_mart(environment, data_root)
        split = split_mart(environment, data_root)
        compare_lists(compare_backends(split), split)
        split.before.sparkSession.stop()


if __name__ == "__main__":
    main()
