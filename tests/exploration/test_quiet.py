"""Outputs of a notebook without lines of other processes."""

from __future__ import annotations

import os
import subprocess
import sys

from personalization.exploration import quiet


def test_errors_of_processes_go_where_python_s_own_stream_leads(tmp_path, monkeypatch) -> None:
    terminal, output = tmp_path / "terminal", tmp_path / "output"
    kept = os.dup(2)
    with terminal.open("w") as shown, output.open("w") as beneath_the_cell:
        os.dup2(beneath_the_cell.fileno(), 2)
        monkeypatch.setattr(sys, "stderr", shown)
        try:
            with quiet.errors_to_terminal():
                subprocess.run(["sh", "-c", "echo started >&2"], check=True)
            subprocess.run(["sh", "-c", "echo later >&2"], check=True)
        finally:
            os.dup2(kept, 2)
            os.close(kept)
    assert terminal.read_text() == "started\n"
    assert output.read_text() == "later\n"


def test_the_text_of_a_value_is_shown_once_and_plainly() -> None:
    from IPython.core.formatters import PlainTextFormatter
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell.instance()
    try:
        shell.display_formatter.formatters["text/plain"] = print
        quiet.show_plainly()
        assert isinstance(shell.display_formatter.formatters["text/plain"], PlainTextFormatter)
    finally:
        InteractiveShell.clear_instance()
    quiet.show_plainly()  # outside of a notebook there is nothing to change
