from __future__ import annotations

import hashlib
import io
import json
import pickle
from pathlib import Path

import fsspec
import numpy as np
import pytest
from kedro.io import DatasetError

from personalization.contracts.errors import ArtefactError
from personalization.datasets.locks import hold
from personalization.datasets.model_artefact import ModelArtefactDataset
from personalization.recommenders import Als, AlsOptions, Popularity

FACTORS = 3


def build_als(seed=0, **changes):
    rng = np.random.default_rng(seed)
    arrays = {
        "user_ids": np.array(["u1", "u2"]),
        "item_ids": np.array(["a", "b", "ü", "日本"]),
        "user_factors": rng.normal(size=(2, FACTORS)).astype(np.float32),
        "item_factors": rng.normal(size=(4, FACTORS)).astype(np.float32),
    }
    return Als.from_arrays(arrays | changes, Als(AlsOptions(factors=FACTORS)).settings)


@pytest.fixture
def dataset(tmp_path):
    return ModelArtefactDataset(filepath=str(tmp_path / "06_models" / "als"))


@pytest.fixture
def folder(dataset):
    """Where the current version of a saved model lies."""
    dataset.save(build_als())
    root = Path(dataset._filepath)
    return root / (root / "current").read_text()


def rewrite_arrays(folder, payload):
    """Put other bytes in place of the arrays, with a manifest that promises just them."""
    (folder / "arrays.npz").write_bytes(payload)
    edit_manifest(folder, files={"arrays.npz": {"sha256": hashlib.sha256(payload).hexdigest()}})


def edit_manifest(folder, **changes):
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps(manifest | changes))


def packed(**changes):
    buffer = io.BytesIO()
    np.savez(buffer, **(build_als().to_arrays() | changes))
    return buffer.getvalue()


@pytest.mark.parametrize(
    "model",
    [
        build_als(),
        Popularity.from_arrays(
            {"item_ids": np.array(["a", "b"]), "user_counts": np.array([2.0, 1.0])},
            {"window_days": 28, "until": "2024-03-01T00:00:00+00:00"},
        ),
    ],
    ids=["als", "popularity"],
)
def test_loaded_model_is_the_saved_one(dataset, model):
    dataset.save(model)
    loaded = dataset.load()
    assert type(loaded) is type(model)
    assert loaded.settings == model.settings
    for key, array in model.to_arrays().items():
        assert loaded.to_arrays()[key].dtype == array.dtype
        assert (loaded.to_arrays()[key] == array).all()


def test_manifest_says_what_is_stored(dataset, folder):
    payload = (folder / "arrays.npz").read_bytes()
    manifest = json.loads(dataset.preview())
    assert manifest.pop("settings")["factors"] == FACTORS
    assert manifest == {
        "format_version": 1,
        "model": "als",
        "model_version": build_als().version(),
        "users": 2,
        "items": 4,
        "arrays": {
            "user_ids": {"dtype": "<U2", "shape": [2]},
            "item_ids": {"dtype": "<U2", "shape": [4]},
            "user_factors": {"dtype": "<f4", "shape": [2, FACTORS]},
            "item_factors": {"dtype": "<f4", "shape": [4, FACTORS]},
        },
        "files": {
            "arrays.npz": {"sha256": hashlib.sha256(payload).hexdigest(), "bytes": len(payload)}
        },
    }


def test_saving_the_same_model_again_changes_no_byte(dataset, folder):
    def contents():
        return {path: path.read_bytes() for path in folder.parent.rglob("*") if path.is_file()}

    before = contents()
    dataset.save(build_als())
    assert contents() == before


def test_only_the_previous_version_is_kept(dataset):
    models = [build_als(seed) for seed in range(4)]
    for model in models:
        dataset.save(model)
    versions = {path.name for path in Path(dataset._filepath).iterdir() if path.is_dir()}
    assert versions == {models[2].version(), models[3].version()}
    assert dataset.load().version() == models[3].version()


