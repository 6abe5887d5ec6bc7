"""Commands of the project beside Kedro's own: repair, maintain and forget a user."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
from kedro.framework.cli.utils import CONTEXT_SETTINGS

from personalization.messages import words_for_users

if TYPE_CHECKING:
    from personalization.datasets.table_upkeep import Upkeep

SAFE_DAYS: Final = 7  # as of personalization.datasets.table_upkeep, which needs Spark


@click.group(context_settings=CONTEXT_SETTINGS, name=__file__)
def cli() -> None:
    """Commands of this project."""


@contextmanager
def in_plain_words() -> Iterator[None]:
    """Errors that a user can mend are told without a stack trace."""
    try:
        yield
    except Exception as error:
        words = words_for_users(error)
        if words is None:
            raise
        raise click.ClickException(words.removeprefix("Error: ")) from error


@cli.command()
@click.argument("user_id")
@click.option("--env", "-e", default=None, help="Environment, as of 'kedro run'.")
@click.option("--data-root", default=None, help="Where the tables are, if not where conf says.")
@click.option("--dry-run", is_flag=True, help="Look what is there; change nothing.")
def forget_user(user_id: str, env: str | None, data_root: str | None, *, dry_run: bool) -> None:
    """Erase a person from tables, models and reports, and prove it.

    The shop's own files are not changed: rows that still hold the person are listed.
    """
    from personalization.erasure import command

    with in_plain_words():
        command.forget_user(user_id, env, root_of(data_root), click.echo, dry_run=dry_run)


@cli.command()
@click.option("--env", "-e", default=None, help="Environment, as of 'kedro run'.")
@click.option("--data-root", default=None, help="Where the tables are, if not where conf says.")
@click.option(
    "--accept-loss", is_flag=True, help="Go on without rows whose files are not there any more."
)
def repair(env: str | None, data_root: str | None, *, accept_loss: bool) -> None:
    """Find damaged tables and bring them back to their last good version."""
    from personalization.repair import repair_tables, tell_repaired

    with in_plain_words():
        repaired = repair_tables(env, root_of(data_root), accept_loss=accept_loss)
    for line in tell_repaired(repaired):
        click.echo(line)
    if not repaired.is_whole:
        raise click.ClickException("Some tables have no good version left; see above.")
    if repaired.missing and not accept_loss:
        raise click.ClickException("Rows are lost; see above.")


@cli.command()
@click.option("--env", "-e", default=None, help="Environment, as of 'kedro run'.")
@click.option("--data-root", default=None, help="Where the tables are, if not where conf says.")
@click.option(
    "--keep-days",
    type=click.IntRange(min=SAFE_DAYS),
    default=SAFE_DAYS,
    show_default=True,
    help="Versions of the last days stay readable.",
)
def maintain(env: str | None, data_root: str | None, keep_days: int) -> None:
    """Put small files of the tables together; remove what only old versions need."""
    with in_plain_words():
        done = maintain_tables(env, root_of(data_root), keep_days)
    for one in done:
        click.echo(tell_upkeep(one))
    click.echo(
        f"{len(done)} tables; versions of the last {keep_days} days and longer-lived ones that "
        "share their files can be read."
    )


def root_of(data_root: str | None) -> dict[str, Any]:
    """The runtime parameters that a command line gives."""
    return {"data_root": data_root} if data_root else {}


def tell_upkeep(one: Upkeep) -> str:
    """What was done to a table, in one line.

    >>> from personalization.datasets.table_upkeep import Upkeep
    >>> tell_upkeep(Upkeep("data/prm_items", 30, 1, 2_500_000))
    'data/prm_items: 30 files, now 1; 2.5 MB freed'
    """
    return (
        f"{one.location}: {one.files_before} files, now {one.files_after}; "
        f"{max(0, one.freed_bytes) / 1e6:.1f} MB freed"
    )


def maintain_tables(env: str | None, parameters: Mapping[str, Any], keep_days: int) -> list[Upkeep]:
    """Keep up every Delta table that the pipelines write and that is there."""
    from kedro.framework.session import KedroSession

    from personalization.datasets.delta_table import delta_location
    from personalization.datasets.table_upkeep import keep_up
    from personalization.names import every_pipeline

    with KedroSession.create(Path.cwd(), env=env, runtime_params=dict(parameters)) as session:
        catalog = session.load_context().catalog  # type: ignore[attr-defined]
        names = {name for one in every_pipeline().values() for name in one.all_outputs()}
        there = {
            location
            for location, is_there in (
                (delta_location(catalog.get(name)), catalog.exists(name)) for name in names
            )
            if location is not None and is_there
        }
        return [keep_up(location, keep_days) for location in sorted(there)]
