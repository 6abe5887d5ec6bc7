import pytest
from kedro.io import DataCatalog, MemoryDataset
from kedro.runner import SequentialRunner
from kedro.validation.exceptions import ParameterValidationError
from kedro.validation.parameter_validator import ParameterValidator

from personalization.contracts.schemas import RAW_TABLES
from personalization.pipelines.data_generation import create_pipeline
from tests.simulation.options_of import read_groups


def read_parameters():
    return {"data_generation": read_groups("base", "test")}


def test_the_outputs_are_the_five_raw_tables():
    assert create_pipeline().outputs() == {f"raw_{name}" for name in RAW_TABLES}


def test_every_input_is_a_parameter_group_of_the_conf():
    groups = {f"params:data_generation.{group}" for group in read_groups("base")}
    assert create_pipeline().inputs() == groups


def test_kedro_builds_the_options_and_runs_the_pipeline():
    pipeline = create_pipeline()
    validator = ParameterValidator({"data_generation": pipeline})
    built = validator.validate_raw_params(read_parameters())["data_generation"]
    catalog = DataCatalog(
        {f"params:data_generation.{group}": MemoryDataset(built[group]) for group in built}
    )
    results = SequentialRunner().run(pipeline, catalog)
    assert set(results["raw_events"].load()) == {"events.csv"}


def test_kedro_refuses_a_bad_option_before_anything_runs():
    parameters = read_parameters()
    parameters["data_generation"]["visits"]["list_length"] = 0
    validator = ParameterValidator({"data_generation": create_pipeline()})
    with pytest.raises(
        ParameterValidationError, match=r"data_generation\.visits\.list_length is 0"
    ):
        validator.validate_raw_params(parameters)
