"""A fitted model as files: plain arrays and a manifest that says what they must be.

Nothing stored is executed: arrays are read without pickle, and the class is looked up in the
registry. A model is rebuilt only if format, hash, types, shapes, values and version all agree.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from personalization.contracts.errors import ArtefactError, ConfigurationError
from personalization.recommenders.base import Recommender
from personalization.recommenders.registry import REGISTRY

FORMAT_VERSION: Final = 1
MANIFEST: Final = "manifest.json"
ARRAYS: Final = "arrays.npz"
PLAIN_KINDS: Final = "biufU"  # numbers and fixed-width text; no objects

Array = NDArray[Any]


@dataclass(frozen=True)
class Manifest:
    """What a stored model claims to be.

    Attributes:
        format_version: of the layout of the files.
        model: key in the registry of recommenders.
        model_version: see ``Recommender.version``.
        settings: parameters that the model was made with.
        users: how many users the model tells apart.
        items: how many items it can recommend.
        arrays: ``dtype`` and ``shape`` of each array.
        files: ``sha256`` and ``bytes`` of each file beside the manifest.
    """

    format_version: int
    model: str
    model_version: str
    settings: dict[str, Any]
    users: int
    items: int
    arrays: dict[str, dict[str, Any]]
    files: dict[str, dict[str, Any]]


def pack_model(model: Recommender) -> tuple[Manifest, dict[str, bytes]]:
    """The manifest of a fitted model, and its files by name; equal models give equal bytes.

    Raises:
        ArtefactError: the model is not in the registry, or an array holds objects or numbers
            that are not finite.
    """
    if REGISTRY.get(model.name) is not type(model):
        raise ArtefactError(f"{type(model).__name__} is not in the registry of recommenders.")
    arrays = model.to_arrays()
    check_values(arrays)
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    payload = buffer.getvalue()
    manifest = Manifest(
        FORMAT_VERSION,
        model.name,
        model.version(),
        model.settings,
        len(model.user_ids),
        len(model.item_ids),
        arrays={key: describe(array) for key, array in sorted(arrays.items())},
        files={ARRAYS: {"sha256": sha256(payload), "bytes": len(payload)}},
    )
    text = json.dumps(asdict(manifest), indent=2, sort_keys=True) + "\n"
    return manifest, {ARRAYS: payload, MANIFEST: text.encode()}


def unpack_model(files: Mapping[str, bytes]) -> Recommender:
    """The model that the files hold.

    Args:
        files: the contents of ``manifest.json`` and ``arrays.npz``.

    Raises:
        ArtefactError: something does not agree; the message names the file and what it is.
    """
    manifest = read_manifest(files[MANIFEST])
    found, promised = sha256(files[ARRAYS]), manifest.files[ARRAYS]["sha256"]
    if found != promised:
        raise ArtefactError(f"{ARRAYS}: its SHA-256 is {found}, the manifest says {promised}.")
    arrays = read_arrays(files[ARRAYS])
    check_values(arrays)
    if {key: describe(array) for key, array in arrays.items()} != manifest.arrays:
        raise ArtefactError(f"{ARRAYS}: types or shapes are not those of the manifest.")
    try:
        model = REGISTRY[manifest.model].from_arrays(arrays, manifest.settings)
    except (ConfigurationError, KeyError, TypeError, ValueError) as error:
        raise ArtefactError(f"{MANIFEST}: the settings do not fit the model: {error}.") from error
    counts = (len(model.user_ids), len(model.item_ids))
    if counts != (manifest.users, manifest.items) or model.version() != manifest.model_version:
        raise ArtefactError(
            f"{MANIFEST}: it describes {manifest.users} users, {manifest.items} items, version "
            f"{manifest.model_version}; the arrays make {counts[0]}, {counts[1]}, "
            f"{model.version()}."
        )
    return model


def read_manifest(text: bytes) -> Manifest:
    """The manifest, if this code can read it.

    Raises:
        ArtefactError: it is no manifest, or of another format, or names an unknown model.
    """
    try:
        manifest = Manifest(**json.loads(text))
        known = isinstance(manifest.files[ARRAYS]["sha256"], str)
    except (KeyError, TypeError, ValueError) as error:
        raise ArtefactError(f"{MANIFEST}: it is no manifest of a model: {error!r}.") from error
    if manifest.format_version != FORMAT_VERSION or not known:
        raise ArtefactError(
            f"{MANIFEST}: format version {manifest.format_version!r} is not {FORMAT_VERSION}; "
            "fit the model again."
        )
    if manifest.model not in tuple(REGISTRY):
        raise ArtefactError(
            f"{MANIFEST}: model '{manifest.model}' is none of {', '.join(sorted(REGISTRY))}."
        )
    return manifest


def read_arrays(payload: bytes) -> dict[str, Array]:
    """The arrays in the bytes of an ``.npz`` file; a pickle is refused, not executed.

    Raises:
        ArtefactError: the bytes are no archive of plain arrays.
    """
    try:
        loaded = np.load(io.BytesIO(payload), allow_pickle=False)
        if isinstance(loaded, np.lib.npyio.NpzFile):
            return {key: loaded[key] for key in loaded.files}
    except (ValueError, EOFError, OSError, zipfile.BadZipFile) as error:
        raise ArtefactError(f"{ARRAYS}: it is no archive of plain arrays: {error}.") from error
    raise ArtefactError(f"{ARRAYS}: it is a single array, no archive.")


def check_values(arrays: Mapping[str, Array]) -> None:
    """Let only finite numbers and fixed-width text pass.

    Raises:
        ArtefactError: an array holds something else; the message names it.
    """
    for key, array in arrays.items():
        if array.dtype.kind not in PLAIN_KINDS:
            raise ArtefactError(f"{ARRAYS}: array '{key}' has the type {array.dtype}.")
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            raise ArtefactError(f"{ARRAYS}: array '{key}' holds values that are not finite.")


def describe(array: Array) -> dict[str, Any]:
    """An array's type and shape as the manifest holds them.

    >>> describe(np.zeros((2, 3), dtype=np.float32))
    {'dtype': '<f4', 'shape': [2, 3]}
    """
    return {"dtype": array.dtype.str, "shape": list(array.shape)}


def sha256(payload: bytes) -> str:
    """The SHA-256 of ``payload`` in hex."""
    return hashlib.sha256(payload).hexdigest()
