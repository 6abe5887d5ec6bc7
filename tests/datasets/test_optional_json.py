from personalization.datasets.optional_json import OptionalJSONDataset


def test_a_file_that_is_not_there_is_nothing(tmp_path):
    dataset = OptionalJSONDataset(filepath=str(tmp_path / "other" / "realism.json"))
    assert dataset.load() is None


def test_a_file_that_is_there_is_read(tmp_path):
    path = tmp_path / "realism.json"
    path.write_text('{"shop": "other"}')
    assert OptionalJSONDataset(filepath=str(path)).load() == {"shop": "other"}
