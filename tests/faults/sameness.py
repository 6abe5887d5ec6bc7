"""Whether two data roots publish the same: row by row, order and the run's own stamps apart."""

from __future__ import annotations

import json
from collections import Counter
from functools import reduce
from typing import TYPE_CHECKING, NamedTuple

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F  # noqa: N812 - Spark's own custom

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pyspark.sql import SparkSession

STAMPS = ("batch_id", "ingested_at", "generated_at")
REJECTED_ROWS = "int_rejected_rows"


class TableContent(NamedTuple):
    """What a table holds, as far as two of them are compared.

    Attributes:
        schema: columns and types in the order of their names.
        rows: hash of a row's content to how often it is there.
        keys: hash of a row's key to how often it is there.
    """

    schema: str
    rows: Counter[str]
    keys: Counter[str]

    @property
    def repeated_keys(self) -> int:
        return sum(times > 1 for times in self.keys.values())


Tables = dict[str, TableContent]


def published_keys(project_path: Path) -> dict[str, list[str]]:
    """Every published table and its key, as the catalog has them."""
    from personalization.config.layers import LayeredConfigLoader
    from personalization.settings import CONFIG_LOADER_ARGS

    loader = LayeredConfigLoader(str(project_path / "conf"), "test", **CONFIG_LOADER_ARGS)
    entries = loader["catalog"].items()
    keys = {name: list(entry["keys"]) for name, entry in entries if name.startswith("prm_")}
    return {**keys, REJECTED_ROWS: ["source", "source_file", "row_number"]}


def table_folder(data_root: Path, name: str) -> Path:
    layer = {"int": "02_intermediate", "prm": "03_primary"}[name.partition("_")[0]]
    return data_root / layer / "generated" / name


def hash_columns(names: list[str]) -> Column:
    """A hash that differs where any of the columns does; a null is not an empty text."""
    text = F.to_json(F.struct(*sorted(names)), {"ignoreNullFields": "false"})
    return F.sha2(text, 256)


def read_tables(session: SparkSession, data_root: Path, keys: Mapping[str, list[str]]) -> Tables:
    """The content of the published tables that are there."""
    frames: dict[str, DataFrame] = {}
    for name in keys:
        folder = table_folder(data_root, name)
        if any((folder / "_delta_log").glob("*.json")):
            frame = session.read.format("delta").load(str(folder))
            frames[name] = frame.drop(*STAMPS)
    hashed = [
        frame.select(
            F.lit(name).alias("name"),
            hash_columns(frame.columns).alias("row"),
            hash_columns(keys[name]).alias("key"),
        )
        for name, frame in frames.items()
    ]
    collected = reduce(DataFrame.unionByName, hashed).toArrow().to_pylist() if hashed else []
    return {
        name: TableContent(
            ", ".join(sorted(f"{f.name} {f.dataType.simpleString()}" for f in frame.schema)),
            Counter(row["row"] for row in collected if row["name"] == name),
            Counter(row["key"] for row in collected if row["name"] == name),
        )
        for name, frame in frames.items()
    }


def differences(expected: Tables, found: Tables) -> list[str]:
    """In words what keeps ``found`` from being the same as ``expected``; empty where it is."""
    told = [f"{name}: is not there" for name in sorted(expected.keys() - found.keys())]
    for name in sorted(expected.keys() & found.keys()):
        lacking = (expected[name].rows - found[name].rows).total()
        surplus = (found[name].rows - expected[name].rows).total()
        if expected[name].schema != found[name].schema:
            told.append(f"{name}: {found[name].schema} instead of {expected[name].schema}")
        if lacking or surplus:
            told.append(f"{name}: {lacking} rows are lacking, {surplus} are too many")
        if found[name].repeated_keys:
            told.append(f"{name}: {found[name].repeated_keys} keys are there more than once")
    return told


def count_differences(expected: Tables, found: Tables) -> tuple[int, int]:
    """Rows that are lacking, and rows that are too many."""
    nothing = TableContent("", Counter(), Counter())
    pairs = [(expected.get(n, nothing), found.get(n, nothing)) for n in expected | found]
    lacking = sum((one.rows - other.rows).total() for one, other in pairs)
    surplus = sum((other.rows - one.rows).total() for one, other in pairs)
    return lacking, surplus


class Account(NamedTuple):
    """What ``report_ingestion`` says, apart from which run merged the rows.

    Attributes:
        received: rows of all files, by source.
        good: of them, by source.
        adds_up: whether the run's own numbers do.
    """

    received: dict[str, int]
    good: dict[str, int]
    adds_up: bool


def read_account(data_root: Path) -> Account:
    path = data_root / "08_reporting" / "generated" / "ingestion.json"
    report = json.loads(path.read_text())
    totals, files = report["totals"], report["all_files"]
    accepted, rejected = totals["merged"] + totals["unchanged"], totals["rejected"]
    adds_up = totals["identity_holds"] and totals["received"] == accepted + rejected
    received, good = ({s: sums[key] for s, sums in files.items()} for key in ("received", "good"))
    return Account(received, good, adds_up)
