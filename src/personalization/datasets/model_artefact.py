"""A Kedro dataset for fitted models: arrays and a manifest, never a pickle."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from typing import Any, Final

import fsspec
from kedro.io import AbstractDataset, DatasetError
from kedro_datasets._typing import JSONPreview

from personalization.contracts.errors import ArtefactError
from personalization.datasets.locks import hold, local_path
from personalization.recommenders import Recommender
from personalization.recommenders.artefact import ARRAYS, MANIFEST, pack_model, unpack_model

POINTER: Final = "current"
VERSION: Final = re.compile(r"[0-9a-f]{16}")


class RefusedArtefactError(ArtefactError, DatasetError):
    """An artefact error that Kedro passes on as it is; others it wraps and so hides."""


class ModelArtefactDataset(AbstractDataset[Recommender, Recommender]):
    """Saves fitted recommenders as plain arrays and loads them only if everything agrees.

    The folder holds one sub-folder per model version and a file ``current`` that names the one to
    load. A save writes its sub-folder first and then replaces ``current`` in one step: whoever is
    killed in between leaves the previous model in place. The previous version is kept for those
    who are reading it; older ones are removed.

    What ``load`` checks: ``personalization.recommenders.artefact``.

    Examples:
        Using the YAML API:

        ```yaml
        model_als:
          type: personalization.datasets.model_artefact.ModelArtefactDataset
          filepath: data/06_models/als
        ```

        Using the Python API:

        ```python
        dataset = ModelArtefactDataset(filepath="data/06_models/als")
        dataset.save(Als().fit(interactions))
        dataset.load().recommend(user_ids, k=10)
        ```
    """

    def __init__(
        self,
        *,
        filepath: str,
        lock_timeout_seconds: float = 60,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        """Creates a new instance of ``ModelArtefactDataset``.

        Args:
            filepath: folder of the model: a path, or a URL that fsspec can write.
            lock_timeout_seconds: how long to wait for another process on a local disk.
            metadata: ignored by Kedro; for plugins.
        """
        self._filepath = filepath
        self._lock_timeout_seconds = lock_timeout_seconds
        self.metadata = metadata
        self._fs, self._root = fsspec.core.url_to_fs(filepath)

    def save(self, data: Recommender) -> None:
        """Store ``data`` as the current model.

        Raises:
            ArtefactError: the model is not in the registry, or holds values that are not finite.
            LockedError: another process held the folder for too long.
        """
        try:
            manifest, files = pack_model(data)
        except ArtefactError as error:
            raise RefusedArtefactError(f"{self._filepath}: {error.message}") from error
        with hold(self._filepath, self._lock_timeout_seconds):
            kept = {self._read_pointer(), manifest.model_version}
            for name, content in files.items():
                self._write(f"{manifest.model_version}/{name}", content)
            self._point_to(manifest.model_version)
            self._prune(kept)

    def load(self) -> Recommender:
        """The current model.

        Raises:
            ArtefactError: no model is there, or it is refused; the message says which file and why.
        """
        version = self._current_version()
        try:
            model = unpack_model({name: self._read(version, name) for name in (MANIFEST, ARRAYS)})
        except ArtefactError as error:
            message = f"{self._filepath}/{version}/{error.message}"
            raise RefusedArtefactError(message) from error
        if model.version() != version:
            raise RefusedArtefactError(
                f"{self._filepath}/{version}/{MANIFEST}: it is that of version {model.version()}."
            )
        return model

    def preview(self) -> JSONPreview:
        """The current model's manifest, for kedro-viz."""
        return JSONPreview(self._read(self._current_version(), MANIFEST).decode())

    def _current_version(self) -> str:
        """The version that ``current`` names.

        Raises:
            RefusedArtefactError: there is none, or it does not look like a version.
        """
        version = self._read_pointer()
        if version is None:
            raise RefusedArtefactError(
                f"{self._filepath}: no model has been saved here; run the training pipeline first."
            )
        if not VERSION.fullmatch(version):
            raise RefusedArtefactError(f"{self._filepath}/{POINTER}: {version!r} is no version.")
        return version

    def _read_pointer(self) -> str | None:
        """What ``current`` holds; None where nothing has been saved."""
        try:
            content: bytes = self._fs.cat_file(f"{self._root}/{POINTER}")
        except FileNotFoundError:
            return None
        return content.decode(errors="replace").strip()

    def _read(self, version: str, name: str) -> bytes:
        """One file of a version.

        Raises:
            RefusedArtefactError: it is missing.
        """
        try:
            content: bytes = self._fs.cat_file(f"{self._root}/{version}/{name}")
        except FileNotFoundError as error:
            raise RefusedArtefactError(
                f"{self._filepath}/{version}/{name}: the file is missing."
            ) from error
        return content

    def _write(self, name: str, content: bytes) -> None:
        """Write a file, unless it is there with the same content and may be read right now."""
        path = f"{self._root}/{name}"
        if self._fs.exists(path) and self._fs.cat_file(path) == content:
            return
        self._fs.makedirs(path.rpartition("/")[0], exist_ok=True)
        self._fs.pipe_file(path, content)

    def _point_to(self, version: str) -> None:
        """Replace ``current`` in one step: object stores do so themselves, a disk by renaming."""
        folder = local_path(self._filepath)
        if folder is None:
            self._fs.pipe_file(f"{self._root}/{POINTER}", version.encode())
            return
        beside = Path(self._root) / f"{POINTER}.new"
        beside.write_text(version)
        beside.replace(Path(self._root) / POINTER)

    def _prune(self, kept: set[str | None]) -> None:
        """Remove the versions that are not ``kept``."""
        for path in self._fs.ls(self._root, detail=False):
            name = PurePosixPath(path).name
            if VERSION.fullmatch(name) and name not in kept:
                self._fs.rm(path, recursive=True)

    def _exists(self) -> bool:
        """Whether a model has been saved."""
        return self._read_pointer() is not None

    def _describe(self) -> dict[str, Any]:
        """What identifies the dataset in messages."""
        return {"filepath": self._filepath}
