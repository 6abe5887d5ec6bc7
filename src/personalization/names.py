"""Names in ``conf`` that nothing reads: most likely misspelt, and silent without a word."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from kedro.pipeline import Pipeline

from personalization.contracts.schemas import RAW_TABLES

PREFIX: Final = "params:"
RAW: Final = "raw_"


def parameters_read(pipelines: Mapping[str, Pipeline]) -> set[str]:
    """Dotted names of the parameters that some pipeline reads."""
    inputs = {name for pipeline in pipelines.values() for name in pipeline.all_inputs()}
    return {name.removeprefix(PREFIX) for name in inputs if name.startswith(PREFIX)}


def unread_parameters(
    given: Mapping[str, Any], read: Collection[str], above: str = ""
) -> Iterator[str]:
    """Dotted names of parameters that nobody reads, each as high up as it starts.

    >>> given = {"training": {"lists": {"length": 5}, "list": {}}, "trianing": {"als": 1}}
    >>> list(unread_parameters(given, {"training.lists"}))
    ['training.list', 'trianing']
    """
    for key, value in given.items():
        name = f"{above}{key}"
        if name in read:
            continue
        if isinstance(value, Mapping) and any(one.startswith(f"{name}.") for one in read):
            yield from unread_parameters(value, read, f"{name}.")
        else:
            yield name


def unread_sources(entries: Collection[str]) -> list[str]:
    """Catalog entries of raw files that no pipeline knows.

    >>> unread_sources(["raw_orders", "raw_order", "prm_items"])
    ['raw_order']
    """
    known = {f"{RAW}{table}" for table in RAW_TABLES}
    return sorted(name for name in entries if name.startswith(RAW) and name not in known)


def makers(pipelines: Mapping[str, Pipeline]) -> dict[str, str]:
    """Dataset to the pipeline that writes it; ``__default__`` is left out."""
    named = {name: one for name, one in pipelines.items() if not name.startswith("__")}
    return {output: name for name, one in named.items() for output in one.all_outputs()}
