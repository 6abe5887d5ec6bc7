"""Spark in a notebook whose outputs hold tables and figures only."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from personalization.spark.build import active_session, require_spark

STDERR: Final = 2


@contextmanager
def errors_to_terminal() -> Iterator[None]:
    """Let processes that the block starts write their errors to the terminal, not into outputs.

    A notebook's kernel shows what is written to the error stream's descriptor beneath the cell; its
    ``sys.stderr`` still knows the terminal's.
    """
    sys.stderr.flush()
    shown = os.dup(STDERR)
    os.dup2(sys.stderr.fileno(), STDERR)
    try:
        yield
    finally:
        os.dup2(shown, STDERR)
        os.close(shown)


def show_plainly() -> None:
    """Take back the text formatter that Kedro's log handler gives a notebook.

    It adds an empty output above each table and figure.
    """
    from IPython.core.formatters import PlainTextFormatter
    from IPython.core.getipython import get_ipython

    shell = get_ipython()  # type: ignore[no-untyped-call]
    if shell is not None:
        formatters = shell.display_formatter.formatters
        formatters["text/plain"] = PlainTextFormatter(parent=shell.display_formatter)


def start_spark() -> None:
    """Start Spark, if it is not running, with its messages in the terminal of the notebook server.

    Raises:
        EnvironmentNotReadyError: Java or a JAR is missing.
    """
    show_plainly()
    require_spark()
    with errors_to_terminal():
        active_session()