def test_save_cut_short_before_the_switch_leaves_the_previous_model(dataset, folder, monkeypatch):
    def die(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(ModelArtefactDataset, "_point_to", die)
    with pytest.raises(KeyboardInterrupt):
        dataset.save(build_als(1))
    monkeypatch.undo()
    assert dataset.load().version() == build_als(0).version()
    dataset.save(build_als(1))
    assert dataset.load().version() == build_als(1).version()


def test_half_written_version_is_written_anew(dataset, folder):
    half = folder.parent / build_als(1).version()
    half.mkdir()
    (half / "arrays.npz").write_bytes(b"PK")
    assert dataset.load().version() == build_als(0).version()
    dataset.save(build_als(1))
    assert dataset.load().version() == build_als(1).version()


def test_nothing_saved_says_so(dataset):
    assert not dataset.exists()
    with pytest.raises(ArtefactError, match="no model has been saved here"):
        dataset.load()


def test_saved_model_exists(dataset, folder):
    assert dataset.exists()
    assert "06_models" in str(dataset)


def test_object_storage_needs_no_disk():
    dataset = ModelArtefactDataset(filepath="memory://models/als")
    assert not dataset.exists()
    dataset.save(build_als(0))
    dataset.save(build_als(1))
    dataset.save(build_als(2))
    assert dataset.load().version() == build_als(2).version()
    stored = fsspec.filesystem("memory").ls("/models/als", detail=False)
    assert len(stored) == 3  # two versions and the pointer


def test_second_writer_waits_and_then_gives_up(dataset):
    dataset._lock_timeout_seconds = 0.05
    with (
        hold(dataset._filepath, 1),
        pytest.raises(DatasetError, match="Another process has been writing"),
    ):
        dataset.save(build_als())


@pytest.mark.parametrize("name", ["arrays.npz", "manifest.json"])
def test_missing_file_is_named(dataset, folder, name):
    (folder / name).unlink()
    with pytest.raises(ArtefactError, match=f"{folder.name}/{name}: the file is missing"):
        dataset.load()


@pytest.mark.parametrize("content", ["../../elsewhere", "", "0123456789ABCDEF"])
def test_pointer_that_names_no_version_is_refused(dataset, folder, content):
    (folder.parent / "current").write_text(content)
    with pytest.raises(ArtefactError, match=r"current: .* is no version"):
        dataset.load()


def test_flipped_byte_is_refused_with_both_hashes(dataset, folder):
    path = folder / "arrays.npz"
    good = path.read_bytes()
    bad = good[:200] + bytes([good[200] ^ 1]) + good[201:]
    path.write_bytes(bad)
    with pytest.raises(ArtefactError, match=r"arrays\.npz: its SHA-256 is") as refusal:
        dataset.load()
    assert hashlib.sha256(good).hexdigest() in str(refusal.value)
    assert hashlib.sha256(bad).hexdigest() in str(refusal.value)


class Bomb:
    """Leaves a trace when it is unpickled."""

    def __init__(self, trace):
        self.trace = trace

    def __reduce__(self):
        return Path.touch, (self.trace,)


def test_pickle_in_place_of_the_arrays_is_not_executed(dataset, folder, tmp_path):
    trace = tmp_path / "executed"
    payload = pickle.dumps(Bomb(trace))
    rewrite_arrays(folder, payload)
    with pytest.raises(ArtefactError, match=r"arrays\.npz: it is no archive of plain arrays"):
        dataset.load()
    assert not trace.exists()
    pickle.loads(payload)
    assert trace.exists()


def test_objects_among_the_arrays_are_not_executed(dataset, folder, tmp_path):
    trace = tmp_path / "executed"
    rewrite_arrays(folder, packed(item_ids=np.array([Bomb(trace)], dtype=object)))
    with pytest.raises(ArtefactError, match=r"arrays\.npz: it is no archive of plain arrays"):
        dataset.load()
    assert not trace.exists()


def single_array():
    buffer = io.BytesIO()
    np.save(buffer, np.ones(3))
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"", "no archive of plain arrays"),
        (packed()[:300], "no archive of plain arrays"),
        (single_array(), "a single array"),
        (packed(user_factors=np.full((2, FACTORS), np.nan, np.float32)), "not finite"),
        (packed(item_factors=np.full((4, FACTORS), np.inf, np.float32)), "not finite"),
        (packed(user_ids=np.array([b"u1", b"u2"])), "has the type"),
        (packed(user_factors=np.ones((2, FACTORS))), "types or shapes"),
        (packed(item_factors=np.ones((5, FACTORS), np.float32)), "types or shapes"),
        (packed(extra=np.ones(1)), "types or shapes"),
    ],
)
def test_wrong_arrays_are_refused_though_the_hash_agrees(dataset, folder, payload, reason):
    rewrite_arrays(folder, payload)
    with pytest.raises(ArtefactError, match=rf"{folder.name}/arrays\.npz: .*{reason}"):
        dataset.load()


