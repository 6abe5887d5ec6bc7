"""A first run over a folder of orders, node by node, without tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from personalization.contracts.schemas import RAW_TABLES
from personalization.datasets.raw_files import RawFilesDataset
from personalization.pipelines.data_processing import nodes
from personalization.pipelines.data_processing.derivation import Derivation
from personalization.pipelines.data_processing.options import Batch, Intake, Rules

if TYPE_CHECKING:
    from pathlib import Path

    from pyspark.sql import Row

    from personalization.datasets.raw_rows import RawFiles
    from personalization.pipelines.data_processing.planning import Plan

HEADER = "order_id,order_ts,item_id,quantity,price"
COLUMNS = {name: name for name in HEADER.split(",")}


def line(order: str, quantity: int = 1, price: object = "2.5") -> str:
    return f"{order},2011-12-01 10:00:00,i1,{quantity},{price}\n"


def file(*lines: str) -> str:
    return f"{HEADER}\n{''.join(lines)}"


def raw_of(folder: Path) -> dict[str, RawFiles]:
    """Raw files of every table, by the names of the catalog; only orders are delivered."""
    raw = {
        f"raw_{table}": RawFilesDataset(filepath=None, table=table).load() for table in RAW_TABLES
    }
    orders = RawFilesDataset(filepath=f"{folder}/*", table="orders", columns=COLUMNS)
    return {**raw, "raw_orders": orders.load()}


def plan_first_run(raw: dict[str, RawFiles], rules: Rules) -> Plan:
    batch = Batch("b1", "2026-06-30 12:00:00")
    return nodes.plan_ingestion(None, batch, Intake(), rules, Derivation(), **raw)


def run_to_the_limits(folder: Path, rules: Rules) -> tuple[dict[str, Any], list[Row]]:
    """What ``check_rejections`` is asked with, but the limits; the rejected rows."""
    raw = raw_of(folder)
    plan = plan_first_run(raw, rules)
    typed = {}
    for name, files in raw.items():
        part = nodes.type_taken_rows(plan, rules, files)
        typed[name.replace("raw_", "int_")] = part.rows.localCheckpoint()
    counts, scope = nodes.count_rows(plan, **raw, **typed)
    repeats = nodes.find_repeated_rows(plan, scope, Derivation(), **typed).rows.localCheckpoint()
    tables = {**raw, **typed, "int_repeated_rows": repeats, "int_rejected_rows_before": None}
    rejected = nodes.collect_rejected_rows(plan, scope, **tables).rows
    asked = {"plan": plan, "scope": scope, "rules": rules, "counts": counts}
    asked["int_repeated_rows"] = repeats
    return asked, rejected.collect()
