"""``kedro repair``: damaged tables of data_processing go back to a good version, by the ledger.

What a repair has cost is noted in the ledger, so that the next run makes it good from the shop's
files. Where such a file is not there any more its rows are lost, and no run goes on in silence.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kedro.framework.session import KedroSession
from kedro.io import CatalogProtocol
from pyspark.sql import DataFrame

from personalization.contracts.errors import tell_names
from personalization.contracts.schemas import RAW_TABLES
from personalization.datasets.delta_table import DeltaTableDataset, Part
from personalization.datasets.table_care import Finding, repair_table
from personalization.names import every_pipeline
from personalization.pipelines.data_processing.ledger import (
    LEDGER,
    Entry,
    ledger_rows,
    read_ledger,
)
from personalization.pipelines.data_processing.repairs import (
    count_versions,
    entries_of_rows,
    note_repair,
)


@dataclass(frozen=True)
class Repaired:
    """What a repair has found and done.

    Attributes:
        findings: one for each table that is there.
        absent: locations of tables that are not there and were written before.
        again: files that the next run reads again.
        missing: files whose rows are lost and that are not there to be read again.
        accepted: whether the loss of ``missing`` was accepted.
    """

    findings: tuple[Finding, ...]
    absent: tuple[str, ...] = ()
    again: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    accepted: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether every table that is there can be read now."""
        return all(one.is_whole for one in self.findings)

    @property
    def has_work(self) -> bool:
        """Whether a run has something to make good."""
        damaged = any(one.problem is not None for one in self.findings)
        return damaged or bool(self.absent or self.again or self.missing)


def repair_tables(env: str | None, parameters: Mapping[str, Any], *, accept_loss: bool) -> Repaired:
    """Look at every table of data_processing; repair what is damaged, and note it in the ledger.

    Args:
        env: environment, as of ``kedro run``.
        parameters: as of ``kedro run --params``.
        accept_loss: whether to go on without the rows of files that are not there any more.
    """
    with KedroSession.create(Path.cwd(), env=env, runtime_params=dict(parameters)) as session:
        catalog = session.load_context().catalog  # type: ignore[attr-defined]
        return repair_catalog(catalog, accept_loss=accept_loss)


def repair_catalog(catalog: CatalogProtocol[Any, Any], *, accept_loss: bool = False) -> Repaired:
    """Repair the tables of data_processing in a catalog; arguments as of ``repair_tables``."""
    names = sorted(every_pipeline()["data_processing"].all_outputs())
    datasets = [catalog.get(name) for name in names]
    tables = {one.location: one for one in datasets if isinstance(one, DeltaTableDataset)}
    there = [location for location, table in tables.items() if table.exists()]
    found = Repaired(tuple(repair_table(location) for location in there))
    if not there or not found.is_whole:
        return found
    noted = note_repair(read_entries(catalog), count_typed_rows(catalog))
    lost = [one for one in noted if one.is_lost]
    files = {source: names_of_files(catalog, source) for source in {one.source for one in lost}}
    missing = [one for one in lost if one.name not in files[one.source]]
    gone = missing if accept_loss else []
    repaired = Repaired(
        findings=found.findings,
        absent=tuple(location for location in tables if location not in there),
        again=tell_files(one for one in lost if one not in missing),
        missing=tell_files(missing),
        accepted=accept_loss,
    )
    if repaired.has_work:
        left = [one for one in noted if one not in gone]
        catalog.save(LEDGER, Part(ledger_rows(left)))
    return repaired


def read_entries(catalog: CatalogProtocol[Any, Any]) -> list[Entry]:
    """The ledger; where it is not there any more, what the typed rows tell of it."""
    if catalog.exists(LEDGER):
        return read_ledger(catalog.load(LEDGER))
    return [one for rows in typed_rows(catalog).values() for one in entries_of_rows(rows)]


def typed_rows(catalog: CatalogProtocol[Any, Any]) -> dict[str, DataFrame]:
    """Source to its typed rows, where they are there."""
    there = [name for name in RAW_TABLES if catalog.exists(f"int_{name}")]
    return {name: catalog.load(f"int_{name}") for name in there}


def count_typed_rows(catalog: CatalogProtocol[Any, Any]) -> dict[str, dict[int, int]]:
    """Source to version of a file to its typed rows."""
    return {name: count_versions(rows) for name, rows in typed_rows(catalog).items()}


def names_of_files(catalog: CatalogProtocol[Any, Any], source: str) -> set[str]:
    """Names of the files of a source that are there."""
    return {one.name for one in catalog.load(f"raw_{source}").listed}


def tell_files(entries: Iterable[Entry]) -> tuple[str, ...]:
    """Files as source and name."""
    return tuple(f"{one.source}/{one.name}" for one in entries)


def tell_finding(one: Finding) -> str:
    """A finding in one line."""
    if one.problem is None:
        return f"whole: {one.location}"
    if one.restored is None:
        return (
            f"LOST: {one.location}: no version can be read ({one.problem}). Delete this folder and "
            "run 'kedro repair' again: it notes what has to be made again, and from which files."
        )
    aside = f", set aside: {', '.join(one.set_aside)}" if one.set_aside else ""
    return f"restored: {one.location} to version {one.restored} ({one.problem}{aside})"


def tell_repaired(repaired: Repaired) -> list[str]:
    """What a repair has found and done, and what comes next, in lines."""
    lines = [tell_finding(one) for one in repaired.findings]
    if not repaired.findings:
        lines.append("No table is there: is it another --env or --data-root?")
    lines += [f"not there: {one}: the next run makes it again" for one in repaired.absent]
    if repaired.again:
        lines.append(f"To be read again by the next run: {tell_names(repaired.again)}.")
    if repaired.missing:
        names = tell_names(repaired.missing)
        lines.append(
            f"Their rows are given up: {names}."
            if repaired.accepted
            else f"Their rows are LOST and the files are not there any more: {names}. Put them "
            "back under the same names, or go on without their rows: 'kedro repair --accept-loss'."
        )
    if repaired.is_whole and repaired.has_work:
        lines.append("Now run 'kedro run --pipeline=data_processing': it makes good what was lost.")
    return lines
