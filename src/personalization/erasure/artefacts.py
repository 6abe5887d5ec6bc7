"""What was made of everybody's rows: deleted, older versions of it as well."""

from __future__ import annotations

from typing import Any

import fsspec

from personalization.erasure.holdings import Treatment, names_of
from personalization.names import makers


def made_by(known: Any) -> dict[str, str]:
    """Dataset that an erasure deletes to the pipeline that makes it again."""
    makers_of = makers(known)
    return {name: makers_of[name] for name in names_of(Treatment.DERIVED)}


def find_derived(catalog: Any) -> list[str]:
    """Datasets that are there and that an erasure deletes."""
    return [name for name in names_of(Treatment.DERIVED) if is_there(catalog.get(name))]


def place_of(dataset: Any) -> tuple[Any, str]:
    """File system and path of a dataset: the file or folder that it names, all versions in it."""
    location = str(dataset._filepath)  # noqa: SLF001 - Kedro's datasets have no public name for it
    system = getattr(dataset, "_fs", None)
    if system is not None:
        return system, str(system._strip_protocol(location))  # noqa: SLF001
    return fsspec.core.url_to_fs(location)  # type: ignore[no-any-return]


def is_there(dataset: Any) -> bool:
    """Whether anything of a dataset is there, whole or not."""
    system, path = place_of(dataset)
    return bool(system.exists(path))


def delete(dataset: Any) -> None:
    """Delete all of a dataset."""
    system, path = place_of(dataset)
    if system.exists(path):
        system.rm(path, recursive=True)
