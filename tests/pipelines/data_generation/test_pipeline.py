import json

import numpy as np
import pandas as pd
import pytest
from kedro.validation.exceptions import ParameterValidationError
from kedro.validation.parameter_validator import ParameterValidator

from personalization.contracts.schemas import RAW_TABLES
from personalization.names import every_pipeline
from personalization.pipelines.data_generation import create_pipeline, nodes
from personalization.simulation.experiment import ExperimentOptions
from personalization.simulation.happenings import happen
from personalization.simulation.settings import DirtOptions, ShopOptions
from personalization.simulation.shifts import DriftOptions
from personalization.simulation.strengths import Strengths
from personalization.simulation.world import build_world
from tests.simulation.options_of import Options, options_of, read_groups


def read_parameters():
    return {"data_generation": read_groups("base", "test")}


def test_the_outputs_are_the_five_raw_tables_and_the_truth():
    raw = {f"raw_{name}" for name in RAW_TABLES}
    kinds = ("best_items", "dirt", "drift", "experiment", "experiment_users")
    truth = {f"truth_{kind}" for kind in (*kinds, "parameters", "sessions")}
    assert create_pipeline().outputs() == raw | truth


def test_every_input_is_a_parameter_group_of_the_conf():
    groups = {f"params:data_generation.{group}" for group in read_groups("base")}
    assert create_pipeline().inputs() == groups


def test_kedro_builds_the_options():
    validator = ParameterValidator({"data_generation": create_pipeline()})
    built = validator.validate_raw_params(read_parameters())["data_generation"]
    assert isinstance(built["strengths"], Strengths)
    assert built["strengths"].people.signed_in_share == 0.85


def test_kedro_refuses_a_bad_option_before_anything_runs():
    parameters = read_parameters()
    parameters["data_generation"]["strengths"]["lists"]["length"] = 0
    validator = ParameterValidator({"data_generation": create_pipeline()})
    with pytest.raises(ParameterValidationError, match=r"strengths\.lists\.length is 0"):
        validator.validate_raw_params(parameters)


def test_no_other_pipeline_reads_the_truth():
    for name, pipeline in every_pipeline().items():
        if name in {"data_processing", "feature_engineering", "training"}:
            assert not [one for one in pipeline.all_inputs() if one.startswith("truth_")]
            assert "world" not in pipeline.all_inputs()


def test_the_shop_can_be_drawn_again_from_its_recorded_parameters():
    validator = ParameterValidator({"data_generation": create_pipeline()})
    given = validator.validate_raw_params(read_parameters())["data_generation"]
    kept = json.loads(json.dumps(nodes.record_parameters(**given)))
    again = Options(
        ShopOptions(**kept["shop"]),
        Strengths(**kept["strengths"]),
        DirtOptions(**kept["dirt"]),
        DriftOptions(**kept["drift"]),
        ExperimentOptions(**kept["experiment"]),
    )
    number = np.arange(50)
    first, second = (build_world(*options) for options in (options_of("base", "test"), again))
    pd.testing.assert_frame_equal(happen(first, number), happen(second, number))