def test_dimensions_that_do_not_agree_are_refused_though_the_manifest_does(dataset, folder):
    arrays = build_als().to_arrays() | {"item_factors": np.ones((5, FACTORS), np.float32)}
    rewrite_arrays(folder, packed(**arrays))
    shapes = {k: {"dtype": a.dtype.str, "shape": list(a.shape)} for k, a in arrays.items()}
    edit_manifest(folder, arrays=shapes)
    with pytest.raises(ArtefactError, match=r"'item_factors' has shape \(5, 3\)"):
        dataset.load()


def test_other_values_under_the_same_version_are_refused(dataset, folder):
    rewrite_arrays(folder, packed(user_factors=np.ones((2, FACTORS), np.float32)))
    with pytest.raises(ArtefactError, match=f"version {build_als().version()}; the arrays make"):
        dataset.load()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"format_version": 2}, "format version 2 is not 1"),
        ({"model": "os.system"}, "model 'os.system' is none of als, popularity"),
        ({"model": ["als"]}, "is none of"),
        ({"settings": {"factors": 4}}, "shape"),
        ({"settings": {"factors": -1}}, "settings do not fit"),
        ({"settings": {"depth": 4}}, "settings do not fit"),
        ({"settings": {"factors": FACTORS, "alpha": 40.0}}, "version"),
        ({"model": "popularity"}, "settings do not fit"),
        ({"users": 3}, "3 users"),
        ({"files": {}}, "no manifest of a model"),
        ({"surprise": 1}, "no manifest of a model"),
    ],
)
def test_manifest_that_does_not_fit_is_refused(dataset, folder, changes, reason):
    edit_manifest(folder, **changes)
    with pytest.raises(ArtefactError, match=reason):
        dataset.load()


@pytest.mark.parametrize("text", ["", "[]", "null", '{"format_version": 1'])
def test_text_that_is_no_manifest_is_refused(dataset, folder, text):
    (folder / "manifest.json").write_text(text)
    with pytest.raises(ArtefactError, match=r"manifest\.json: it is no manifest of a model"):
        dataset.load()


def test_version_of_another_folder_is_refused(dataset, folder):
    moved = folder.parent / ("0" * 16)
    folder.rename(moved)
    (folder.parent / "current").write_text(moved.name)
    with pytest.raises(ArtefactError, match="it is that of version"):
        dataset.load()


def test_values_that_are_not_finite_are_not_saved(dataset):
    broken = build_als(user_factors=np.full((2, FACTORS), np.nan, np.float32))
    with pytest.raises(ArtefactError, match="'user_factors' holds values that are not finite"):
        dataset.save(broken)
    assert not dataset.exists()


def test_model_outside_the_registry_is_not_saved(dataset):
    class Copycat(Als):
        """Bears a registered name."""

    with pytest.raises(ArtefactError, match="Copycat is not in the registry"):
        dataset.save(Copycat())
