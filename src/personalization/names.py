"""Names in ``conf`` that nothing reads: most likely misspelt, and silent without a word."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final
from unicodedata import category

from kedro.pipeline import Pipeline

from personalization import pipelines
from personalization.contracts.errors import ConfigurationError
from personalization.contracts.schemas import RAW_TABLES

PREFIX: Final = "params:"
RAW: Final = "raw_"
# Read by conf itself: --params=data_root=…, a cluster, a shop, days to rebuild, a run's stamps.
READ_BY_CONF: Final = (
    *("data_root", "spark_master", "compare_with", "from", "to", "dry_run"),
    *("batch_id", "ingested_at", "generated_at"),
)


FOLDER_NAME_BYTES: Final = 200  # disks allow 255
GENERATED_SHOP: Final = "generated"  # its folder in every layer


def is_folder_name(text: str) -> bool:
    """Whether a text names a single folder, whatever the disk and the language.

    >>> is_folder_name("my shop"), is_folder_name("../shop")
    (True, False)
    """
    starts = text[:1].isalnum() or text[:1] == "_"
    # Marks are parts of letters: accents that stand by themselves, vowels of Devanagari
    known = (one.isalnum() or one in "_ .-" or category(one)[0] == "M" for one in text)
    return (
        starts and all(known) and text[-1] not in " ." and len(text.encode()) <= FOLDER_NAME_BYTES
    )


def require_folder_name(shop: object) -> None:
    """Refuse a shop whose tables would lie elsewhere than in a folder of every layer.

    Raises:
        ConfigurationError: it is no name of a single folder.
    """
    if shop and not isinstance(shop, str):
        raise ConfigurationError(f"globals.yml: 'shop' is {shop!r}, which is not text: quote it.")
    if isinstance(shop, str) and shop and not is_folder_name(shop):
        raise ConfigurationError(
            f"globals.yml: 'shop' is {shop!r}, which is no name of a folder: letters, digits, "
            f"spaces, '-', '_' and '.' after the first, up to {FOLDER_NAME_BYTES} bytes."
        )


def generates(parameters: Mapping[str, Any]) -> bool:
    """Whether the raw files are generated; true where nothing is said of it.

    >>> generates({"data_generation": {"shop": {"enabled": False}}})
    False
    """
    generation = parameters.get("data_generation")
    shop = generation.get("shop") if isinstance(generation, Mapping) else None
    return bool(shop.get("enabled", True)) if isinstance(shop, Mapping) else True


def every_pipeline() -> dict[str, Pipeline]:
    """Every package of ``personalization.pipelines`` by name, whichever a run has asked for."""
    names = sorted(module.name for module in pkgutil.iter_modules(pipelines.__path__))
    modules = {name: importlib.import_module(f"{pipelines.__name__}.{name}") for name in names}
    return {name: module.create_pipeline() for name, module in modules.items()}


def parameters_read(known: Mapping[str, Pipeline]) -> set[str]:
    """Dotted names of the parameters that some pipeline, or ``conf`` itself, reads."""
    inputs = {name for pipeline in known.values() for name in pipeline.all_inputs()}
    told = {name.removeprefix(PREFIX) for name in inputs if name.startswith(PREFIX)}
    return told.union(READ_BY_CONF)


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


def makers(known: Mapping[str, Pipeline]) -> dict[str, str]:
    """Dataset to the pipeline that writes it."""
    return {output: name for name, one in known.items() for output in one.all_outputs()}
