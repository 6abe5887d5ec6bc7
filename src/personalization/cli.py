"""Commands of the project beside Kedro's own: ``kedro repair``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from kedro.framework.cli.utils import CONTEXT_SETTINGS

from personalization.messages import words_for_users

if TYPE_CHECKING:
    from kedro.io import CatalogProtocol

    from personalization.datasets.table_care import Finding


@click.group(context_settings=CONTEXT_SETTINGS, name=__file__)
def cli() -> None:
    """Commands of this project."""


@cli.command()
@click.option("--env", "-e", default=None, help="Environment, as of 'kedro run'.")
@click.option("--data-root", default=None, help="Where the tables are, if not where conf says.")
def repair(env: str | None, data_root: str | None) -> None:
    """Find damaged tables and bring them back to their last good version."""
    try:
        findings, lost = repair_tables(env, {"data_root": data_root} if data_root else {})
    except Exception as error:
        words = words_for_users(error)
        if words is None:
            raise
        raise click.ClickException(words.removeprefix("Error: ")) from error
    for one in findings:
        click.echo(tell_finding(one))
    if lost:
        click.echo(f"To be read again by the next run: {', '.join(lost)}.")
    damaged = [one for one in findings if one.problem is not None]
    if damaged:
        click.echo("Now run 'kedro run --pipeline=data_processing': it makes good what was lost.")
    if not all(one.is_whole for one in findings):
        raise click.ClickException("Some tables have no good version left; see above.")


def tell_finding(one: Finding) -> str:
    """A finding in one line."""
    if one.problem is None:
        return f"whole: {one.location}"
    if one.restored is None:
        return (
            f"LOST: {one.location}: no version can be read ({one.problem}). Delete the folder and "
            "that of int_ingested_files; the next run reads the files again."
        )
    aside = f", set aside: {', '.join(one.set_aside)}" if one.set_aside else ""
    return f"restored: {one.location} to version {one.restored} ({one.problem}{aside})"


def repair_tables(
    env: str | None, parameters: Mapping[str, Any]
) -> tuple[list[Finding], list[str]]:
    """Look at every table of data_processing; repair what is damaged, and note it in the ledger.

    Returns:
        A finding for each table that is there, and the files that have to be read again.
    """
    from kedro.framework.session import KedroSession

    with KedroSession.create(Path.cwd(), env=env, runtime_params=dict(parameters)) as session:
        return repair_catalog(session.load_context().catalog)  # type: ignore[attr-defined]


def repair_catalog(catalog: CatalogProtocol[Any, Any]) -> tuple[list[Finding], list[str]]:
    """Repair the tables of data_processing in a catalog; returns as ``repair_tables``."""
    from personalization.contracts.schemas import RAW_TABLES
    from personalization.datasets.delta_table import DeltaTableDataset, Part
    from personalization.datasets.table_care import repair_table
    from personalization.names import every_pipeline
    from personalization.pipelines.data_processing.ledger import ledger_rows, read_ledger
    from personalization.pipelines.data_processing.repairs import count_versions, note_repair

    names = sorted(every_pipeline()["data_processing"].all_outputs())
    tables = {
        table.location: table
        for table in (catalog.get(name) for name in names)
        if isinstance(table, DeltaTableDataset) and table.exists()
    }
    findings = [repair_table(location) for location in tables]
    if all(one.problem is None for one in findings):
        return findings, []
    if not all(one.is_whole for one in findings):
        return findings, []
    rows = {name: count_versions(catalog.load(f"int_{name}")) for name in RAW_TABLES}
    entries = read_ledger(catalog.load("int_ingested_files_before"))
    noted, lost = note_repair(entries, rows)
    catalog.save("report_ingested_files", Part(ledger_rows(noted)))
    return findings, [f"{one.source}/{one.name}" for one in lost]
