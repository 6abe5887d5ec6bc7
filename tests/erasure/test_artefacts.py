"""What was made of everybody's rows is found where it is, and deleted whole."""

from __future__ import annotations

import pytest
from kedro.io import DataCatalog
from kedro_datasets.json import JSONDataset
from kedro_datasets.spark import SparkDatasetV2

from personalization.erasure.artefacts import delete, find_derived, is_there
from personalization.erasure.holdings import Treatment, names_of


def make_file(folder):
    path = folder / "model.json"
    path.write_text("{}")
    return JSONDataset(filepath=str(path)), path


def make_versions(folder):
    path = folder / "model.json"
    for version in ("2026-01-01T00.00.00.000Z", "2026-01-02T00.00.00.000Z"):
        (path / version).mkdir(parents=True)
        (path / version / "model.json").write_text("{}")
    return JSONDataset(filepath=str(path)), path


def make_table(folder):
    path = folder / "lists"
    path.mkdir()
    (path / "part-0.parquet").write_bytes(b"half a file")  # as a run leaves it that was killed
    return SparkDatasetV2(filepath=str(path), file_format="delta"), path


@pytest.mark.parametrize("make", [make_file, make_versions, make_table])
def test_all_of_it_goes_and_nothing_beside_it(tmp_path, make):
    dataset, path = make(tmp_path)
    beside = tmp_path / "model.json.md"
    beside.write_text("kept")
    assert is_there(dataset)
    delete(dataset)
    assert not is_there(dataset)
    assert not path.exists()
    assert beside.read_text() == "kept"
    delete(dataset)  # gone already: nothing to do


def test_only_what_is_there_is_found(tmp_path):
    first, *others = names_of(Treatment.DERIVED)
    here, _ = make_file(tmp_path)
    datasets = {name: JSONDataset(filepath=str(tmp_path / name)) for name in others}
    assert find_derived(DataCatalog({first: here, **datasets})) == [first]
