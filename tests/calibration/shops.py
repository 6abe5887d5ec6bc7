"""Whether the default shop is realistic and neither trivial nor hopeless, over five seeds.

Each seed is a whole ``kedro run`` of the default shop on a data root of its own. Beside the bands
of the realism report stands how well the shop can be recommended: the truth's own ranking (the
ceiling), recent popularity and the tuned ALS, purchases under protocol ``new``, nDCG at 10.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

SEEDS: Final = (1, 2, 3, 4, 5)
K: Final = 10
PROTOCOL: Final = "new"
TRUTH: Final = "truth"
RECENT: Final = "recent_popularity"
ALS: Final = "als"
MODELS: Final = (TRUTH, RECENT, ALS)


class Limit(NamedTuple):
    """Where a figure of recommendability lies; ``high`` may be infinite."""

    figure: str
    low: float
    high: float


LIMITS: Final = (
    Limit("ceiling", 0.25, 0.90),
    Limit("recent_to_ceiling", 0.30, 0.45),
    Limit("als_to_recent", 1.30, float("inf")),
    Limit("box_clicks_percent", 0.4, 0.7),  # of the items shown; ZOZOTOWN
)


def run_shop(seed: int, data_root: Path) -> None:
    """A whole run of the default shop of a seed, in a process of its own."""
    parameters = f"--params=data_root={data_root},data_generation.shop.seed={seed}"
    ran = subprocess.run(
        [sys.executable, "-m", "kedro", "run", parameters],
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode:
        sys.exit(ran.stdout[-3000:] + ran.stderr[-3000:])


def rank_by_truth(best: DataFrame, train: DataFrame) -> DataFrame:
    """The truth as a model: its best items without what the user had bought, ranked anew."""
    from pyspark.sql import functions as F  # noqa: N812 - the name every Spark reader knows

    from personalization.metrics.frames import rank_within_user

    pair = ["user_id", "item_id"]
    return rank_within_user(
        best.join(train.select(*pair).distinct(), pair, how="left_anti").select(
            *pair,
            F.col("probability").alias("score"),
            F.lit(TRUTH).alias("model"),
            F.lit(PROTOCOL).alias("protocol"),
        )
    )


def measure_ceiling(data_root: Path) -> dict[str, float]:
    """Mean nDCG of each model over the same users, and clicks on recommendation boxes.

    Starts a Spark of its own.
    """
    from personalization.config.layers import LayeredConfigLoader
    from personalization.contracts import kinds
    from personalization.metrics.frames import per_user_metrics
    from personalization.metrics.relevance import find_relevant_items
    from personalization.pipelines.data_generation.identities import name_happenings
    from personalization.settings import CONFIG_LOADER_ARGS
    from personalization.simulation.happenings import NUMBER_OF
    from personalization.spark import build

    build.hand_over(LayeredConfigLoader("conf", "local", **CONFIG_LOADER_ARGS)["spark"])
    build.require_spark()
    session = build.active_session()

    def read(layer: str, name: str) -> DataFrame:
        return session.read.format("delta").load(f"{data_root}/{layer}/generated/{name}")

    train = read("05_model_input", "input_train")
    relevant = find_relevant_items(train, read("05_model_input", "input_test"))
    relevant = relevant.filter(relevant["protocol"] == PROTOCOL)
    lists = rank_by_truth(read("08_reporting", "truth_best_items"), train)
    others = read("07_model_output", "output_holdout_recommendations")
    columns = ["model", "protocol", "user_id", "item_id", "rank"]
    scores = per_user_metrics(lists.select(*columns).union(others.select(*columns)), relevant, [K])
    scores = scores.filter(scores["protocol"] == PROTOCOL)
    rows = scores.groupBy("model").agg({"ndcg": "avg", "user_id": "count"}).collect()
    found = {row["model"]: row["avg(ndcg)"] for row in rows}
    made_of = json.loads((data_root / "08_reporting/generated/truth_parameters.json").read_text())
    happened = name_happenings(read("08_reporting", "truth_happenings"), made_of["shop"]["seed"])
    boxes = happened.filter("request >= 0").groupBy("kind").count().collect()
    counts = {row["kind"]: row["count"] for row in boxes}
    clicks = 100 * counts[NUMBER_OF[kinds.VIEW]] / counts[NUMBER_OF[kinds.IMPRESSION]]
    scores = {name: found[name] for name in MODELS}
    return {**scores, "users": rows[0]["count(user_id)"], "box_clicks_percent": clicks}


def judge_shop(data_root: Path, scores: dict[str, float]) -> dict[str, Any]:
    """Figures of recommendability, and the bands of the realism report, with what is missed."""
    report = json.loads((data_root / "08_reporting/generated/realism.json").read_text())
    figures = {
        "ceiling": scores[TRUTH],
        "recent_to_ceiling": scores[RECENT] / scores[TRUTH],
        "als_to_recent": scores[ALS] / scores[RECENT],
        "box_clicks_percent": scores["box_clicks_percent"],
    }
    missed = [one.figure for one in LIMITS if not one.low <= figures[one.figure] <= one.high]
    missed += [band["measure"] for band in report["bands"] if band["verdict"] != "pass"]
    bands = {band["measure"]: band["value"] for band in report["bands"]}
    return {"users": scores["users"], **figures, **bands, "missed": missed}


def write_table(shops: dict[int, dict[str, Any]]) -> str:
    """Figures by row, seeds by column, as Markdown."""
    figures = [name for name in next(iter(shops.values())) if name != "missed"]
    head = "| | " + " | ".join(f"seed {seed}" for seed in shops) + " |"
    lines = [head, "|---" * (len(shops) + 1) + "|"]
    for name in figures:
        values = []
        for shop in shops.values():
            value = "-" if shop[name] is None else f"{shop[name]:.3f}"
            values.append(f"**{value}**" if name in shop["missed"] else value)
        lines.append(f"| {name} | " + " | ".join(values) + " |")
    return "\n".join(lines)


def main() -> bool:
    """Print a line for each shop and the table of all; true where nothing is missed."""
    shops = {}
    for seed in SEEDS:
        with tempfile.TemporaryDirectory() as folder:
            run_shop(seed, Path(folder))
            command = [sys.executable, "-m", "tests.calibration.shops", folder]
            ran = subprocess.run(command, capture_output=True, text=True, check=True)
            shops[seed] = judge_shop(Path(folder), json.loads(ran.stdout.splitlines()[-1]))
        sys.stdout.write(f"{json.dumps({'seed': seed, **shops[seed]})}\n")
        sys.stdout.flush()
    sys.stdout.write(f"{write_table(shops)}\n")
    return not any(shop["missed"] for shop in shops.values())


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure_ceiling(Path(sys.argv[1]))))
