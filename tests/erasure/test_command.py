"""What the command says, refuses and proves."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from kedro.framework.startup import bootstrap_project

from personalization.cli import cli
from personalization.contracts.errors import LockedError, NotErasedError
from personalization.datasets.locks import hold
from personalization.erasure import command
from tests.erasure.people import ask

pytestmark = pytest.mark.spark


def erase(request, *, dry_run=False):
    """Lines that are said, and the pipelines that are to be run again."""
    said: list[str] = []
    to_run = command.erase(request, said.append, dry_run=dry_run)
    return "\n".join(said), to_run


def files(story):
    root = story.shop.inbox.parent / "data"
    return {path: path.read_bytes() for path in root.rglob("*") if is_kept(path)}


def is_kept(path):
    return path.is_file() and path.suffix != ".lock"


def test_an_id_that_nobody_has_is_told(story):
    before = files(story)
    with pytest.raises(NotErasedError, match=r"is of a user 'u3': nothing was changed"):
        erase(ask(story.shop, "u3"))
    assert files(story) == before


def test_who_was_erased_before_is_told_with_the_rows_that_the_shop_still_has(story):
    told, to_run = erase(ask(story.shop))
    assert to_run == ()
    assert "This person was erased before; nothing is left in the tables." in told
    assert "raw_users, users.csv: 1 rows (2)" in told
    assert "raw_events, e1.csv: 6 rows (2-4, 8-9, 14)" in told
    assert "raw_orders, o1.csv: 2 rows (2, 4), mentioned in 1 rows of others (6)" in told
    assert "raw_search_logs, q1.csv: 1 rows (2)" in told


def test_a_dry_run_counts_and_changes_nothing(story):
    before = files(story)
    told, to_run = erase(ask(story.shop, "u2"), dry_run=True)
    assert to_run == ()
    assert "prm_user_item_interactions: 4 rows" in told
    assert "Dry run: nothing was changed." in told
    assert files(story) == before


def test_the_proof_tells_what_was_searched_and_names_what_it_finds(story):
    said: list[str] = []
    command.prove(ask(story.shop), said.append)
    assert said[0].startswith("Searched ")
    assert said[0].endswith(": 0 hits.")
    planted = story.shop.inbox.parent / "data" / "08_reporting" / "generated" / "notes.txt"
    planted.write_text("ask u1 again\n")
    try:
        with pytest.raises(NotErasedError, match="1 places still hold the id"):
            command.prove(ask(story.shop), said.append)
    finally:
        planted.unlink()
    assert "08_reporting/generated/notes.txt: line 1" in said


def test_another_run_is_waited_for_and_told(story, monkeypatch):
    monkeypatch.setattr(command, "LOCK_TIMEOUT_SECONDS", 0.1)
    root = story.shop.inbox.parent / "data"
    with hold(f"{root}/run", 1), pytest.raises(LockedError, match="Another process"):
        erase(ask(story.shop, "u2"))


def ask_on_the_command_line(*arguments):
    result = CliRunner().invoke(cli, ["forget-user", *arguments])
    return result.exit_code, result.output


@pytest.fixture
def here(project_path, monkeypatch):
    bootstrap_project(project_path)
    monkeypatch.chdir(project_path)


def test_an_environment_that_is_not_there_is_told(here):
    code, told = ask_on_the_command_line("u1", "--env", "nowhere")
    assert (code, told) == (1, "Error: There is no environment 'nowhere' in conf.\n")


def test_an_empty_id_is_told_on_the_command_line(here, tmp_path):
    code, told = ask_on_the_command_line(" ", "--env", "test", "--data-root", str(tmp_path))
    assert code == 1
    assert "USER_ID is empty" in told
    assert "Traceback" not in told
